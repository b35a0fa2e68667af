import { resolve } from 'node:path';
import { type FileProblem, readRegularFile } from '../files/index.ts';
import { limits } from '../limits/index.ts';
import { checkedFile, configurationOf, parseFile } from './parse.ts';
import { parseApart } from './parse-apart.ts';
import { ConfigurationError } from './problems.ts';
import type { ConfigurationFile } from './schema.ts';
import type { Configuration } from './types.ts';
import { readPlain } from './yaml/plain.ts';
import { unsure } from './yaml/scalars.ts';

/** Less than this takes a few milliseconds, whatever is in it. A usual configuration has a few kilobytes. */
const smallBytes = 32 * 1024;

export interface LoadOptions {
  /** A large file is parsed in a thread, so that this one can go on meanwhile. Default: only if nobody knows how long it takes. */
  readonly apart?: boolean;
}

/**
 * Reads only the file: secrets and certificates are read when they are needed.
 * @throws {ConfigurationError} with every problem at once, or with the reason why the file cannot be read and what to do.
 * @throws {ResourceShortageError} when this process could not open it.
 * @example
 * const { environments, warnings } = await loadConfiguration('/etc/mesh-cert-monitor/config.yaml');
 */
export async function loadConfiguration(path: string, { apart = false }: LoadOptions = {}): Promise<Configuration> {
  const absolute = resolve(path);
  const read = await readRegularFile(absolute, { mostBytes: limits.configurationBytes });
  if ('problem' in read) throw unreadable(absolute, wordsFor(read.problem));
  const text = utf8(read.bytes, absolute);
  const small = read.bytes.length <= smallBytes;
  return configurationOf(await (small ? parseFile(text, absolute) : largeFile(text, absolute, apart)), text, absolute);
}

/** The YAML library can take minutes for a file that was made for it. What is read here takes time in proportion to its size. */
async function largeFile(text: string, path: string, apart: boolean): Promise<ConfigurationFile> {
  const value = apart ? unsure : readPlain(text);
  if (value !== unsure) return checkedFile(value, path);
  const parsed = await parseApart({ text, path });
  if ('problems' in parsed) throw new ConfigurationError(path, parsed.problems);
  return parsed.file;
}

function wordsFor({ kind, code }: FileProblem): string {
  if (kind === 'missing')
    return 'there is no such file; `mesh-cert-monitor init --output FILE` writes one to start from';
  if (kind === 'denied') return 'not readable by the account that runs this';
  if (kind === 'not_regular') return 'not a regular file';
  if (kind === 'too_large') return `larger than ${limits.configurationBytes / 1024 / 1024} MiB`;
  return `not readable (${code ?? 'unknown reason'})`;
}

function utf8(bytes: Buffer, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw unreadable(path, 'not UTF-8 text');
  }
}

const unreadable = (path: string, message: string) => new ConfigurationError(path, [{ path: '', message }]);
