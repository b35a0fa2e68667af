/** What a kind of store has to be able to do. */
import { MonitorError } from '../../errors/index.ts';

/** Why a store did not answer. Names and classes only: what a store says may repeat what it was sent. */
export interface StoreProblem {
  /** As its maker calls it. */
  readonly store: string;
  /** As the store's documentation calls it: `GetParameters`. */
  readonly operation: string;
  /** `ThrottlingException`, `ECONNREFUSED`, `HTTP 503`, `no answer within 5 s`. */
  readonly errorClass: string;
  /** `denied` is the store's decision about us; `unreachable` and `throttled` pass. */
  readonly kind: 'unreachable' | 'throttled' | 'denied' | 'failed';
  /** What to do, if that is known. */
  readonly remedy?: string;
}

/** A call failed as a whole. */
export class StoreUnavailableError extends MonitorError {
  override readonly code = 'ERR_STORE_UNAVAILABLE';
  readonly problem: StoreProblem;

  constructor(problem: StoreProblem) {
    super(`${problem.store}: ${problem.operation} failed (${problem.errorClass})`);
    this.problem = problem;
  }
}

export type Item =
  | {
      readonly bytes: Buffer;
      /** Changes with every write. */
      readonly version?: string;
      /** Bytes, not text. */
      readonly isBinary?: true;
      /** The store keeps it unencrypted. */
      readonly isPlain?: true;
    }
  | Refused
  /** For stores that answer for each item by itself. */
  | { readonly problem: StoreProblem };

/** The store answered, and there is nothing to use. */
export interface Refused {
  /** Continues a sentence that begins with the place. */
  readonly refused: string;
  readonly isMissing?: true;
}

/** An item that is there. */
export type Found = Extract<Item, { readonly bytes: Buffer }>;

export interface StoreDriver {
  /** How a problem is named where the driver itself did not expect it. */
  readonly named: Pick<StoreProblem, 'store' | 'operation'>;
  /** Items in one call of `read`. Where it becomes less, a call for more than that fails, and is asked for again in parts. */
  readonly readsAtOnce: number;
  /**
   * One call to the store, for each name an item.
   * @throws {StoreUnavailableError}
   */
  read(names: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, Item>>;
  /** A cheaper question than reading. Names without a version are read. */
  readonly versions?: {
    readonly asksAtOnce: number;
    /** @throws {StoreUnavailableError} */
    ask(names: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, string>>;
  };
}
