/** The data that each page is rendered from. */
import type { RenewalFiles, RenewalRecord } from '../../renewal/index.ts';
import type { EnvironmentStatus, EstateStatus, PastStates } from '../../status/index.ts';
import type { Line } from './overview/columns.tsx';
import type { Selection, Tally } from './overview/select.ts';
import type { Standing } from './parts/words.ts';
import type { Next, Upcoming } from './renewals/next.ts';

export type Section = 'environments' | 'renewals' | 'inspect';

export interface Frame {
  /** Precedes the service’s name in the title. */
  readonly title: string;
  /** Of what the page is about: sets the icon of the tab. */
  readonly standing: Standing;
  /** Of all environments: shown in the header, and sets its colour. */
  readonly estate: { readonly name?: string; readonly standing: Standing };
  readonly section?: Section;
  readonly now: Date;
  /** Path and query of this page. */
  readonly here: string;
  readonly styles: readonly string[];
  readonly script: string;
  readonly icon: string;
  /** The page is an answer to one request, and nothing that could be up to date. */
  readonly isAnswer?: boolean;
  /** Announced by a screen reader when it changes. */
  readonly headline: string;
}

export interface Troubled {
  readonly environment: EnvironmentStatus;
  readonly since: Date | undefined;
}

export interface OverviewView {
  readonly estate: EstateStatus;
  readonly selection: Selection;
  /** Those of the selection. */
  readonly lines: readonly Line[];
  /** The worst of those that need somebody. */
  readonly troubled: readonly Troubled[];
  readonly tally: Tally;
  readonly now: Date;
}

export interface EnvironmentView {
  readonly environment: EnvironmentStatus;
  readonly past: PastStates | undefined;
  /** For commands that people are told to type. */
  readonly configurationFile: string;
  readonly now: Date;
}

export interface RenewalsView {
  readonly list: 'upcoming' | 'recorded';
  /** Of this page, the most urgent first. Empty for the other list. */
  readonly upcoming: readonly Upcoming[];
  /** Of this page, newest first; empty for the other list. Undefined if the record cannot be read. */
  readonly records: readonly RenewalRecord[] | undefined;
  readonly page: number;
  readonly pages: number;
  readonly found: number;
  readonly now: Date;
}

export interface RenewalView {
  readonly record: RenewalRecord;
  /** Undefined if it is no longer configured, and so has no page. */
  readonly environment: EnvironmentStatus | undefined;
  readonly next: Next;
  /** Other certificates of the same environment, newest first. */
  readonly others: readonly RenewalRecord[];
  readonly files: RenewalFiles;
  /** Absolute. */
  readonly keyPath?: string;
  readonly now: Date;
}
