/** What a renewal left on the disk, for people to look at. Never the key. */
import { constants } from 'node:fs';
import { type FileHandle, open, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { type ReadMessage, readMime } from '../mail/read-message.ts';
import type { RenewalRecord } from '../types.ts';

export interface RenewalFiles {
  /** Absent: not made yet, or no longer there. */
  readonly csrPem?: string;
  readonly message?: ReadMessage;
}

/** The text and the CSR stand at the beginning of a message; what a preset encloses may be long. */
const longestBytes = 1024 * 1024;

/** Reads below `stateDir` only, whatever the record says. Does not throw for the state of the world. */
export async function readRenewalFiles(stateDir: string, record: RenewalRecord): Promise<RenewalFiles> {
  const [csr, message] = await Promise.all([
    beginningOf(stateDir, record.csrFile),
    beginningOf(stateDir, record.messageFile),
  ]);
  // RFC 7468 §7. Of a file that holds anything else, nothing is shown.
  const csrPem =
    /-----BEGIN CERTIFICATE REQUEST-----\r?\n[A-Za-z0-9+/=\r\n]+-----END CERTIFICATE REQUEST-----\r?\n?/.exec(
      csr?.toString('latin1') ?? '',
    )?.[0];
  return { ...(csrPem ? { csrPem } : {}), ...(message ? { message: await readMime(message) } : {}) };
}

async function beginningOf(stateDir: string, file: string | undefined): Promise<Buffer | undefined> {
  if (file === undefined) return undefined;
  let handle: FileHandle | undefined;
  try {
    const [root, path] = await Promise.all([realpath(stateDir), realpath(join(stateDir, file))]);
    if (!path.startsWith(root + sep)) return undefined;
    handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    if (!(await handle.stat()).isFile()) return undefined;
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(longestBytes), 0, longestBytes, 0);
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) return undefined;
    throw error;
  } finally {
    await handle?.close();
  }
}
