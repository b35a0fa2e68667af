import { statSync } from 'node:fs';

/**
 * What tells a file from another one at the same path: device and inode. Nothing is opened for it, because closing any descriptor of a
 * file drops the POSIX locks that this process holds on it (https://www.sqlite.org/howtocorrupt.html §2.2). While a file is open its
 * inode is not given to another.
 */
export function identitiesOf(paths: readonly string[]): (string | undefined)[] {
  return paths.map((path) => {
    const facts = statSync(path, { bigint: true, throwIfNoEntry: false });
    return facts && `${facts.dev}:${facts.ino}`;
  });
}

/** Also false where one cannot be looked at any more, whatever the reason. */
export function sameFiles(paths: readonly string[], identities: readonly (string | undefined)[]): boolean {
  try {
    const now = identitiesOf(paths);
    return now.every((identity, index) => identity !== undefined && identity === identities[index]);
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) return false;
    throw error;
  }
}
