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
