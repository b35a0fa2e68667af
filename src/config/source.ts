/** Reading what a `Source` points at: anew each time, so that a rotated secret is seen. */
import { MonitorError } from '../errors/index.ts';
import { readRegularFile } from '../files/index.ts';
import { escaped, type SafeText, say } from '../text/index.ts';
import { Secret } from './secret.ts';
import { decodeText } from './text.ts';
import type { Source } from './types.ts';
import type { Variables } from './variables.ts';

/** Bytes. Certificates, keys, passphrases and what a desk wants enclosed are far smaller; a log or a disk image by mistake is not. */
export const maximumSourceBytes = 1024 * 1024;

/** A source could not be read. `message` is a sentence that names the place and the reason, and never a value. */
export class SourceError extends MonitorError {
  override readonly code = 'ERR_SOURCE';
}

export interface SourceContent {
  readonly bytes: Buffer;
  /** Permission bits (`0o640`) of a file. */
  readonly mode?: number;
}

/** How messages name a source: the path, `variable NAME`, or `the configuration`. */
export function sourceLabel(source: Source): SafeText {
  if (source.kind === 'file') return escaped(source.path);
  return source.kind === 'env' ? say`variable ${source.name}` : say`the configuration`;
}

/**
 * @throws {SourceError} when it is missing, not a regular file, larger than 1 MiB or not readable; an unset or empty variable.
 * @throws {ResourceShortageError} when this process had no descriptor or memory left to read it with.
 */
export async function readSource(source: Source, env: Variables): Promise<Buffer> {
  return (await readContent(source, env)).bytes;
}

/** As text, without one line end at its end. @throws {SourceError} as `readSource` does, and for one that is empty. */
export async function readSecret(source: Source, env: Variables): Promise<Secret> {
  return secretFrom((await readContent(source, env)).bytes, source);
}

/** @throws {SourceError} when there is nothing in it. */
export function secretFrom(bytes: Uint8Array, source: Source): Secret {
  const text = decodeText(bytes).replace(/\r?\n$/, '');
  if (text === '') throw new SourceError(`${sourceLabel(source)} is empty`);
  return new Secret(text);
}

/** @throws {SourceError} as `readSource` does. */
export async function readContent(source: Source, env: Variables): Promise<SourceContent> {
  if (source.kind === 'file') return readFile(source.path, sourceLabel(source));
  const value = source.kind === 'env' ? env[source.name] : source.value.reveal();
  if (value === undefined) throw new SourceError(`${sourceLabel(source)} is not set`);
  if (value === '') throw new SourceError(`${sourceLabel(source)} is empty`);
  const bytes = Buffer.from(value, 'utf8');
  if (bytes.length > maximumSourceBytes) throw new SourceError(`${sourceLabel(source)} is larger than 1 MiB`);
  return { bytes };
}

async function readFile(path: string, place: string): Promise<SourceContent> {
  const read = await readRegularFile(path, { mostBytes: maximumSourceBytes });
  if ('problem' in read) throw new SourceError(`${place} ${read.problem.reason}`);
  return read;
}
