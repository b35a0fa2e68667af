/** Whether a client takes what it asked for. Pure: the time and the socket's counters are arguments. */
import { limits } from './limits.ts';

export interface Drain {
  /** When this answer began; milliseconds of the monotonic clock, like every time here. */
  readonly startedMs: number;
  readonly seenMs: number;
  /** Bytes that had left for the client when the answer began, and when it was last looked at. */
  readonly startedBytes: number;
  readonly takenBytes: number;
  /** How long there was something waiting to be taken. */
  readonly waitedMs: number;
  /** Since when nothing has been taken of what waits; undefined while something is, or nothing waits. */
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

/** A client that takes too little keeps memory, and a connection, from the others. */
export function isTooSlow({ startedMs, seenMs, startedBytes, takenBytes, waitedMs, stalledSinceMs }: Drain): boolean {
  const taken = takenBytes - startedBytes;
  const allowedMs = limits.stallMs + (taken / limits.leastBytesPerSecond) * 1000;
  return (
    waitedMs > allowedMs ||
    seenMs - startedMs > limits.answerMs ||
    (stalledSinceMs !== undefined && seenMs - stalledSinceMs > limits.stallMs)
  );
}
