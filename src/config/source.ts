/** Reading what a `Source` points at: anew each time, so that a rotated secret is seen. */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { shortageOf } from '../shortage/index.ts';
import { Secret } from './secret.ts';
import { decodeText } from './text.ts';
import type { Source } from './types.ts';
import type { Variables } from './variables.ts';

/** Bytes. Certificates, keys, passphrases and what a desk wants enclosed are far smaller; a log or a disk image by mistake is not. */
export const maximumSourceBytes = 1024 * 1024;

/** A source could not be read. `message` is a sentence that names the place and the reason, and never a value. */
export class SourceError extends Error {
  override name = 'SourceError';
}

export interface SourceContent {
  readonly bytes: Buffer;
  /** Permission bits (`0o640`) of a file. */
  readonly mode?: number;
}

/** How messages name a source: the path, `variable NAME`, or `the configuration`. */
export function sourceLabel(source: Source): string {
  // A line end in a path must not begin a line of its own in a log.
  if (source.kind === 'file') return source.path.replace(/\p{Cc}/gu, '?');
  return source.kind === 'env' ? `variable ${source.name}` : 'the configuration';
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
  if (bytes.length > maximumSourceBytes) throw tooLarge(sourceLabel(source));
  return { bytes };
}

/**
 * Symbolic links are followed: Kubernetes mounts secrets behind two of them. O_NONBLOCK keeps a FIFO without a writer from holding us
 * for ever, and the handle is what is judged and read, so that nothing can be swapped in between.
 */
async function readFile(path: string, place: string): Promise<SourceContent> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    const facts = await handle.stat();
    if (!facts.isFile())
      throw new SourceError(`${place} is ${facts.isDirectory() ? 'a directory' : 'not a regular file'}`);
    if (facts.size > maximumSourceBytes) throw tooLarge(place);
    return { bytes: await readAll(handle, facts.size, place), mode: facts.mode & 0o777 };
  } catch (error) {
    throw error instanceof SourceError ? error : sourceError(place, error);
  } finally {
    await handle?.close();
  }
}

/** The stated size is a hint: a file may grow, and those of /proc say 0. */
async function readAll(handle: FileHandle, statedBytes: number, place: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for (let total = 0; ; ) {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(Math.max(4096, statedBytes + 1 - total)));
    if (bytesRead === 0) return Buffer.concat(chunks, total);
    total += bytesRead;
    if (total > maximumSourceBytes) throw tooLarge(place);
    chunks.push(buffer.subarray(0, bytesRead));
  }
}

const tooLarge = (place: string) => new SourceError(`${place} is larger than 1 MiB`);

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist: a part of its path is not a directory',
  EACCES: 'may not be read by this process (permission denied)',
  EPERM: 'may not be read by this process (operation not permitted)',
  EISDIR: 'is a directory',
  ELOOP: 'goes round in symbolic links',
  ENAMETOOLONG: 'is not a path: it is too long',
  ENXIO: 'is not a regular file',
  ERR_INVALID_ARG_VALUE: 'is not a path',
  ESTALE: 'is on a network file system that has gone away',
};

function sourceError(place: string, error: unknown): Error {
  const shortage = shortageOf(error, `reading ${place}`);
  if (shortage) return shortage;
  if (!(error instanceof Error) || !('code' in error)) throw error;
  const code = String(error.code);
  return new SourceError(`${place} ${reasons[code] ?? `cannot be read (${code})`}`);
}
