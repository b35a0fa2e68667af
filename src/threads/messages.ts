/** What the two sides of a thread say to each other. Only data that can be cloned. */
import type { Claim } from './claim.ts';

export interface ToThread {
  readonly data: unknown;
  /** Of a job that comes before the thread has ended another one. It may be taken back. */
  readonly claim?: Claim;
}

export type FromThread = {
  /** The processor time that the thread has used since it started. */
  readonly cpuMs: number;
} & (Ready | Reply);

/** The thread has loaded its modules. The clock of a job does not run before that. */
interface Ready {
  readonly kind: 'ready';
}

export type Reply =
  | { readonly kind: 'done'; readonly result: unknown }
  /** The job had been taken back. */
  | { readonly kind: 'skipped' }
  /** This process could not do the work: see `ResourceShortageError`. */
  | { readonly kind: 'shortage'; readonly message: string }
  | { readonly kind: 'bug'; readonly error: Error };
