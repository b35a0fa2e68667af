/** PKCS#12 (RFC 7292): the keystore of OpenSSL, keytool, Windows and Azure. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { Secret } from '../../config/index.ts';
import { type Allowance, limits } from '../../limits/index.ts';
import {
  children,
  context,
  contextPrimitive,
  DerError,
  type DerValue,
  expectTag,
  Fields,
  oid,
  overLimit,
  readDer,
  smallInteger,
  tags,
} from '../../x509/index.ts';
import { toDer } from '../decryption/ber.ts';
import { decryption } from '../decryption/ciphers.ts';
import { derivationWork, type HashName, hashBytes, pbmac1, pkcs12Key, roundsOf } from '../decryption/kdf.ts';
import { bmpOf, octetsOf, readingsOf } from '../decryption/password.ts';
import type { DeployedKey } from '../key-handle.ts';
import { deployed, fromEncrypted, PrivateKeyError } from '../private-key.ts';
import type { KeyEntry, KeystoreContent } from './content.ts';

const data = '1.2.840.113549.1.7.1';
const encryptedData = '1.2.840.113549.1.7.6';
const bag = (number: number) => `1.2.840.113549.1.12.10.1.${number}`;
const x509Certificate = '1.2.840.113549.1.9.22.1';
const pbmac1Oid = '1.2.840.113549.1.5.14';
const hashes: Readonly<Record<string, HashName>> = {
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.4': 'sha224',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};
/** SafeContents can contain SafeContents, but never deeper than this in practice. */
const deepest = 8;

/** RFC 2985 §5.5: friendlyName and localKeyId, with which tools link a certificate to its key. */
const friendlyName = '1.2.840.113549.1.9.20';
const localKeyId = '1.2.840.113549.1.9.21';
const bmpString = 0x1e;

interface Attributes {
  readonly alias?: string;
  /** Hex. */
  readonly id?: string;
}

interface Contents {
  readonly keys: ({ readonly key: DeployedKey } & Attributes)[];
  readonly certificates: ({ readonly der: Uint8Array } & Attributes)[];
  readonly passphrase: string;
  /** The rounds of key derivation that are left for the whole keystore. */
  readonly work: Allowance;
  /** Whether the passphrase is known to be right, so that a failure to decrypt means damage. */
  readonly proven: boolean;
}

/** Every private key and every certificate. @throws {DerError | PrivateKeyError} */
export async function readPkcs12(der: Uint8Array, secret: Secret | undefined): Promise<KeystoreContent> {
  const pfx = new Fields(readBer(der, 'the keystore'), 'the keystore');
  if (smallInteger(pfx.take(tags.integer, 'the version'), 'the version') !== 3)
    throw new DerError('its version is not 3');
  const authenticated = contentOf(pfx.take(tags.sequence, 'the authenticated safe'), data).body;
  const mac = pfx.optional(tags.sequence);
  pfx.end();

  const work = derivationWork();
  const { passphrase, proven } = await provenPassphrase(mac, authenticated, secret, work);
  const contents: Contents = { keys: [], certificates: [], passphrase, work, proven };
  const safes = children(readBer(authenticated, 'the safes'), 'a safe');
  if (safes.length > limits.keystoreSafes)
    throw overLimit(`it has ${safes.length} safes, more than the limit of ${limits.keystoreSafes}`);
  for (const info of safes) await readSafe(info, contents);
  return {
    entries: contents.keys.map((key) => entryOf(key, contents)),
    certificates: contents.certificates.map(({ der }) => der),
  };
}

/** What Java and Windows present for a key: only the certificate with the same localKeyId. */
function entryOf({ key, alias, id }: Contents['keys'][number], { certificates }: Contents): KeyEntry {
  const own = id === undefined ? [] : certificates.filter((each) => each.id === id);
  return { key, chain: own.map(({ der }) => der), ...(alias === undefined ? {} : { alias }) };
}

/** Checks every encoding of the passphrase against the MAC. Without a MAC the first one is used, and decryption shows whether it is right. */
async function provenPassphrase(
  mac: DerValue | undefined,
  content: Uint8Array,
  secret: Secret | undefined,
  work: Allowance,
) {
  const passphrase = secret?.reveal() ?? '';
  if (!mac) return { passphrase, proven: false };
  const holds = macCheck(mac, content, work);
  for (const reading of readingsOf(passphrase)) if (await holds(reading)) return { passphrase: reading, proven: true };
  if (!secret)
    throw new PrivateKeyError('passphrase_missing', 'it is protected by a passphrase, but there is no passphrase');
  throw new PrivateKeyError('passphrase_wrong', 'the passphrase does not open it (its MAC differs)');
}

/** RFC 7292 §5.1 and, for PBMAC1, RFC 9579. */
function macCheck(mac: DerValue, content: Uint8Array, work: Allowance): (passphrase: string) => Promise<boolean> {
  const fields = new Fields(mac, 'the MAC');
  const info = new Fields(fields.take(tags.sequence, 'the MAC'), 'the MAC');
  const algorithm = new Fields(info.take(tags.sequence, 'the MAC algorithm'), 'the MAC algorithm');
  const expected = Buffer.from(info.take(tags.octetString, 'the MAC').body);
  const salt = fields.take(tags.octetString, 'the salt of the MAC').body;
  const count = fields.optional(tags.integer);
  const rounds = count ? roundsOf(count, limits.pkcs12Rounds) : 1;
  fields.end();
  info.end();

  const id = oid(algorithm.any('the MAC algorithm'), 'the MAC algorithm');
  const equal = (hash: HashName, key: Buffer) => {
    const actual = createHmac(hash, key).update(content).digest();
    return actual.length === expected.length && timingSafeEqual(actual, expected);
  };
  if (id === pbmac1Oid) {
    const { derive, length, hash } = pbmac1(algorithm.take(tags.sequence, 'the PBMAC1 parameters'), work);
    return async (passphrase) => {
      for (const octets of octetsOf(passphrase)) if (equal(hash, await derive(octets, length))) return true;
      return false;
    };
  }
  algorithm.optionalNull();
  algorithm.end();
  const hash = hashes[id];
  if (!hash) throw new DerError(`its MAC uses the hash ${id}, which is not supported`);
  const length = hashBytes[hash];
  return async (passphrase) => {
    // An empty passphrase is written either as no octets at all or as the terminating zero.
    for (const password of passphrase === '' ? [bmpOf(''), Buffer.alloc(0)] : [bmpOf(passphrase)])
      if (equal(hash, await pkcs12Key({ password, salt, rounds, purpose: 3, length, hash, work }))) return true;
    return false;
  };
}

/** The OCTET STRING inside a ContentInfo of type `data`. */
function contentOf(info: DerValue, type: string): DerValue {
  const fields = new Fields(info, 'a safe');
  const id = oid(fields.any('the type of a safe'), 'the type of a safe');
  if (id !== type) throw new DerError(`it is protected by a public key (content type ${id}), not by a passphrase`);
  const content = readDer(fields.take(context(0), 'the content of a safe').body, 'a safe');
  fields.end();
  return expectTag(content, tags.octetString, 'a safe');
}

async function readSafe(info: DerValue, contents: Contents): Promise<void> {
  const fields = new Fields(expectTag(info, tags.sequence, 'a safe'), 'a safe');
  const id = oid(fields.any('the type of a safe'), 'the type of a safe');
  if (id !== encryptedData) return readBags(contentOf(info, data).body, contents, 0);
  const outer = readDer(fields.take(context(0), 'an encrypted safe').body, 'an encrypted safe');
  fields.end();
  const encrypted = new Fields(expectTag(outer, tags.sequence, 'an encrypted safe'), 'an encrypted safe');
  encrypted.take(tags.integer, 'the version of an encrypted safe');
  const content = new Fields(encrypted.take(tags.sequence, 'an encrypted safe'), 'an encrypted safe');
  content.any('the type of an encrypted safe');
  const { decrypt } = decryption(content.take(tags.sequence, 'the encryption of a safe'), contents.work, 'keystore');
  const ciphertext = octetsIn(content.any('the content of an encrypted safe'));
  content.end();
  const plain = await decrypt(ciphertext, contents.passphrase);
  if (plain) return readBags(plain, contents, 0);
  if (contents.proven) throw new DerError('a safe does not decrypt although the passphrase is right');
  throw new PrivateKeyError(
    contents.passphrase === '' ? 'passphrase_missing' : 'passphrase_wrong',
    'the passphrase does not decrypt it',
  );
}

/** [0] IMPLICIT OCTET STRING, whole or in pieces. */
function octetsIn(value: DerValue): Uint8Array {
  if (value.tag !== context(0)) return expectTag(value, contextPrimitive(0), 'the content of an encrypted safe').body;
  return Buffer.concat(children(value, 'the content of an encrypted safe').map(({ body }) => body));
}

const readBer = (bytes: Uint8Array, what: string): DerValue =>
  expectTag(readDer(toDer(bytes, what), what), tags.sequence, what);

async function readBags(safe: Uint8Array, contents: Contents, depth: number): Promise<void> {
  if (depth > deepest) throw new DerError('its safes are nested too deeply');
  for (const each of children(readBer(safe, 'a safe'), 'a bag')) {
    const fields = new Fields(expectTag(each, tags.sequence, 'a bag'), 'a bag');
    const id = oid(fields.any('the type of a bag'), 'the type of a bag');
    const value = readDer(fields.take(context(0), 'the content of a bag').body, 'a bag');
    const attributes = attributesOf(fields.optional(tags.set));
    fields.end();
    if (id === bag(1)) addKey(contents, await deployed(value.raw, 'pkcs8', false), attributes);
    else if (id === bag(2)) addKey(contents, await shroudedKey(value, contents), attributes);
    else if (id === bag(3)) readCertificateBag(value, contents, attributes);
    else if (id === bag(6)) await readBags(value.raw, contents, depth + 1);
  }
}

function addKey({ keys }: Contents, key: DeployedKey, attributes: Attributes): void {
  if (keys.length === limits.keystoreKeys)
    throw overLimit(`it contains more than ${limits.keystoreKeys} private keys, the limit`);
  keys.push({ key, ...attributes });
}

/** RFC 7292 §4.2: a SEQUENCE of a type and a SET of values. OpenSSL and Java refuse the keystore for one of another form. */
function attributesOf(set: DerValue | undefined): Attributes {
  const values = new Map<string, DerValue>();
  for (const attribute of set ? children(set, 'an attribute') : []) {
    const fields = new Fields(expectTag(attribute, tags.sequence, 'an attribute'), 'an attribute');
    const type = oid(fields.any('the type of an attribute'), 'the type of an attribute');
    const [value] = children(fields.take(tags.set, 'the values of an attribute'), 'an attribute');
    fields.end();
    if (value) values.set(type, value);
  }
  const [name, id] = [values.get(friendlyName), values.get(localKeyId)];
  if (name && (name.tag !== bmpString || name.body.length % 2 !== 0))
    throw new DerError('its friendlyName is malformed');
  if (id) expectTag(id, tags.octetString, 'its localKeyId');
  return {
    ...(name ? { alias: Buffer.from(name.body).swap16().toString('utf16le') } : {}),
    ...(id ? { id: Buffer.from(id.body).toString('hex') } : {}),
  };
}

async function shroudedKey(value: DerValue, { passphrase, proven, work }: Contents): Promise<DeployedKey> {
  try {
    const secret = passphrase === '' && !proven ? undefined : new Secret(passphrase);
    return await fromEncrypted(value, secret, work, { place: 'keystore' });
  } catch (error) {
    if (!proven || !(error instanceof PrivateKeyError) || error.finding !== 'passphrase_wrong') throw error;
    throw new PrivateKeyError('passphrase_wrong', 'the passphrase opens the keystore but does not decrypt its key');
  }
}

function readCertificateBag(value: DerValue, { certificates }: Contents, attributes: Attributes): void {
  const fields = new Fields(expectTag(value, tags.sequence, 'a certificate bag'), 'a certificate bag');
  const type = oid(fields.any('the type of a certificate'), 'the type of a certificate');
  if (type !== x509Certificate) return;
  const content = readDer(fields.take(context(0), 'a certificate bag').body, 'a certificate bag');
  fields.end();
  if (certificates.length === limits.bundleCertificates)
    throw overLimit(`it contains more than ${limits.bundleCertificates} certificates, the limit`);
  certificates.push({ der: expectTag(content, tags.octetString, 'a certificate bag').body, ...attributes });
}
