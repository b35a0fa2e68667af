import type { DeployedKey } from '../key-handle.ts';

/** One private key and the certificates that the keystore presents for it. */
export interface KeyEntry {
  /** The alias (keytool) or friendlyName (PKCS#12); absent if the tool did not write one. */
  readonly alias?: string;
  readonly key: DeployedKey;
  /** DER, the entry's own certificate first; empty if the keystore does not link one to the key. */
  readonly chain: readonly Uint8Array[];
}

/** The content of either format, before its parts are sorted. */
export interface KeystoreContent {
  /** In the keystore's order, which does not show what Java presents. */
  readonly entries: readonly KeyEntry[];
  /** Every certificate, DER, in the keystore's order. */
  readonly certificates: readonly Uint8Array[];
}

export type KeystoreProblemCode =
  | 'keystore_malformed'
  | 'input_over_limit'
  | 'keystore_alias_unknown'
  | 'keystore_has_several_keys'
  | 'passphrase_missing'
  | 'passphrase_wrong';

export interface KeystoreProblem {
  readonly code: KeystoreProblemCode;
  /** Continues a sentence that begins with the place. */
  readonly message: string;
  /** What to do, if it differs from the catalogue. */
  readonly remedy?: string;
}
