/** The data that each page is rendered from. */
import type { RenewalFiles, RenewalRecord } from '../../renewal/index.ts';
import type { EnvironmentStatus, EstateStatus } from '../../status/index.ts';
import type { Selection, Tally } from './overview/select.ts';
import type { Standing } from './parts/words.ts';

export type Section = 'environments' | 'renewals';

export interface Frame {
  /** Precedes the service’s name in the title. */
  readonly title: string;
  /** Sets the colour of the header and the icon of the tab. */
  readonly standing: Standing;
  readonly section?: Section;
  readonly now: Date;
  /** Path and query of this page. */
  readonly here: string;
  readonly styles: readonly string[];
  readonly script: string;
  readonly icon: string;
  /** Announced by a screen reader when it changes. */
  readonly headline: string;
}

export interface OverviewView {
  readonly estate: EstateStatus;
  readonly selection: Selection;
  readonly tally: Tally;
  readonly now: Date;
}

export interface EnvironmentView {
  readonly environment: EnvironmentStatus;
  readonly now: Date;
}

export interface RenewalsView {
  /** Newest first. Undefined if the record cannot be read. */
  readonly records: readonly RenewalRecord[] | undefined;
  /** Environments whose renewal needs somebody, the first to expire first. */
  readonly urgent: readonly EnvironmentStatus[];
  readonly page: number;
  readonly pages: number;
  readonly found: number;
  readonly now: Date;
}

export interface RenewalView {
  readonly record: RenewalRecord;
  /** True if its environment is still configured, and so has a page. */
  readonly configured: boolean;
  /** Other certificates of the same environment, newest first. */
  readonly others: readonly RenewalRecord[];
  readonly files: RenewalFiles;
  /** Absolute. */
  readonly keyPath?: string;
  readonly now: Date;
}
