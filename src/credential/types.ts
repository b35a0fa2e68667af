/** What was found deployed. Problems are data: reading never throws because of them. */
import type { SecureContext } from 'node:tls';
import type { Finding } from '../findings/index.ts';
import type { Mark } from '../marks/index.ts';
import type { Certificate, PublicKeyFacts } from '../x509/index.ts';

/**
 * The deployed private key. Its bytes never leave the credential room: callers can sign with it or pass it to TLS, but not read it.
 */
export interface PrivateKeyHandle {
  readonly publicKey: PublicKeyFacts;
  /** Whether the deployed key was encrypted. */
  readonly encrypted: boolean;
  /**
   * A TLS context that presents `chain` (client certificate first) with this key.
   * @throws {Error} if key and certificate do not belong together, or OpenSSL refuses the key or a certificate.
   */
  secureContext(options: {
    chain: readonly Certificate[];
    /** Trust anchors and CAs for verifying the peer. Default: the system's. */
    trusted?: readonly Certificate[];
    /** More trust anchors in addition to those, in PEM. */
    alsoTrusted?: readonly string[];
    /** The minimum is always TLS 1.2. */
    maxVersion?: 'TLSv1.2' | 'TLSv1.3';
    /** OpenSSL's names, separated by colons; Node's defaults if absent. */
    ciphers?: string;
    ecdhCurve?: string;
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
  /** The other certificates of that source, in file order. */
  readonly extraCertificates: readonly Certificate[];
  /** In file order, including duplicates. */
  readonly bundle: readonly Certificate[];
  readonly privateKey?: PrivateKeyHandle;
  /** If certificate and key do not belong together but another in the same file does: one sentence that says what must come first. */
  readonly keyBelongs?: string;
  /** The bundle is from a keystore: the tool decided its order, and MESH's rule about the order of a bundle file does not apply. */
  readonly bundleInKeystore?: true;
  /** Of what is configured, the places where there is nothing: no file, no variable. Absent: none. */
  readonly missing?: readonly ('certificate' | 'privateKey' | 'caBundle' | 'keystore')[];
  /** Findings of the reading group. */
  readonly problems: readonly Finding[];
  /** Those of them that are about stores which do not answer. They come and go without a change in what is deployed. */
  readonly storeProblems?: readonly Finding[];
  /**
   * Hex. The same for the same bytes (and file modes, and read errors) of every source, including the passphrase. Keyed with a random key of
   * this process, so that it reveals nothing about them.
   */
  readonly contentHash: string;
  /**
   * Hex. The same in every process for the same places, bytes, modes and errors of every source but the passphrase, which has no part in it. Absent
   * if a source is in a store.
   */
  readonly durableHash?: string;
  /** Of every file that was read, what it is known by (see `FileLook`). */
  readonly files?: readonly { readonly path: string; readonly mark: Mark }[];
}
