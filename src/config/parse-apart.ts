/** Parses a configuration in a thread of its own, so that a file which is not a configuration cannot stop the service. */
import { startedModule } from '../installation/index.ts';
import { ThreadDeadlineError, ThreadPool } from '../threads/index.ts';
import type { Problem } from './problems.ts';
import type { ConfigurationFile } from './schema.ts';

/** What the thread is given. */
export interface Job {
  readonly text: string;
  readonly path: string;
}

/** A configuration in which nothing is wrong, or everything that is wrong. */
export type Parsed = { readonly file: ConfigurationFile } | { readonly problems: readonly Problem[] };

export interface Bounds {
  /** Default: one minute. */
  readonly mostMs?: number;
  /** Default: 1024. */
  readonly mostMebibytes?: number;
}

/** Never rejects for the content: a thread that runs out of time or memory is a problem of the file. */
export async function parseApart(job: Job, { mostMs = 60_000, mostMebibytes = 1024 }: Bounds = {}): Promise<Parsed> {
  const pool = new ThreadPool(startedModule('config/parse-worker'), { size: 1, deadlineMs: mostMs, mostMebibytes });
  try {
    return (await pool.run(job)) as Parsed;
  } catch (error) {
    if (!(error instanceof ThreadDeadlineError)) throw error;
    const message = `it takes longer than ${mostMs / 1000} seconds or more than ${mostMebibytes} MiB of memory to read`;
    return { problems: [{ path: '', message }] };
  } finally {
    await pool.stop();
  }
}
