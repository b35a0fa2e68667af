/**
 * What root makes in the folder of another account belongs to that account. The state directory is the service's, which runs under an account of
 * its own: it could neither start with a database that `sudo mesh-cert-monitor request` has made, nor find the key.
 */
import { constants, fchownSync, fstatSync, statSync } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';

interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** Whom a new file in this folder should belong to; undefined unless root makes it. */
function ownerFor(folder: string): Owner | undefined {
  if (process.geteuid?.() !== 0) return undefined;
  const { uid, gid } = statSync(folder);
  return { uid, gid };
}

/**
 * Of a file that was there already, too: nobody else can have meant it to be root's. One that has another name as well may be any file of
 * root's, linked there by the folder's owner, and stays as it is.
 */
export function giveToFolder(descriptor: number, folder: string): void {
  const owner = ownerFor(folder);
  if (!owner) return;
  const { uid, nlink } = fstatSync(descriptor);
  if (uid !== owner.uid && nlink === 1) fchownSync(descriptor, owner.uid, owner.gid);
}

/** A flag for opening a file in this folder. Root follows no link in another account's folder: that account says where it leads. */
export const noLinks = (folder: string): number => ((ownerFor(folder)?.uid ?? 0) === 0 ? 0 : constants.O_NOFOLLOW);

/** Like `mkdir -p` with mode 0700, for the owner of the folder that was there. @throws {Error} of the file system */
export async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true, mode: 0o700 });
  const owner = first === undefined ? undefined : ownerFor(dirname(first));
  if (!owner) return;
  for (let made = folder; made.length >= (first?.length ?? 0); made = dirname(made)) {
    // By a handle that no link leads away.
    const handle = await open(made, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
    try {
      await handle.chown(owner.uid, owner.gid);
    } finally {
      await handle.close();
    }
  }
}
