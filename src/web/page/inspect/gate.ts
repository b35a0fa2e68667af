/** How much may be inspected at once and in a minute: it is work that a visitor chooses. */
import { minuteMs } from '../../../time/index.ts';

/** docs/security.md lists them. */
export const gateLimits = { atOnce: 4, perMinute: 30 } as const;

export class Gate {
  #inside = 0;
  #entered: Date[] = [];
  #last: Promise<unknown> = Promise.resolve();

  /** @returns undefined if there have been too many; otherwise what to call at the end. */
  enter(now: Date): (() => void) | undefined {
    // A clock that was set back must not close the gate for longer than a minute.
    this.#entered = this.#entered.filter((at) => Math.abs(now.getTime() - at.getTime()) < minuteMs);
    if (this.#inside >= gateLimits.atOnce || this.#entered.length >= gateLimits.perMinute) return undefined;
    this.#entered.push(now);
    this.#inside += 1;
    return () => {
      this.#inside -= 1;
    };
  }

  /** One after the other, so that at least one thread is left for the checks of the service. */
  inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => {});
    return result;
  }
}
