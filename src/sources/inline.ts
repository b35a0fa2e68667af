/** Text in the configuration itself. */
import { say } from '../text/index.ts';
import type { SourceReader } from './reader.ts';

export const inline: SourceReader<'inline'> = {
  label: () => say`the configuration`,
  read: async ({ value }) => ({ bytes: Buffer.from(value.reveal(), 'utf8') }),
};
