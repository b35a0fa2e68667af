/** Private keys in every wrapping that OpenSSL and its friends have written. */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import type { Secret } from '../config/index.ts';
import { children, DerError, type DerValue, Fields, labelsOf, type PemBlock, readDer, tags } from '../x509/index.ts';
import { decryptAny, decryption } from './decryption/ciphers.ts';
import { decryptLegacyPem } from './decryption/legacy-pem.ts';
import { formOf } from './form.ts';
import { DeployedKey } from './key-handle.ts';

export type KeyProblemCode = 'private_key_malformed' | 'passphrase_missing' | 'passphrase_wrong';

/** Why there is no key. `message` continues a sentence that begins with the place. */
export class KeyProblem extends Error {
  override name = 'KeyProblem';
  readonly code: KeyProblemCode;

  constructor(code: KeyProblemCode, message: string) {
    super(message);
    this.code = code;
  }
}

const plainTypes: Readonly<Record<string, 'pkcs8' | 'pkcs1' | 'sec1'>> = {
  'PRIVATE KEY': 'pkcs8',
  'RSA PRIVATE KEY': 'pkcs1',
  'EC PRIVATE KEY': 'sec1',
};
/** One signature with 16,384 bits holds the process for seconds, and with what fits into a file for hours. */
const mostRsaBits = 8192;
const encryptedLabel = 'ENCRYPTED PRIVATE KEY';

/**
 * The first private key of a source. Certificates and parameters beside it are passed over.
 * @throws {KeyProblem} and nothing else
 */
export async function readPrivateKey(bytes: Buffer, passphrase: Secret | undefined): Promise<DeployedKey> {
  try {
    const form = formOf(bytes);
    if (form.kind === 'pem') return await fromBlocks(form.blocks, passphrase);
    if (form.kind === 'der') return await fromDer(form.bytes, passphrase);
    throw malformed(form.kind === 'jks' ? 'it is a Java keystore: configure it as `keystore`' : form.reason);
  } catch (error) {
    if (error instanceof DerError) throw malformed(error.message);
    throw error;
  }
}

async function fromBlocks(blocks: readonly PemBlock[], passphrase: Secret | undefined): Promise<DeployedKey> {
  const block = blocks.find(({ label }) => label.endsWith('PRIVATE KEY'));
  if (!block) throw malformed(`it holds no private key, only ${labelsOf(blocks)}`);
  const place = `block ${block.number} (${block.label}, line ${block.line})`;
  if (!block.bytes) throw malformed(`${place}: ${block.problem}`);
  try {
    if (block.label === encryptedLabel) return await fromEncrypted(readDer(block.bytes, 'the key'), passphrase);
    const type = plainTypes[block.label];
    if (!type) throw malformed(`${block.label} is a format that is not read here; convert it with \`openssl pkey\``);
    if (!block.headers.get('proc-type')?.includes('ENCRYPTED')) return deployed(block.bytes, type, false);
    const plain = decryptLegacyPem(block.headers.get('dek-info'), block.bytes, required(passphrase));
    if (!plain) throw wrong();
    return deployed(plain, type, true);
  } catch (error) {
    if (error instanceof DerError) throw malformed(`${place}: ${error.message}`);
    if (error instanceof KeyProblem) throw new KeyProblem(error.code, `${place}: ${error.message}`);
    throw error;
  }
}

/** DER names its form by its shape: RFC 5208 §6, RFC 5958 §2, RFC 8017 A.1.2, RFC 5915 §3. */
async function fromDer(der: Uint8Array, passphrase: Secret | undefined): Promise<DeployedKey> {
  const value = readDer(der, 'the key');
  const [first, second] = children(value, 'the key');
  if (first?.tag === tags.sequence && second?.tag === tags.octetString) return fromEncrypted(value, passphrase);
  if (first?.tag !== tags.integer) throw malformed('its DER is no private key');
  return deployed(
    der,
    second?.tag === tags.sequence ? 'pkcs8' : second?.tag === tags.integer ? 'pkcs1' : 'sec1',
    false,
  );
}

/** EncryptedPrivateKeyInfo (RFC 5958 §3). @throws {KeyProblem | DerError} */
export async function fromEncrypted(value: DerValue, passphrase: Secret | undefined): Promise<DeployedKey> {
  const fields = new Fields(value, 'the encrypted key');
  const decrypt = decryption(fields.take(tags.sequence, 'the encryption algorithm'));
  const ciphertext = fields.take(tags.octetString, 'the encrypted key').body;
  fields.end();
  // Every cipher that is read here works in blocks of at least eight octets: another length is damage, not a passphrase.
  if (ciphertext.length === 0 || ciphertext.length % 8 !== 0) throw malformed('the encrypted key is cut short');
  const plain = await decryptAny(decrypt, ciphertext, required(passphrase).reveal());
  if (!plain) throw wrong();
  return deployed(plain, 'pkcs8', true);
}

/** @throws {KeyProblem} The reasons of OpenSSL are not passed on: they speak of its decoders, not of the file. */
export function deployed(der: Uint8Array, type: 'pkcs8' | 'pkcs1' | 'sec1', encrypted: boolean): DeployedKey {
  // The PKCS#8 reader of OpenSSL passes over what follows the key.
  readDer(der, 'the key');
  const key = openSslReads(der, type, encrypted);
  const bits = key.publicKey.algorithm.startsWith('RSA') ? key.publicKey.bits : 0;
  if (bits > mostRsaBits)
    throw malformed(`it is an RSA key of ${bits} bits, more than the ${mostRsaBits} that are read`);
  return key;
}

function openSslReads(der: Uint8Array, type: 'pkcs8' | 'pkcs1' | 'sec1', encrypted: boolean): DeployedKey {
  try {
    const key: KeyObject = createPrivateKey({ key: Buffer.from(der), format: 'der', type });
    return new DeployedKey(key, encrypted);
  } catch {
    throw malformed(`OpenSSL cannot read ${encrypted ? 'the key that was decrypted' : 'it as a private key'}`);
  }
}

function required(passphrase: Secret | undefined): Secret {
  if (passphrase) return passphrase;
  throw new KeyProblem('passphrase_missing', 'it is encrypted, and there is no passphrase');
}

const malformed = (reason: string) => new KeyProblem('private_key_malformed', reason);
const wrong = () => new KeyProblem('passphrase_wrong', 'the passphrase does not decrypt it');
