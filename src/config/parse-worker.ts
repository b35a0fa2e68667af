// The module of a thread that parse-apart.ts starts. It does all that can take long, and hands back plain data.
import { answer } from '../threads/index.ts';
import { parseFile } from './parse.ts';
import type { Job, Parsed } from './parse-apart.ts';
import { ConfigurationError } from './problems.ts';

answer(async (job) => parsed(job as Job));

function parsed({ text, path }: Job): Parsed {
  try {
    return { file: parseFile(text, path) };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return { problems: error.problems };
  }
}
