/** A private key as PEM without encryption: for a store that encrypts it itself, and an application that has no passphrase. */
import type { Secret } from '../config/index.ts';
import { opensslPrivateKey } from './openssl-key.ts';

/**
 * PKCS#8.
 * @param pem a key that was made and encrypted here.
 * @throws {Error} from OpenSSL, if the passphrase is another one.
 */
export function withoutPassphrase(pem: Buffer, passphrase: Secret): Buffer {
  const key = opensslPrivateKey({ key: pem, format: 'pem', passphrase: passphrase.reveal() });
  return Buffer.from(key.export({ type: 'pkcs8', format: 'pem' }));
}
