/** Files that are either complete or absent. */
import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { giveToFolder, makeFolder } from '../../files/index.ts';

/**
 * Complete or absent, and safe after a power cut: written next to the target, synced, renamed, and the folder synced. It belongs to whom the folder
 * belongs to.
 * @throws {Error} of the file system (ENOSPC, EROFS, EACCES, …); nothing is left behind.
 */
export async function writeAtomically(file: string, content: string | Uint8Array, mode = 0o600): Promise<void> {
  const folder = dirname(file);
  await makeFolder(folder);
  const beside = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await writeSynced(beside, content, mode);
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
  await syncFolder(folder);
}

async function writeSynced(file: string, content: string | Uint8Array, mode: number): Promise<void> {
  const handle = await open(file, 'wx', mode);
  try {
    await handle.writeFile(content);
    giveToFolder(handle.fd, dirname(file));
    // The umask can only have removed permissions; a mode that was asked for (an installed file's) is set exactly.
    await handle.chmod(mode);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
