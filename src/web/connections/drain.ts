/** Whether a client reads its response fast enough. Pure: the time and the socket's counters are arguments. */
import { limits } from './limits.ts';

export interface Drain {
  /** When the response began. Milliseconds of the monotonic clock, like all times here. */
  readonly startedMs: number;
  readonly seenMs: number;
  /** Bytes sent to the client when the response began, and when last checked. */
  readonly startedBytes: number;
  readonly takenBytes: number;
  /** For how long there has been something to read. */
  readonly waitedMs: number;
  /** Since when nothing has been read although something is waiting. Undefined otherwise. */
  readonly stalledSinceMs?: number;
}

export interface Counters {
  readonly takenBytes: number;
  readonly waitingBytes: number;
}

export function startDrain({ takenBytes }: Counters, nowMs: number): Drain {
  return { startedMs: nowMs, seenMs: nowMs, startedBytes: takenBytes, takenBytes, waitedMs: 0 };
}

export function watchDrain(before: Drain, { takenBytes, waitingBytes }: Counters, nowMs: number): Drain {
  const { stalledSinceMs, ...rest } = before;
  const waits = waitingBytes > 0;
  const stalled = waits && takenBytes === before.takenBytes;
  return {
    ...rest,
    seenMs: nowMs,
    takenBytes,
    waitedMs: before.waitedMs + (waits ? nowMs - before.seenMs : 0),
    ...(stalled ? { stalledSinceMs: stalledSinceMs ?? before.seenMs } : {}),
  };
}

/** A client that reads too slowly keeps memory and a connection from others. */
export function isTooSlow({ startedMs, seenMs, startedBytes, takenBytes, waitedMs, stalledSinceMs }: Drain): boolean {
  const taken = takenBytes - startedBytes;
  const allowedMs = limits.stallMs + (taken / limits.leastBytesPerSecond) * 1000;
  return (
    waitedMs > allowedMs ||
    seenMs - startedMs > limits.answerMs ||
    (stalledSinceMs !== undefined && seenMs - stalledSinceMs > limits.stallMs)
  );
}
