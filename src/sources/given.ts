/** Content that a program passes to `inspect` as a library. */
import { escaped } from '../text/index.ts';
import type { SourceReader } from './reader.ts';

export const given: SourceReader<'given'> = {
  label: ({ what }) => escaped(what),
  read: async ({ bytes }) => ({ bytes: Buffer.from(bytes) }),
};
