// The thread that parse-apart.ts starts. It does all that can take long, and hands back plain data.
import { parentPort, workerData } from 'node:worker_threads';
import { parseDocument } from './parse.ts';
import type { Job, Parsed } from './parse-apart.ts';
import { ConfigurationError } from './problems.ts';

const { text, path } = workerData as Job;

function parsed(): Parsed {
  try {
    return { value: parseDocument(text, path).value };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return { problems: error.problems };
  }
}

parentPort?.postMessage(parsed());
