import { statSync } from 'node:fs';

/**
 * What distinguishes a file from another at the same path: device and inode. Nothing is opened to find out, because closing any descriptor of
 * a file drops the POSIX locks that this process has on it (https://www.sqlite.org/howtocorrupt.html §2.2). While a file is
 * open, its inode is not reused.
 */
export function identitiesOf(paths: readonly string[]): (string | undefined)[] {
  return paths.map((path) => {
    const facts = statSync(path, { bigint: true, throwIfNoEntry: false });
    return facts && `${facts.dev}:${facts.ino}`;
  });
}

/** Also false if one can no longer be examined, whatever the reason. */
export function sameFiles(paths: readonly string[], identities: readonly (string | undefined)[]): boolean {
  try {
    const now = identitiesOf(paths);
    return now.every((identity, index) => identity !== undefined && identity === identities[index]);
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) return false;
    throw error;
  }
}
