/** How long to wait before the mail server is tried again. Pure. */
import { createHash } from 'node:crypto';
import { hourMs, minuteMs } from '../time/index.ts';
import type { RequestKey } from './types.ts';

const firstPauseMs = 5 * minuteMs;
const longestBackoffMs = 6 * hourMs;

/** Doubles each time, and differs by up to a quarter between environments so that they do not all call at once. Derived from the key, so that it can be tested. */
export function nextAttempt(key: RequestKey, attempts: number, now: Date): Date {
  const pauseMs = Math.min(firstPauseMs * 2 ** (attempts - 1), longestBackoffMs);
  const digest = createHash('sha256')
    .update(JSON.stringify([key.environment, key.fingerprintSha256, attempts]))
    .digest();
  const share = digest.readUInt32BE(0) / 2 ** 32;
  return new Date(now.getTime() + Math.round(pauseMs * (0.75 + share / 2)));
}
