/** Where the files of a pending request are, below the state directory. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { RequestKey } from '../types.ts';

/** Relative to the state directory. One per deployed certificate, so that no request ever overwrites the key of another. */
export function pendingDirectory(key: RequestKey): string {
  return join('pending', `${key.environment}-${key.fingerprintSha256.slice(0, 16)}`);
}

/** Whether a file that a record names is still where it says; true when it names none. */
export function isPresent(stateDir: string, file: string | undefined): boolean {
  return file === undefined || existsSync(join(stateDir, file));
}
