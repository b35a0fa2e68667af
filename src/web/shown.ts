import type { Dropped } from '../inspect/index.ts';
import type { RenewalFiles, RenewalRecord, RenewalRecords } from '../renewal/index.ts';
import type { EstateStatus, PastStates } from '../status/index.ts';

/** Everything that the pages can read. Nothing here changes any state. */
export interface Shown {
  /** The current state, read for every request. */
  readonly estate: () => EstateStatus;
  readonly now: () => Date;
  /** The states that an environment has been in. Undefined if nothing is known. */
  readonly past: (environment: string, now: Date) => PastStates | undefined;
  /** Undefined if the record cannot be read. */
  readonly renewals: () => RenewalRecords | undefined;
  readonly renewalFiles: (record: RenewalRecord) => Promise<RenewalFiles>;
  /** Absolute. */
  readonly stateDir: () => string;
  /** Judges what somebody puts onto the page. Keeps nothing. */
  readonly inspect: (files: readonly Buffer[], now: Date) => Promise<Dropped>;
}
