import type { DeployedKey } from '../key-handle.ts';

/** What either format yields before its parts are sorted. */
export interface KeystoreContent {
  readonly key?: DeployedKey;
  /** In the keystore's order. */
  readonly certificates: readonly Uint8Array[];
}
