/**
 * The Java keystore, format JKS versions 1 and 2 (sun.security.provider.JavaKeyStore): big-endian, ending with a SHA-1 of the password, a
 * fixed phrase and everything before it. Keys are hidden with a SHA-1 key stream (sun.security.provider.KeyProtector).
 */
import { createHash } from 'node:crypto';
import type { Secret } from '../../config/index.ts';
import { limits } from '../../limits/index.ts';
import { counted, plural } from '../../text/index.ts';
import { children, DerError, Fields, oid, overLimit, readDer, tags } from '../../x509/index.ts';
import { bmpOf, readingsOf } from '../decryption/password.ts';
import { deployed, PrivateKeyError } from '../private-key.ts';
import type { KeyEntry, KeystoreContent } from './content.ts';

const digestBytes = 20;
const whitener = 'Mighty Aphrodite';
const keyProtectorOid = '1.3.6.1.4.1.42.2.17.1.1';
const keyEntry = 1;
const certificateEntry = 2;
/** Every key entry with its chain; the chains, then the trusted certificates. @throws {DerError | PrivateKeyError} */
export async function readJks(bytes: Uint8Array, passphrase: Secret | undefined): Promise<KeystoreContent> {
  const { protectedKeys, certificates } = readEntries(Buffer.from(bytes));
  if (!passphrase) throw new PrivateKeyError('passphrase_missing', 'it is a Java keystore, but there is no passphrase');
  const password = readingsOf(passphrase.reveal())
    .map((reading) => bmpOf(reading, false))
    .find((candidate) => integrityHolds(bytes, candidate));
  if (!password)
    throw new PrivateKeyError('passphrase_wrong', 'the passphrase does not open it (its integrity digest differs)');
  const entries: KeyEntry[] = [];
  for (const { alias, encrypted, chain } of protectedKeys)
    entries.push({ alias, key: await deployed(recover(encrypted, password), 'pkcs8', true), chain });
  return { entries, certificates };
}

function integrityHolds(bytes: Uint8Array, password: Buffer): boolean {
  const end = bytes.length - digestBytes;
  const digest = createHash('sha1').update(password).update(whitener, 'latin1').update(bytes.subarray(0, end)).digest();
  return digest.equals(bytes.subarray(end));
}

interface ProtectedKey {
  readonly alias: string;
  readonly encrypted: Uint8Array;
  readonly chain: readonly Uint8Array[];
}

function readEntries(bytes: Buffer): { protectedKeys: ProtectedKey[]; certificates: Uint8Array[] } {
  const reader = new Reader(bytes.subarray(0, Math.max(0, bytes.length - digestBytes)));
  reader.integer(); // the magic number, which has already been checked
  const version = reader.integer();
  if (version !== 1 && version !== 2) throw new DerError(`it is a JKS keystore of version ${version}`);
  const protectedKeys: ProtectedKey[] = [];
  const trusted: Uint8Array[] = [];
  const certificate = () => {
    if (version === 2) reader.text();
    return reader.bytes(reader.integer());
  };
  for (let left = reader.count(); left > 0; left--) {
    const kind = reader.integer();
    const alias = reader.text();
    reader.bytes(8); // creation date
    if (kind === keyEntry) {
      if (protectedKeys.length === limits.keystoreKeys)
        throw overLimit(`it contains more than ${limits.keystoreKeys} private keys, the limit`);
      const encrypted = reader.bytes(reader.integer());
      protectedKeys.push({ alias, encrypted, chain: Array.from({ length: reader.count() }, certificate) });
    } else if (kind === certificateEntry) trusted.push(certificate());
    else throw new DerError(`it contains an entry of kind ${kind}, which does not exist in JKS`);
  }
  if (reader.left > 0) throw new DerError(`it has ${plural(reader.left, 'byte')} left over after its last entry`);
  const certificates = [...protectedKeys.flatMap(({ chain }) => chain), ...trusted];
  if (certificates.length > limits.bundleCertificates)
    throw overLimit(
      `it contains ${counted(certificates.length)} certificates, more than the limit of ${limits.bundleCertificates}`,
    );
  return { protectedKeys, certificates };
}

/** EncryptedPrivateKeyInfo whose ciphertext is a 20-octet salt, the hidden key, and SHA-1 of password and key. */
function recover(encrypted: Uint8Array, password: Buffer): Buffer {
  const [algorithm, ciphertext] = children(readDer(encrypted, 'the protected key'), 'the protected key');
  const id = algorithm
    ? oid(new Fields(algorithm, 'the key protection').any('the key protection'), 'the key protection')
    : '';
  if (id !== keyProtectorOid || ciphertext?.tag !== tags.octetString)
    throw new DerError('its key is protected in an unknown way');
  const { body } = ciphertext;
  if (body.length <= 2 * digestBytes) throw new DerError('its protected key is cut short');
  const key = Buffer.from(body.subarray(digestBytes, body.length - digestBytes));
  let stream: Uint8Array = body.subarray(0, digestBytes);
  for (let at = 0; at < key.length; at++) {
    if (at % digestBytes === 0) stream = createHash('sha1').update(password).update(stream).digest();
    key[at] = (key[at] ?? 0) ^ (stream[at % digestBytes] ?? 0);
  }
  const check = createHash('sha1').update(password).update(key).digest();
  if (check.equals(body.subarray(body.length - digestBytes))) return key;
  throw new PrivateKeyError(
    'passphrase_wrong',
    'the passphrase opens the keystore but not its key: set the same passphrase for the key with `keytool -keypasswd`',
  );
}

class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  bytes(length: number): Buffer {
    if (length > this.left) throw new DerError('it is cut short');
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  integer(): number {
    return this.bytes(4).readUInt32BE();
  }

  count(): number {
    const count = this.integer();
    if (count > limits.keystoreEntries)
      throw overLimit(
        `it claims to have ${counted(count)} entries, more than the limit of ${counted(limits.keystoreEntries)}`,
      );
    return count;
  }

  /** DataOutput.writeUTF: UTF-8 except for NUL and surrogates, which aliases do not contain. */
  text(): string {
    return this.bytes(this.bytes(2).readUInt16BE()).toString('utf8');
  }
}
