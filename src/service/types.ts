import type { Configuration, Variables } from '../config/index.ts';
import type { Build } from '../metrics/index.ts';
import type { Actions, Log } from '../monitor/index.ts';
import type { Renewals } from '../renewal/index.ts';
import type { EstateStatus } from '../status/index.ts';
import type { Pages, Shown } from '../web/index.ts';

export interface ServiceOptions {
  /** @throws {ConfigurationError} */
  readonly load: (how?: { readonly apart: boolean }) => Promise<Configuration>;
  readonly env: Variables;
  readonly now: () => Date;
  readonly log: Log;
  readonly build: Build;
  /** For tests: what web shows in addition to health and metrics. */
  readonly pages?: (shown: Shown) => Pages;
  /** For tests. */
  readonly actions?: (renewals: Renewals) => Actions;
}

export interface Service {
  readonly url: string;
  readonly estate: () => EstateStatus;
  /** @returns whether the new configuration is now in use. If not, the log says why, and the current one stays. */
  reload(): Promise<boolean>;
  /**
   * Starts nothing new and waits for running work, for up to 8 s.
   * @returns what has not ended by then. The process then has to be ended by force.
   */
  stop(): Promise<readonly string[]>;
}
