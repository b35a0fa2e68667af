import { createHash } from 'node:crypto';
import { minuteMs } from '../time/index.ts';

/** The same for the same name on every machine and after every restart: 0 ≤ jitter < `spreadMs`. */
export function jitterMs(name: string, spreadMs: number): number {
  const fraction = createHash('sha256').update(name).digest().readUInt32BE(0) / 2 ** 32;
  return Math.floor(fraction * spreadMs);
}

/** The period over which the handshakes of one round are spread, so that MESH does not get them all in the same second. */
export function spreadOf(intervalMs: number): number {
  return Math.min(5 * minuteMs, intervalMs / 4);
}

/** The first round after startup is quicker if there are few environments, because an operator is probably watching. */
export function firstSpreadOf(intervalMs: number, environments: number): number {
  return Math.min(spreadOf(intervalMs), environments * 250);
}

/** The minimum time between two handshakes of one environment, whatever triggers them. */
export function leastGapOf(intervalMs: number): number {
  return Math.min(5 * minuteMs, intervalMs / 2);
}
