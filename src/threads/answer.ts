import { parentPort } from 'node:worker_threads';
import { ResourceShortageError } from '../shortage/index.ts';
import { claims } from './claim.ts';
import type { FromThread, Reply, ToThread } from './messages.ts';

/**
 * The whole of a thread's own module: does each job that the pool sends, one at a time.
 * @example
 * answer((job) => examineIn(job as Job));
 */
export function answer(work: (job: unknown) => Promise<unknown>): void {
  const port = parentPort;
  if (!port) throw new Error('this module is for a thread of a pool');
  const say = (reply: Reply | { readonly kind: 'ready' }) => {
    const { user, system } = process.threadCpuUsage();
    port.postMessage({ ...reply, cpuMs: (user + system) / 1000 } satisfies FromThread);
  };
  let before = Promise.resolve();
  port.on('message', (job: ToThread) => {
    before = before.then(async () => say(await replyTo(job, work)));
  });
  say({ kind: 'ready' });
}

async function replyTo({ data, claim }: ToThread, work: (job: unknown) => Promise<unknown>): Promise<Reply> {
  if (claim && !claims(claim)) return { kind: 'skipped' };
  try {
    return { kind: 'done', result: await work(data) };
  } catch (error) {
    if (error instanceof ResourceShortageError) return { kind: 'shortage', message: error.message };
    return { kind: 'bug', error: error instanceof Error ? error : new Error(String(error)) };
  }
}
