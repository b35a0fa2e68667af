import { resolve } from 'node:path';
import { type FileProblem, readRegularFile } from '../files/index.ts';
import { limits } from '../limits/index.ts';
import { checkedDocument, configurationOf, parseConfiguration } from './parse.ts';
import { parseApart } from './parse-apart.ts';
import { ConfigurationError } from './problems.ts';
import type { Configuration } from './types.ts';

/** Anything larger is parsed in a thread: whatever is in it, the service goes on meanwhile. A usual configuration has a few kilobytes. */
const parsedHereBytes = 32 * 1024;

/**
 * Reads only the file: secrets and certificates are read when they are needed.
 * @throws {ConfigurationError} with every problem at once, or with the reason why the file cannot be read and what to do.
 * @throws {ResourceShortageError} when this process could not open it.
 * @example
 * const { environments, warnings } = await loadConfiguration('/etc/mesh-cert-monitor/config.yaml');
 */
export async function loadConfiguration(path: string): Promise<Configuration> {
  const absolute = resolve(path);
  const read = await readRegularFile(absolute, { mostBytes: limits.configurationBytes });
  if ('problem' in read) throw unreadable(absolute, wordsFor(read.problem));
  const text = utf8(read.bytes, absolute);
  if (read.bytes.length <= parsedHereBytes) return parseConfiguration(text, absolute);
  const parsed = await parseApart({ text, path: absolute });
  if ('problems' in parsed) throw new ConfigurationError(absolute, parsed.problems);
  return configurationOf(checkedDocument(parsed.value, absolute), text, absolute);
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
