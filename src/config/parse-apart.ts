/** Parses a large configuration in a thread of its own, so that a file which is not a configuration cannot stop the service. */
import { Worker } from 'node:worker_threads';
import { startedModule } from '../installation/index.ts';
import type { Problem } from './problems.ts';

/** What the thread is given. */
export interface Job {
  readonly text: string;
  readonly path: string;
}

/** The document of a configuration in which nothing is wrong, or everything that is wrong. */
export type Parsed = { readonly value: unknown } | { readonly problems: readonly Problem[] };

export interface Bounds {
  /** Default: one minute. A configuration with 10,000 environments takes a few seconds. */
  readonly mostMs?: number;
  /** Default: 1024. */
  readonly mostMebibytes?: number;
}

/** Never rejects for the content: a thread that runs out of time or memory is a problem of the file. */
export async function parseApart(job: Job, { mostMs = 60_000, mostMebibytes = 1024 }: Bounds = {}): Promise<Parsed> {
  const worker = new Worker(startedModule('config/parse-worker'), {
    workerData: job,
    resourceLimits: { maxOldGenerationSizeMb: mostMebibytes },
  });
  const { promise, resolve, reject } = Promise.withResolvers<Parsed>();
  const timer = setTimeout(() => resolve(refused('it takes longer than a minute to read')), mostMs);
  worker.once('message', resolve);
  worker.once('error', (error: Error & { code?: string }) => {
    if (error.code === 'ERR_WORKER_OUT_OF_MEMORY')
      resolve(refused(`it takes more than ${mostMebibytes} MiB of memory to read`));
    else reject(error);
  });
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}

const refused = (message: string): Parsed => ({ problems: [{ path: '', message }] });
