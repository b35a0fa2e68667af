/** Reads what a `Source` points to, every time, so that a file that was rotated is noticed. A variable stays what it was at the start. */
import { MonitorError } from '../errors/index.ts';
import { readRegularFile } from '../files/index.ts';
import { limits } from '../limits/index.ts';
import { escaped, type SafeText, say } from '../text/index.ts';
import { Secret } from './secret.ts';
import { decodeText } from './text.ts';
import type { GivenSource, Source } from './types.ts';
import type { Variables } from './variables.ts';

/** A source could not be read. `message` is a sentence that names the place and the reason, but never a value. */
export class SourceError extends MonitorError {
  override readonly code = 'ERR_SOURCE';
  /** There is nothing at the place: no file, or a variable that is not set or empty. */
  readonly isMissing: boolean;

  constructor(message: string, { isMissing = false }: { readonly isMissing?: boolean } = {}) {
    super(message);
    this.isMissing = isMissing;
  }
}

export interface SourceContent {
  readonly bytes: Buffer;
  /** Permission bits (`0o640`) of a file. */
  readonly mode?: number;
}

/** How messages name a source: the path, `variable NAME`, `the configuration`, or what was given. */
export function sourceLabel(source: Source | GivenSource): SafeText {
  if (source.kind === 'file') return escaped(source.path);
  if (source.kind === 'given') return escaped(source.what);
  return source.kind === 'env' ? say`variable ${source.name}` : say`the configuration`;
}

/**
 * @throws {SourceError} for a file that is missing, not regular, larger than 1 MiB or not readable, or a variable that is unset or empty.
 * @throws {ResourceShortageError} when this process has no file descriptor or memory left to read it with.
 */
export async function readSource(source: Source, env: Variables): Promise<Buffer> {
  return (await readContent(source, env)).bytes;
}

/** As text, without one line break at the end. @throws {SourceError} as `readSource` does, and if it is empty. */
export async function readSecret(source: Source, env: Variables): Promise<Secret> {
  return secretFrom((await readContent(source, env)).bytes, source);
}

/** @throws {SourceError} if it is empty. */
export function secretFrom(bytes: Uint8Array, source: Source | GivenSource): Secret {
  const text = decodeText(bytes).replace(/\r?\n$/, '');
  if (text === '') throw new SourceError(`${sourceLabel(source)} is empty`);
  return new Secret(text);
}

/** @throws {SourceError} as `readSource` does. */
export async function readContent(source: Source | GivenSource, env: Variables): Promise<SourceContent> {
  if (source.kind === 'file') return readFile(source.path, sourceLabel(source));
  const bytes = source.kind === 'given' ? Buffer.from(source.bytes) : textOf(source, env);
  if (bytes.length === 0)
    throw new SourceError(`${sourceLabel(source)} is empty`, { isMissing: source.kind === 'env' });
  if (bytes.length > limits.sourceBytes) throw new SourceError(`${sourceLabel(source)} is larger than 1 MiB`);
  return { bytes };
}

function textOf(source: Extract<Source, { kind: 'env' | 'inline' }>, env: Variables): Buffer {
  const value = source.kind === 'env' ? env[source.name] : source.value.reveal();
  if (value === undefined) throw new SourceError(`${sourceLabel(source)} is not set`, { isMissing: true });
  return Buffer.from(value, 'utf8');
}

async function readFile(path: string, place: string): Promise<SourceContent> {
  const read = await readRegularFile(path, { mostBytes: limits.sourceBytes });
  if ('problem' in read) {
    const isMissing = read.problem.kind === 'missing';
    throw new SourceError(`${place} ${read.problem.reason}`, { isMissing });
  }
  return read;
}
