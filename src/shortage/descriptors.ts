import { closeSync, openSync, readFileSync } from 'node:fs';
import { devNull } from 'node:os';
import { type ResourceShortageError, shortageOf } from './error.ts';

/**
 * Whether there is no file descriptor left. For errors that do not say so: when the system's resolver cannot open its own files, it reports
 * that a name is unknown.
 */
export function descriptorShortage(during: string): ResourceShortageError | undefined {
  try {
    closeSync(openSync(devNull, 'r'));
    return undefined;
  } catch (error) {
    return shortageOf(error, during);
  }
}

/** Assumed where the system does not say. */
const assumedLimit = 1024;

/**
 * The soft RLIMIT_NOFILE, which Node raises to the hard limit when it starts. Linux shows it in /proc. Elsewhere only a diagnostic report would
 * have it, and that takes too long.
 */
export function descriptorLimit(read = () => readFileSync('/proc/self/limits', 'utf8')): number {
  try {
    const soft = /^Max open files\s+(\d+|unlimited)/m.exec(read())?.[1];
    return soft === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft ?? assumedLimit);
  } catch {
    return assumedLimit;
  }
}

/** Kept back for files, mail, the database and whatever else this process has open. */
export const reservedDescriptors = 128;
/** Enough to work with, however low the limit is. */
const leastShare = 16;

/**
 * How many sockets one of the two that need many may have: HTTP clients, and handshakes. Each gets half of what the limit on file
 * descriptors leaves, so that neither can take the other's.
 * @param most - more than this are never needed.
 */
export function socketShare(most: number, limit = descriptorLimit()): number {
  return Math.min(most, Math.max(leastShare, Math.floor((limit - reservedDescriptors) / 2)));
}
