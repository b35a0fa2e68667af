/**
 * Whether this machine's clock can be trusted enough to send a request by it. A clock that is a year ahead would make every
 * request a year early, so there must be a second witness: MESH's own clock, or the same clock after running for another day.
 */
import { dayMs, hourMs, minuteMs, secondMs } from '../time/index.ts';
import type { SeenHandshake } from './decision.ts';
import type { ClockRow } from './store/store.ts';

/** How far the wall clock and the monotonic clock may differ between two readings, and how far this machine and MESH may. */
const toleranceMs = hourMs;
/** If a clock is set wrong, NTP or a person usually corrects it within this time. */
const secondSightMs = dayMs;
/** An earlier process's last reading may be this old, and the clock still counts as having run on from there. */
const mostPauseMs = dayMs;

interface Doubt {
  readonly since: Date;
  /** How long it has run since, without a step. */
  readonly runOnMs: number;
  /** How far it was set; absent if all that is known is that nothing has confirmed it yet. */
  readonly stepMs?: number;
  /** What a later handshake says against it. */
  readonly against?: string;
}

/** Each argument `monotonicMs` comes from a clock that nobody can set. */
export class ClockWatch {
  #last: { readonly now: Date; readonly monotonicMs: number };
  #doubt: Doubt | undefined;
  /** By environment, when the latest known handshake began. */
  readonly #heard = new Map<string, number>();

  /** @param row - what an earlier process recorded. */
  constructor(row: ClockRow | undefined, now: Date, monotonicMs: number) {
    this.#last = { now, monotonicMs };
    const pauseMs = row && now.getTime() - row.seenAt.getTime();
    const runsOn = pauseMs !== undefined && pauseMs >= -toleranceMs && pauseMs <= mostPauseMs;
    if (!runsOn)
      this.#doubt = { since: now, runOnMs: 0, ...(pauseMs !== undefined && pauseMs < 0 ? { stepMs: pauseMs } : {}) };
    else if (row?.runOnMs !== undefined) this.#doubt = { since: now, runOnMs: row.runOnMs };
  }

  look(now: Date, monotonicMs: number): void {
    const wentMs = monotonicMs - this.#last.monotonicMs;
    const stepMs = now.getTime() - this.#last.now.getTime() - wentMs;
    this.#last = { now, monotonicMs };
    if (Math.abs(stepMs) > toleranceMs) this.#doubt = { since: now, runOnMs: 0, stepMs };
    else if (this.#doubt) this.#runOn(this.#doubt, wentMs);
  }

  #runOn(doubt: Doubt, wentMs: number): void {
    const runOnMs = doubt.runOnMs + Math.max(0, wentMs);
    // MESH contradicted the clock, so only MESH can confirm it.
    const confirmed = runOnMs >= secondSightMs && doubt.against === undefined;
    this.#doubt = confirmed ? undefined : { ...doubt, runOnMs };
  }

  /** To be called after `look`, with the last handshake of an environment, however often it has been reported. */
  hear(environment: string, handshake: SeenHandshake, now: Date): void {
    const { startedAt } = handshake;
    const isNews = this.#heard.get(environment) !== startedAt.getTime();
    this.#heard.set(environment, startedAt.getTime());
    // A handshake from before a step says nothing about it.
    if (!isNews || startedAt > now || (this.#doubt && startedAt < this.#doubt.since)) return;
    const word = wordOf(handshake);
    if (word === 'agrees') this.#doubt = undefined;
    // If the clock is not in doubt, a certificate that looks expired has expired.
    else if (word && (this.#doubt || handshake.clockSkewSeconds !== undefined))
      this.#doubt = { since: now, runOnMs: 0, ...this.#doubt, against: word.against };
  }

  /** Why nothing is sent yet, and until when; undefined when the clock can be trusted. */
  get doubt(): string | undefined {
    if (!this.#doubt) return undefined;
    const { against, stepMs, runOnMs } = this.#doubt;
    const agree = 'the request waits until a handshake shows that MESH’s clock agrees';
    if (against) return `${against}; ${agree}`;
    const why = stepMs === undefined ? 'nothing has confirmed this machine’s clock yet' : stepWords(stepMs);
    return `${why}; ${agree}, or until the clock has run for another ${span(secondSightMs - runOnMs)} without being set`;
  }

  /** What to report about a clock that was set; undefined if it was not, or has been confirmed since. */
  get step(): string | undefined {
    return this.#doubt?.stepMs === undefined ? undefined : stepWords(this.#doubt.stepMs);
  }

  get row(): ClockRow {
    return { seenAt: this.#last.now, ...(this.#doubt ? { runOnMs: this.#doubt.runOnMs } : {}) };
  }
}

/** What a handshake says about the clock; undefined if nothing. */
function wordOf({
  clockSkewSeconds,
  serverVerified,
  reason,
}: SeenHandshake): 'agrees' | { against: string } | undefined {
  if (reason === 'server_certificate_expired')
    return { against: 'MESH’s own certificate looks expired, as it would if this clock were ahead' };
  // A server that is not verified can say anything.
  if (!serverVerified || clockSkewSeconds === undefined) return undefined;
  const aheadMs = clockSkewSeconds * secondMs;
  if (Math.abs(aheadMs) <= toleranceMs) return 'agrees';
  return { against: `this machine’s clock is ${span(aheadMs)} ${aheadMs > 0 ? 'ahead of' : 'behind'} MESH’s` };
}

const stepWords = (stepMs: number) =>
  `this machine’s clock was set ${stepMs > 0 ? 'forward' : 'back'} by ${span(stepMs)}`;

/** `3 hours`, `366 days`. */
function span(ms: number): string {
  const size = Math.abs(ms);
  const [unitMs, name] = size >= 2 * dayMs ? [dayMs, 'day'] : size >= hourMs ? [hourMs, 'hour'] : [minuteMs, 'minute'];
  const count = Math.max(1, Math.round(size / unitMs));
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}
