import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { shortageOf } from '../shortage/index.ts';
import { parseConfiguration } from './parse.ts';
import { ConfigurationError } from './problems.ts';
import type { Configuration } from './types.ts';

/** Room for an estate of 10,000 environments; anything larger is not a configuration. */
export const largestConfigurationBytes = 16 * 1024 * 1024;

/**
 * Reads the file and nothing else: secrets and certificates are read when they are needed.
 * @throws ConfigurationError with every problem at once, or with the reason why the file cannot be read and what to do.
 * @throws {ResourceShortageError} when this process could not open it.
 */
export async function loadConfiguration(path: string): Promise<Configuration> {
  const absolute = resolve(path);
  return parseConfiguration(utf8(await readRegularFile(absolute), absolute), absolute);
}

async function readRegularFile(path: string): Promise<Buffer> {
  let file: FileHandle | undefined;
  try {
    // Non-blocking, so that opening a FIFO without a writer returns.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const { size } = await regularFile(file, path);
    if (size > largestConfigurationBytes)
      throw unreadable(path, `larger than ${largestConfigurationBytes / 1024 / 1024} MiB`);
    return await file.readFile();
  } catch (error) {
    if (error instanceof ConfigurationError) throw error;
    throw shortageOf(error, `reading ${path}`) ?? unreadable(path, reason(error));
  } finally {
    await file?.close();
  }
}

async function regularFile(file: FileHandle, path: string) {
  const stats = await file.stat();
  if (!stats.isFile()) throw unreadable(path, 'not a regular file');
  return stats;
}

function reason(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT')
    return 'there is no such file; `mesh-cert-monitor init --output FILE` writes one to start from';
  if (code === 'EACCES') return 'not readable by the account that runs this';
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
