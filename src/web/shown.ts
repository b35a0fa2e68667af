import type { RenewalFiles, RenewalRecord, RenewalRecords } from '../renewal/index.ts';
import type { EstateStatus } from '../status/index.ts';

/** All that the pages may look at. Nothing here changes anything. */
export interface Shown {
  /** The present; asked for every request. */
  readonly estate: () => EstateStatus;
  readonly now: () => Date;
  /** Undefined: the record cannot be read now. */
  readonly renewals: () => RenewalRecords | undefined;
  readonly renewalFiles: (record: RenewalRecord) => Promise<RenewalFiles>;
  /** Absolute. */
  readonly stateDir: () => string;
}
