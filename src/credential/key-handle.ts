import { createPublicKey, type KeyObject, randomBytes, sign, verify } from 'node:crypto';
import { createSecureContext, type SecureContext } from 'node:tls';
import { promisify } from 'node:util';
import { isSameKey, keyFacts, type PublicKeyFacts, pemOf, toPem } from '../x509/index.ts';
import type { CryptoKey, PrivateKeyHandle } from './types.ts';

const signWith = promisify(sign);
const verifyWith = promisify(verify);

/** Key types that can sign. Others (X25519, DH) are for key agreement, and TLS does not use them in a certificate. */
const signing: ReadonlySet<string | undefined> = new Set(['rsa', 'rsa-pss', 'ec', 'dsa', 'ed25519', 'ed448']);

/** WebCrypto's names for OpenSSL's curves. */
const webCurves: Readonly<Record<string, string>> = { prime256v1: 'P-256', secp384r1: 'P-384', secp521r1: 'P-521' };

/** The key stays in OpenSSL's memory; this object does not contain or print its bytes. */
export class DeployedKey implements PrivateKeyHandle {
  readonly #key: KeyObject;
  readonly publicKey: PublicKeyFacts;
  readonly encrypted: boolean;

  /**
   * @param known - what has been read from the same key already, here or in another thread.
   * @throws {Error} from OpenSSL, if `key` does not have a public half.
   */
  constructor(key: KeyObject, encrypted: boolean, known?: PublicKeyFacts) {
    this.#key = key;
    this.publicKey = known ?? keyFacts(createPublicKey(key));
    this.encrypted = encrypted;
  }

  /** Made when it is wanted: most keys wait for an hour between two handshakes. */
  get #publicKey(): KeyObject {
    return createPublicKey(this.#key);
  }

  /**
   * Whether the private half works: a signature made with it verifies with the public half. OpenSSL reads a damaged key as readily
   * as a good one. Signs in the thread pool, so that a large key does not hold up other work.
   */
  async works(): Promise<boolean> {
    const { asymmetricKeyType: type, asymmetricKeyDetails } = this.#key;
    if (!signing.has(type)) return true;
    const digest = type === 'ed25519' || type === 'ed448' ? null : (asymmetricKeyDetails?.hashAlgorithm ?? 'sha256');
    const challenge = randomBytes(32);
    try {
      return await verifyWith(digest, challenge, this.#publicKey, await signWith(digest, challenge, this.#key));
    } catch {
      return false;
    }
  }

  /** OpenSSL's object, which threads share without copying it. */
  forAnotherThread(): KeyObject {
    return this.#key;
  }

  secureContext(options: Parameters<PrivateKeyHandle['secureContext']>[0]): SecureContext {
    const { chain, trusted, alsoTrusted = [], ...offer } = options;
    // OpenSSL only notices if both have the same type; with an RSA key and an EC certificate it would present nothing at all.
    const [certificate] = chain;
    if (certificate && !isSameKey(certificate.publicKey, this.publicKey)) {
      throw new Error('the private key does not belong to the certificate');
    }
    return createSecureContext({
      key: this.#key.export({ type: 'pkcs8', format: 'pem' }),
      ...(chain.length > 0 && { cert: pemOf(chain) }),
      ...(trusted && { ca: [...trusted.map(({ der }) => toPem(der)), ...alsoTrusted] }),
      // MESH does not support older versions.
      minVersion: 'TLSv1.2',
      ...offer,
    });
  }

  async signingKey(): Promise<{ privateKey: CryptoKey; publicKey: CryptoKey }> {
    const algorithm = signingAlgorithm(this.publicKey);
    return {
      privateKey: this.#key.toCryptoKey(algorithm, false, ['sign']),
      publicKey: this.#publicKey.toCryptoKey(algorithm, true, ['verify']),
    };
  }
}

function signingAlgorithm({ algorithm, curve }: PublicKeyFacts) {
  if (algorithm === 'RSA') return { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  const namedCurve = webCurves[curve ?? ''];
  if (algorithm === 'EC' && namedCurve) return { name: 'ECDSA', namedCurve };
  throw new Error(`a key of type ${curve ?? algorithm} cannot sign a certificate request here`);
}
