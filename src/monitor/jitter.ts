import { createHash } from 'node:crypto';
import { minuteMs } from '../time/index.ts';

/** The same for the same name on every machine and after every restart: 0 ≤ jitter < `spreadMs`. */
export function jitterMs(name: string, spreadMs: number): number {
  return Math.floor(fractionOf(name) * spreadMs);
}

/**
 * The moment of one environment in a round: the spread is divided evenly between them in their order, and the name decides where in its
 * part each one's moment is. Neighbours come soon after each other, so that of the metrics, which are kept by neighbourhood, few have to be
 * written again between two scrapes; and not every installation asks MESH at the very start of its round.
 * @param place - from 0 to `count` - 1.
 */
export function inTurnMs(place: number, count: number, name: string, spreadMs: number): number {
  return Math.floor(((place + fractionOf(name)) / count) * spreadMs);
}

/** From 0 up to, but not including, 1. */
function fractionOf(name: string): number {
  return createHash('sha256').update(name).digest().readUInt32BE(0) / 2 ** 32;
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
