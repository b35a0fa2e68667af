/** `{ file: PATH }` */
import { readRegularFile } from '../files/index.ts';
import { limits } from '../limits/index.ts';
import { escaped } from '../text/index.ts';
import { SourceError } from './error.ts';
import type { SourceReader } from './reader.ts';

export const file: SourceReader<'file'> = {
  label: ({ path }) => escaped(path),
  async read(source) {
    const read = await readRegularFile(source.path, { mostBytes: limits.sourceBytes });
    if (!('problem' in read)) return read;
    const isMissing = read.problem.kind === 'missing';
    throw new SourceError(`${file.label(source)} ${read.problem.reason}`, { isMissing });
  },
};
