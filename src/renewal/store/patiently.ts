import { setTimeout as sleep } from 'node:timers/promises';
import { secondMs } from '../../time/index.ts';
import { StoreBusyError } from './database.ts';

const patienceMs = 5 * secondMs;
const pauseMs = 50;

/**
 * Tries again while another process holds the database's lock, and lets everything else go on meanwhile.
 * @param work - one call of the store: it has changed nothing when it throws.
 * @throws {StoreBusyError} when it still does after five seconds.
 */
export async function patiently<T>(work: () => T): Promise<T> {
  for (const start = performance.now(); ; ) {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof StoreBusyError) || performance.now() - start > patienceMs) throw error;
    }
    await sleep(pauseMs);
  }
}
