import { setTimeout as sleep } from 'node:timers/promises';
import { type StoreProblem, StoreUnavailableError } from './driver.ts';

export interface CallOptions {
  /** For one attempt. */
  readonly deadlineMs: number;
  /** Calls to one store; AWS allows 40 `GetParameters` a second for everyone in the account together. */
  readonly perSecond: number;
  readonly attempts: number;
  /** Before the second attempt; doubled before each further one, and spread by half. */
  readonly retryMs: number;
  /** After a call that failed for good, nothing is asked for this long; doubled each time up to `longestPauseMs`, and spread by half. */
  readonly pauseMs: number;
  readonly longestPauseMs: number;
}

export const callsAtOnce = 4;

export const defaultCallOptions: CallOptions = {
  deadlineMs: 5_000,
  perSecond: 20,
  attempts: 3,
  retryMs: 200,
  pauseMs: 10_000,
  longestPauseMs: 120_000,
};

/** Calls to one store: paced, bounded, repeated where that can help, and given up for a while when it cannot. */
export class Calls {
  readonly #options: CallOptions;
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  #nextAtMs = 0;
  #failures = 0;
  #paused: { readonly untilMs: number; readonly problem: StoreProblem } | undefined;

  constructor(options: CallOptions = defaultCallOptions) {
    this.#options = options;
  }

  /** @throws {StoreUnavailableError} */
  async run<T>(call: (signal: AbortSignal) => Promise<T>): Promise<T> {
    await this.#place();
    try {
      const result = await this.#attempts(call);
      this.#failures = 0;
      this.#paused = undefined;
      return result;
    } finally {
      this.#running -= 1;
      this.#waiting.shift()?.();
    }
  }

  async #attempts<T>(call: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { attempts, retryMs } = this.#options;
    for (let attempt = 1; ; attempt += 1) {
      // Another call may have found out meanwhile that the store is down.
      if (this.#paused && this.#isPaused()) throw new StoreUnavailableError(this.#paused.problem);
      await this.#turn();
      const startedAtMs = performance.now();
      try {
        return await call(AbortSignal.timeout(this.#options.deadlineMs));
      } catch (error) {
        if (!(error instanceof StoreUnavailableError)) throw error;
        const passes = error.problem.kind === 'unreachable' || error.problem.kind === 'throttled';
        if (!passes) throw error;
        // What has waited long for an answer does not wait again.
        const isSlow = performance.now() - startedAtMs > this.#options.deadlineMs / 2;
        if (attempt === attempts || isSlow) throw this.#pause(error);
        await sleep(spread(retryMs * 2 ** (attempt - 1)));
      }
    }
  }

  #pause(error: StoreUnavailableError): StoreUnavailableError {
    const { pauseMs, longestPauseMs } = this.#options;
    // Calls that were under way together have found out the same thing.
    if (this.#isPaused()) return error;
    const ms = spread(Math.min(longestPauseMs, pauseMs * 2 ** this.#failures));
    this.#failures += 1;
    this.#paused = { untilMs: performance.now() + ms, problem: error.problem };
    return error;
  }

  #isPaused(): boolean {
    return this.#paused !== undefined && performance.now() < this.#paused.untilMs;
  }

  async #place(): Promise<void> {
    while (this.#running >= callsAtOnce) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#running += 1;
  }

  /** Evenly, so that a large estate does not begin each cycle with a burst. */
  async #turn(): Promise<void> {
    const nowMs = performance.now();
    const atMs = Math.max(nowMs, this.#nextAtMs);
    this.#nextAtMs = atMs + 1_000 / this.#options.perSecond;
    if (atMs > nowMs) await sleep(atMs - nowMs);
  }
}

/** Half as much to one and a half times as much, so that many monitors do not come back together. */
const spread = (ms: number): number => ms * (0.5 + Math.random());
