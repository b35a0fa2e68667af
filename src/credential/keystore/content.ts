import type { DeployedKey } from '../key-handle.ts';

/** One private key with what the keystore presents for it. */
export interface KeyEntry {
  /** What keytool calls alias and PKCS#12 friendlyName; absent where the tool wrote none. */
  readonly alias?: string;
  readonly key: DeployedKey;
  /** DER, the entry's own certificate first; empty where the keystore ties none to the key. */
  readonly chain: readonly Uint8Array[];
}

/** What either format yields before its parts are sorted. */
export interface KeystoreContent {
  /** In the keystore's order, which tells nothing of what Java presents. */
  readonly entries: readonly KeyEntry[];
  /** Every certificate, DER, in the keystore's order. */
  readonly certificates: readonly Uint8Array[];
}

/** A keystore of one application holds one or two. Each has to be decrypted and proven. */
export const mostKeys = 16;

export type KeystoreProblemCode =
  | 'keystore_malformed'
  | 'keystore_alias_unknown'
  | 'keystore_has_several_keys'
  | 'passphrase_missing'
  | 'passphrase_wrong';

export interface KeystoreProblem {
  readonly code: KeystoreProblemCode;
  /** Continues a sentence that begins with the place. */
  readonly message: string;
}
