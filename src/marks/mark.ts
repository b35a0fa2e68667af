import { createSecretKey, hash, type KeyObject, randomBytes } from 'node:crypto';

/** The same for the same bytes and permission bits of a file, and for nothing else. Says nothing about them outside this process. */
export type Mark = string;

/** A plain digest of a short passphrase could be found by brute force; one with a key that never leaves this process cannot. */
export const markKey = randomBytes(32);

/** The same, for an HMAC: Node takes bytes only after it has thrown an error away inside. */
export const markSecret: KeyObject = createSecretKey(markKey);

/** @param mode permission bits. Undefined for what is not a file. */
export function markOf(bytes: Uint8Array, mode: number | undefined): Mark {
  return markOfKeyed(Buffer.concat([markKey, bytes]), mode);
}

/** A file as it was at one moment. */
export interface MarkedFile {
  readonly bytes: Buffer;
  /** Permission bits, as `0o640`. */
  readonly mode: number;
  readonly mark: Mark;
}

/** @param keyed the key, and the bytes directly after it. */
export const markOfKeyed = (keyed: Uint8Array, mode: number | undefined): Mark =>
  `${mode?.toString(8) ?? ''}:${hash('sha256', keyed, 'base64url')}`;
