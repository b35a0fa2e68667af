/** What a renewal left on disk, to show to people. Never the key. */
import { realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { readRegularFile } from '../../files/index.ts';
import { type ReadMessage, readMime } from '../mail/read-message.ts';
import type { RenewalRecord } from '../types.ts';

export interface RenewalFiles {
  /** Absent if not made yet, or no longer there. */
  readonly csrPem?: string;
  readonly message?: ReadMessage;
  /** The file of the message, to be opened with a mail program. Absent if it is not one, or longer than what is read. */
  readonly messageFile?: Buffer;
}

/** The text and the CSR are at the beginning of a message; enclosures can be long. */
const longestBytes = 1024 * 1024;

/** Reads only below `stateDir`, whatever the record says. The state of the world never makes it throw. */
export async function readRenewalFiles(stateDir: string, record: RenewalRecord): Promise<RenewalFiles> {
  const [csr, message] = await Promise.all([
    beginningOf(stateDir, record.csrFile),
    beginningOf(stateDir, record.messageFile),
  ]);
  // RFC 7468 §7. If a file contains anything else, nothing of it is shown.
  const csrPem =
    /-----BEGIN CERTIFICATE REQUEST-----\r?\n[A-Za-z0-9+/=\r\n]+-----END CERTIFICATE REQUEST-----\r?\n?/.exec(
      csr?.toString('latin1') ?? '',
    )?.[0];
  if (!message) return csrPem ? { csrPem } : {};
  const read = await readMime(message);
  const isWhole = read.headers.length > 0 && message.length < longestBytes;
  return { ...(csrPem ? { csrPem } : {}), message: read, ...(isWhole ? { messageFile: message } : {}) };
}

async function beginningOf(stateDir: string, file: string | undefined): Promise<Buffer | undefined> {
  if (file === undefined) return undefined;
  const path = await pathBelow(stateDir, file);
  if (path === undefined) return undefined;
  const read = await readRegularFile(path, { mostBytes: longestBytes, longer: 'cut' });
  return 'problem' in read ? undefined : read.bytes;
}

async function pathBelow(stateDir: string, file: string): Promise<string | undefined> {
  try {
    const [root, path] = await Promise.all([realpath(stateDir), realpath(join(stateDir, file))]);
    return path.startsWith(root + sep) ? path : undefined;
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) return undefined;
    throw error;
  }
}
