/** What was found deployed. Problems are data: reading never throws for the state of the world. */
import type { SecureContext } from 'node:tls';
import type { Finding } from '../findings/index.ts';
import type { Certificate, PublicKeyFacts } from '../x509/index.ts';

/**
 * The deployed private key. Its bytes never leave the credential room: callers may sign with it or hand it to TLS, not look at it.
 */
export interface PrivateKeyHandle {
  readonly publicKey: PublicKeyFacts;
  /** Whether it was encrypted where it was deployed. */
  readonly encrypted: boolean;
  /**
   * A TLS context that presents `chain` (client certificate first) with this key.
   * @throws {Error} when key and certificate do not belong together; OpenSSL's, when it refuses the key or a certificate.
   */
  secureContext(options: {
    chain: readonly Certificate[];
    /** Trust anchors and CAs for judging the peer; absent: the system's. */
    trusted?: readonly Certificate[];
    /** TLS 1.2 is always the least. */
    maxVersion?: 'TLSv1.2' | 'TLSv1.3';
  }): SecureContext;
  /**
   * A WebCrypto key (Node's), not extractable, for signing a CSR with SHA-256: RSASSA-PKCS1-v1_5, or ECDSA on a NIST curve.
   * @throws {Error} for a key of another type.
   */
  signingKey(): Promise<CryptoKeyPair>;
}
type CryptoKeyPair = { privateKey: CryptoKey; publicKey: CryptoKey };
export type CryptoKey = import('node:crypto').webcrypto.CryptoKey;

export interface DeployedCredential {
  /** Which inputs the configuration (or the command line) named, whether or not they could be read. */
  readonly configured: { readonly certificate: boolean; readonly privateKey: boolean; readonly caBundle: boolean };
  /** The first certificate of its source. */
  readonly certificate?: Certificate;
  /** The others of that source, in their order. */
  readonly extraCertificates: readonly Certificate[];
  /** In file order, duplicates included. */
  readonly bundle: readonly Certificate[];
  readonly privateKey?: PrivateKeyHandle;
  /** Where certificate and key do not belong together but another in the same file does: one sentence that says what must come first. */
  readonly keyBelongs?: string;
  /** The bundle came out of a keystore: its order is that tool's, and MESH's rule about the order of a bundle file does not apply. */
  readonly bundleInKeystore?: true;
  /** Findings of the reading group. */
  readonly problems: readonly Finding[];
  /**
   * Hex. The same for the same bytes (and file modes, and read errors) of every source, passphrase included; keyed with a random key of this
   * process, so that it says nothing about them outside.
   */
  readonly contentHash: string;
}
