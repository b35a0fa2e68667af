/** Writing to one item of a store, in two steps, so that nothing changes before everything is known to be possible. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type ErrorCode, MonitorError } from '../../errors/index.ts';
import { type SafeText, say } from '../../text/index.ts';
import type { SourceOf } from '../reader.ts';
import type { StoreSource } from '../types.ts';
import type { Variables } from '../variables.ts';
import { StoreUnavailableError } from './driver.ts';
import { problemText } from './problem-text.ts';

/** What is to be put at a place. */
export interface Put<S = StoreSource> {
  readonly source: S;
  readonly content: Buffer;
}

/** One item with its new content, which nobody reads yet. */
export interface PreparedItem {
  /**
   * Makes it the version that is read.
   * @throws {StoreUnavailableError} and then it may have been written all the same: `undo` finds out.
   * @throws {NotWritableError} if it was changed by someone else meanwhile.
   */
  commit(): Promise<Committed>;
  /**
   * Puts the previous value back if the new one is there; where nothing was there before, removes it. Also removes what was prepared.
   * @throws {StoreUnavailableError}
   * @throws {NotWritableError} with the command that removes what was made new, if that stays.
   */
  undo(): Promise<void>;
}

export interface Committed {
  /** Of the new content. */
  readonly version?: string;
  /** Of what was there before; absent if there was nothing. */
  readonly previous?: string;
  /** Goes back to it with the store's own tool: no secret is in it. Absent if there was nothing before. */
  readonly back?: SafeText;
}

export interface StoreWriter<Kind extends StoreSource['kind']> {
  /**
   * @param puts all parts of one item.
   * @throws {NotWritableError} if it cannot be written.
   * @throws {StoreUnavailableError}
   */
  prepare(puts: readonly [Put<SourceOf<Kind>>, ...Put<SourceOf<Kind>>[]], env: Variables): Promise<PreparedItem>;
}

/** The store would answer, and it cannot be written all the same. Continues a sentence that begins with the place. */
export class NotWritableError extends MonitorError {
  override readonly code: ErrorCode = 'ERR_NOT_WRITABLE';
}

/** Nothing was written. The message says where and why, and what could not be put back. */
export class WriteRefusedError extends NotWritableError {
  override readonly code = 'ERR_WRITE_REFUSED';
}

export const changedMeanwhile = (): NotWritableError =>
  new NotWritableError('was changed by someone else in the meantime; nothing of that was overwritten');

const deadlineMs = 10_000;
const attempts = 4;
const firstPauseMs = 500;

/** One call that writes, or reads in order to write. It is repeated only where the store has certainly done nothing. */
export async function writeCall<T>(call: (signal: AbortSignal) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call(AbortSignal.timeout(deadlineMs));
    } catch (error) {
      const isThrottled = error instanceof StoreUnavailableError && error.problem.kind === 'throttled';
      if (!isThrottled || attempt === attempts) throw error;
      await sleep(firstPauseMs * 2 ** (attempt - 1));
    }
  }
}

/** @param permission as the store calls it */
export const missingPermission = (permission: string): string =>
  `the permission ${permission} is missing: \`mesh-cert-monitor permissions --install\` prints what is needed`;

/** For a failure to remove what was made new: few may. @param remove the command that does. @throws {NotWritableError} */
export const stillThere =
  (remove: SafeText) =>
  (error: unknown): never => {
    if (!(error instanceof StoreUnavailableError)) throw error;
    const why = problemText(error.problem);
    throw new NotWritableError(say`was made new and is still there (${why}); to remove it: ${remove}`);
  };

/** Commands that pass a value on in the file `$f`, which only its owner can read, and which is removed. */
export const throughFile = (commands: SafeText): SafeText =>
  say`(umask 077; f=$(mktemp) && ${commands}; s=$?; rm -f "$f"; exit $s)`;
