import { setTimeout as sleep } from 'node:timers/promises';
import { secondMs } from '../../time/index.ts';
import { StoreBusyError } from './database.ts';

const patienceMs = 5 * secondMs;
const pauseMs = 50;

/**
 * Tries again while another process has the database locked, and lets everything else continue meanwhile.
 * @param work - one call of the store: it has changed nothing when it throws.
 * @throws {StoreBusyError} if it still is after five seconds.
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
