import { MonitorError } from '../errors/index.ts';
import { type LoopWatch, loopShortage, watchLoop } from '../shortage/index.ts';
import type { HandshakePhase } from './types.ts';

/** A phase, or the whole probe in that phase, ran out of time. */
export class PhaseTimeoutError extends MonitorError {
  override readonly code = 'ERR_PHASE_TIMEOUT';
  readonly phase: HandshakePhase;
  /** How long the phase was allowed, in steps of 10 ms if that was long. */
  readonly limitMs: number;

  constructor(phase: HandshakePhase, allowedMs: number) {
    // Looking up the name takes a different part of a millisecond each time, which is not worth another text each time.
    const limitMs = allowedMs < 100 ? Math.round(allowedMs) : Math.round(allowedMs / 10) * 10;
    super(`no answer within ${limitMs} ms`);
    this.phase = phase;
    this.limitMs = limitMs;
  }
}

/**
 * Runs and times the phases of one probe, each within its own limit and all of them within the limit of the whole. It leaves no timer behind.
 * It uses the monotonic clock, which time synchronisation does not move.
 */
export class Phases {
  readonly seconds: Partial<Record<HandshakePhase, number>> = {};
  /** The phase that is running, or ran last. */
  current: HandshakePhase = 'dns';
  readonly #endsAt: number;
  readonly #cancelled: AbortSignal | undefined;
  /** What our own loop has taken from the phases so far. */
  #lostMs = 0;

  constructor(wholeMs: number, cancelled: AbortSignal | undefined) {
    this.#endsAt = performance.now() + wholeMs;
    this.#cancelled = cancelled;
  }

  /**
   * `work` must give up its resources and reject with the signal's reason once the signal aborts. Time in which our own loop was blocked is
   * added to the limit, up to twice the limit in all.
   * @throws {PhaseTimeoutError} when the limit passes; the caller's reason when the probe is cancelled; {ResourceShortageError} when it
   * was our own loop that let the time pass; else what `work` throws.
   */
  async run<T>(phase: HandshakePhase, limitMs: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.current = phase;
    this.#cancelled?.throwIfAborted();
    const startedAt = performance.now();
    const allowedMs = Math.max(0, Math.min(limitMs, this.#endsAt + this.#lostMs - startedAt));
    const controller = new AbortController();
    const loop = watchLoop();
    const timer = stretched(allowedMs, loop, () => controller.abort(new PhaseTimeoutError(phase, allowedMs)));
    const cancel = () => controller.abort(this.#cancelled?.reason);
    this.#cancelled?.addEventListener('abort', cancel, { once: true });
    try {
      return await work(controller.signal);
    } catch (error) {
      throw ourOwnFault(error, phase, allowedMs, performance.now() - startedAt, loop) ?? error;
    } finally {
      loop.stop();
      timer.stop();
      this.#lostMs += timer.lostMs();
      this.#cancelled?.removeEventListener('abort', cancel);
      this.seconds[phase] = (this.seconds[phase] ?? 0) + (performance.now() - startedAt) / 1000;
    }
  }
}

/** A timer that goes off once the other side has had `allowedMs`, not counting what our own loop took of it, or after twice `allowedMs`. */
function stretched(allowedMs: number, loop: LoopWatch, timeout: () => void) {
  let grantedMs = 0;
  let timer = setTimeout(decide, allowedMs);
  function decide() {
    const moreMs = Math.min(loop.stalledMs(), allowedMs) - grantedMs;
    if (moreMs < 1) return timeout();
    grantedMs += moreMs;
    timer = setTimeout(decide, moreMs);
  }
  return { stop: () => clearTimeout(timer), lostMs: () => grantedMs };
}

/** A peer that we keep waiting this long is entitled to hang up. */
const longSilenceMs = 1_000;
const hungUp: readonly unknown[] = ['ECONNRESET', 'EPIPE'];

function ourOwnFault(error: unknown, phase: HandshakePhase, allowedMs: number, elapsedMs: number, loop: LoopWatch) {
  const stalledMs = loop.stalledMs();
  const during = `the phase ${phase} of a handshake`;
  if (error instanceof PhaseTimeoutError) return loopShortage(during, { allowedMs, elapsedMs, stalledMs });
  if (stalledMs < longSilenceMs || !(error instanceof Error && 'code' in error && hungUp.includes(error.code)))
    return undefined;
  return loopShortage(during, { allowedMs: elapsedMs, elapsedMs, stalledMs });
}

type Settle<T> = { resolve: (value: T) => void; reject: (reason: unknown) => void };

/** A promise that `start` settles, or that the signal rejects. `stop` is called once it is settled, either way. */
export function untilAborted<T>(
  signal: AbortSignal,
  start: (settle: Settle<T>) => (() => void) | undefined,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    let stop: (() => void) | undefined;
    let settled = false;
    const settle = (finish: () => void) => {
      if (settled) return;
      settled = true;
      signal.removeEventListener('abort', abort);
      stop?.();
      finish();
    };
    const abort = () => settle(() => reject(signal.reason));
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort);
    stop = start({
      resolve: (value) => settle(() => resolve(value)),
      reject: (reason) => settle(() => reject(reason)),
    });
    if (settled) stop?.();
  });
}
