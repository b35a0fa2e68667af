/** A request that lies in its place on the disk although its record knows nothing of it: the record is older, restored from a backup. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type ResolvedEnvironment, sourceLabel } from '../../config/index.ts';
import { asStoreError, isThere } from '../store/database.ts';
import { pendingDirectory } from '../store/pending-files.ts';
import type { Changes } from '../store/store.ts';
import type { StoredRenewal } from '../types.ts';
import { keyDigestOf } from './csr.ts';
import { requestFileName } from './draft.ts';

/**
 * @returns what the record did not know; undefined if nothing was left.
 * @throws {StoreError} if that cannot be seen: another request would be one too many.
 */
export async function leftBehind(
  stateDir: string,
  record: StoredRenewal,
  { renewal }: ResolvedEnvironment,
): Promise<Changes | undefined> {
  const directory = pendingDirectory(record);
  const folder = join(stateDir, directory);
  if (record.csrFile !== undefined || !isThere(folder)) return undefined;
  const { names, csrName, csr, message } = asStoreError(folder, () => filesIn(folder));
  if (csrName === undefined || !csr || !message) return undefined;

  const spkiSha256 = await keyDigestOf(csr);
  const messageId = /^Message-ID:\s+(<request\.[^<>\s]+>)/im.exec(message)?.[1];
  const keyName = names.find((name) => spkiSha256 && name === `private_key-${spkiSha256.slice(0, 8)}.pem`);
  const place = !keyName && renewal.key === 'new' && renewal.pendingKey;
  return {
    csrFile: join(directory, csrName),
    messageFile: join(directory, requestFileName),
    commonName: csrName.replace(/\.csr$/, ''),
    ...(keyName ? { keyFile: join(directory, keyName) } : {}),
    ...(place ? { keyPlace: sourceLabel(place) } : {}),
    ...(spkiSha256 ? { spkiSha256 } : {}),
    ...(messageId ? { messageId } : {}),
  };
}

/** The newest request, and the message. */
function filesIn(folder: string) {
  const names = readdirSync(folder);
  const read = (name: string) => readFileSync(join(folder, name), 'latin1');
  const csrName = names
    .filter((name) => name.endsWith('.csr'))
    .map((name) => [name, statSync(join(folder, name)).mtimeMs] as const)
    .sort(([, a], [, b]) => b - a)[0]?.[0];
  return {
    names,
    csrName,
    csr: csrName === undefined ? undefined : read(csrName),
    message: names.includes(requestFileName) ? read(requestFileName) : undefined,
  };
}
