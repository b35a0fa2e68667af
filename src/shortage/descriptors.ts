import { closeSync, openSync, readFileSync } from 'node:fs';
import { devNull } from 'node:os';
import { type ResourceShortageError, shortageOf } from './error.ts';

/**
 * Whether there is a file descriptor left. For errors that do not say: the system's resolver answers that a name is unknown when it
 * cannot open its own files.
 */
export function descriptorShortage(during: string): ResourceShortageError | undefined {
  try {
    closeSync(openSync(devNull, 'r'));
    return undefined;
  } catch (error) {
    return shortageOf(error, during);
  }
}

/** What is assumed where the system does not say. */
const assumedLimit = 1024;

/**
 * The soft RLIMIT_NOFILE, which Node has raised to the hard one by the time that it runs us. Linux writes it to /proc; elsewhere nothing
 * does but a diagnostic report, which takes too long.
 */
export function descriptorLimit(read = () => readFileSync('/proc/self/limits', 'utf8')): number {
  try {
    const soft = /^Max open files\s+(\d+|unlimited)/m.exec(read())?.[1];
    return soft === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft ?? assumedLimit);
  } catch {
    return assumedLimit;
  }
}
