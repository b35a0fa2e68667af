import type { RenewalFiles, RenewalRecord, RenewalRecords } from '../renewal/index.ts';
import type { EstateStatus } from '../status/index.ts';

/** Everything that the pages can read. Nothing here changes any state. */
export interface Shown {
  /** The current state, read for every request. */
  readonly estate: () => EstateStatus;
  readonly now: () => Date;
  /** Undefined if the record cannot be read. */
  readonly renewals: () => RenewalRecords | undefined;
  readonly renewalFiles: (record: RenewalRecord) => Promise<RenewalFiles>;
  /** Absolute. */
  readonly stateDir: () => string;
}
