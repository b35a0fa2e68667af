/** `{ env: NAME }`: a variable stays what it was when the process started. */
import { say } from '../text/index.ts';
import { SourceError } from './error.ts';
import type { SourceReader } from './reader.ts';

export const env: SourceReader<'env'> = {
  label: ({ name }) => say`variable ${name}`,
  async read(source, variables) {
    const value = variables[source.name];
    if (value === undefined) throw new SourceError(`${env.label(source)} is not set`, { isMissing: true });
    return { bytes: Buffer.from(value, 'utf8') };
  },
};
