import type { RenewalFiles, RenewalRecord } from '../renewal/index.ts';
import type { EstateStatus } from '../status/index.ts';

/** Everything that the pages can read. Nothing here changes any state. */
export interface Shown {
  /** The current state, read for every request. */
  readonly estate: () => EstateStatus;
  readonly now: () => Date;
  /** Every renewal on record, oldest first. Undefined if the record cannot be read. */
  readonly renewals: () => readonly RenewalRecord[] | undefined;
  readonly renewalFiles: (record: RenewalRecord) => Promise<RenewalFiles>;
  /** Absolute. */
  readonly stateDir: () => string;
}
