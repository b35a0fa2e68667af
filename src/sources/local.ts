/** Sources at hand: what the way into a store needs must not be in a store itself. */
import { env } from './env.ts';
import { SourceError } from './error.ts';
import { file } from './file.ts';
import { inline } from './inline.ts';
import type { SourceReader } from './reader.ts';
import { decodeText } from './text.ts';
import type { LocalSource } from './types.ts';
import type { Variables } from './variables.ts';

export const localReaders: { readonly [Kind in LocalSource['kind']]: SourceReader<Kind> } = { inline, file, env };

/** Without one line break at the end. @throws {SourceError} also if it is empty */
export async function readLocalText(source: LocalSource, variables: Variables): Promise<string> {
  const reader = localReaders[source.kind] as SourceReader<LocalSource['kind']>;
  const text = decodeText((await reader.read(source, variables)).bytes).replace(/\r?\n$/, '');
  if (text === '') throw new SourceError(`${reader.label(source)} is empty`);
  return text;
}

/** What can be sent as a token in a header. @throws {SourceError} also if it cannot */
export async function readLocalToken(source: LocalSource, variables: Variables): Promise<string> {
  const text = await readLocalText(source, variables);
  if (isToken(text)) return text;
  const reader = localReaders[source.kind] as SourceReader<LocalSource['kind']>;
  throw new SourceError(
    `${reader.label(source)} is not a token: it contains a line break, a space or a character outside ASCII`,
  );
}

/** Visible ASCII. */
export const isToken = (value: unknown): value is string => typeof value === 'string' && /^[!-~]+$/.test(value);
