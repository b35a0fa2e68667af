/** Where the files of a pending request are, below the state directory. */
import { dirname, join } from 'node:path';
import type { RequestKey } from '../types.ts';
import { isThere } from './database.ts';

/**
 * Relative to the state directory. One per deployed certificate, so that no request ever overwrites the key of another; and it does
 * not move when the environment is renamed.
 */
export function pendingDirectory({
  environment,
  fingerprintSha256,
  csrFile,
}: RequestKey & { csrFile?: string }): string {
  return csrFile === undefined ? join('pending', `${environment}-${fingerprintSha256.slice(0, 16)}`) : dirname(csrFile);
}

/**
 * Whether a file is still where its record says; true if the record names none.
 * @throws {StoreError} if that cannot be seen: a key that another account may read is not gone, and another request would be one too many.
 */
export function isPresent(stateDir: string, file: string | undefined): boolean {
  return file === undefined || isThere(join(stateDir, file));
}
