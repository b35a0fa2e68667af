/** A keystore without a passphrase, in the form of the one before it: for a store that encrypts it itself. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import type { Secret } from '../../config/index.ts';
import { type Certificate, pemOf } from '../../x509/index.ts';
import { opensslPrivateKey } from '../openssl-key.ts';
import { readPkcs12 } from './pkcs12.ts';
import { writePkcs12 } from './write-pkcs12.ts';

export interface KeystoreParts {
  /** The certificate first, and then its CAs. */
  readonly certificates: readonly [Certificate, ...Certificate[]];
  /** PEM that was made and encrypted here. Absent: the key of the keystore before it. */
  readonly key?: { readonly pem: Buffer; readonly passphrase?: Secret };
}

/**
 * @param before what is there now: PKCS#12 or PEM. Absent: nothing, and then PKCS#12 is made.
 * @returns undefined if there is no key that belongs to the certificate.
 * @throws {Error} from OpenSSL, if the passphrase is another one.
 */
export async function keystoreLike(
  before: Buffer | undefined,
  { certificates, key }: KeystoreParts,
): Promise<Buffer | undefined> {
  const isPem = before?.includes('-----BEGIN ') ?? false;
  const candidates = key ? [readKey(key.pem, key.passphrase)] : before ? await keysOf(before, isPem) : [];
  const [certificate] = certificates;
  const own = candidates.find((each) => publicOf(each).equals(certificate.publicKey.spki));
  if (!own) return undefined;
  if (!isPem) return writePkcs12(own, certificates);
  return Buffer.from(`${own.export({ type: 'pkcs8', format: 'pem' })}${pemOf(certificates)}`);
}

const readKey = (pem: Buffer, passphrase?: Secret): KeyObject =>
  opensslPrivateKey({ key: pem, format: 'pem', ...(passphrase && { passphrase: passphrase.reveal() }) });

const publicOf = (key: KeyObject): Buffer => createPublicKey(key).export({ type: 'spki', format: 'der' });

/** Without a passphrase, because Key Vault keeps none. */
async function keysOf(before: Buffer, isPem: boolean): Promise<KeyObject[]> {
  if (isPem) return [readKey(before)];
  return (await readPkcs12(before, undefined)).entries.map(({ key }) => key.forAnotherThread());
}
