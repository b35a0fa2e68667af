import { fileURLToPath } from 'node:url';
import { Worker, type WorkerOptions } from 'node:worker_threads';
import { executable } from './own-files.ts';

/** A thread of the program. @param module - from `startedModule`. @throws as `new Worker` does. */
export function startThread(module: URL, options: WorkerOptions): Worker {
  if (!executable) return new Worker(module, options);
  return new Worker(`${executable.bootstrap}\nstart(${JSON.stringify(fileURLToPath(module))});`, {
    ...options,
    eval: true,
  });
}
