/** Private keys in every format that OpenSSL and related tools have written. */
import type { Secret } from '../config/index.ts';
import { MonitorError } from '../errors/index.ts';
import { type Allowance, limits } from '../limits/index.ts';
import { counted } from '../text/index.ts';
import {
  children,
  DerError,
  type DerValue,
  expectTag,
  Fields,
  labelsOf,
  type PemBlock,
  readDer,
  tags,
} from '../x509/index.ts';
import { decryptAny, decryption } from './decryption/ciphers.ts';
import { derivationWork } from './decryption/kdf.ts';
import { decryptLegacyPem } from './decryption/legacy-pem.ts';
import { type Form, formOf } from './form/form.ts';
import { insteadOfKey, kindOfDer, kindOfLabel, namedKeyFormat } from './form/other-formats.ts';
import { DeployedKey } from './key-handle.ts';
import { opensslPrivateKey } from './openssl-key.ts';
import { usualPublicHalf } from './public-half.ts';

export type PrivateKeyFinding =
  | 'private_key_malformed'
  | 'input_over_limit'
  | 'passphrase_missing'
  | 'passphrase_wrong';

/** Why there is no key. `message` continues a sentence that begins with the place. */
export class PrivateKeyError extends MonitorError {
  override readonly code = 'ERR_PRIVATE_KEY';
  readonly finding: PrivateKeyFinding;

  constructor(finding: PrivateKeyFinding, message: string) {
    super(message);
    this.finding = finding;
  }
}

const plainTypes: Readonly<Record<string, 'pkcs8' | 'pkcs1' | 'sec1'>> = {
  'PRIVATE KEY': 'pkcs8',
  'RSA PRIVATE KEY': 'pkcs1',
  'EC PRIVATE KEY': 'sec1',
};
export const encryptedLabel = 'ENCRYPTED PRIVATE KEY';

/** When to find out whether a key can sign; see `DeployedKey.works`. */
export type KeyProof = 'now' | 'later';

/**
 * The first private key of a source. Certificates and parameters next to it are skipped.
 * @param form - of these bytes, if the caller knows it.
 * @throws {PrivateKeyError} and nothing else
 */
export async function readPrivateKey(
  bytes: Buffer,
  passphrase: Secret | undefined,
  proof: KeyProof = 'now',
  form: Form = formOf(bytes),
): Promise<DeployedKey> {
  try {
    const work = derivationWork();
    if (form.kind === 'pem') return await fromBlocks(form.blocks, passphrase, work, proof);
    if (form.kind === 'der') return await fromDer(form.bytes, passphrase, work, proof);
    throw malformed(whyNone(form));
  } catch (error) {
    if (error instanceof DerError) throw refused(error);
    throw error;
  }
}

export const isKeyLabel = (label: string): boolean => label.endsWith('PRIVATE KEY');

/** Each one costs a derivation and a signature. */
const mostKeysLookedAt = 4;

/** The first few private keys of a PEM source that can be read, with the numbers of their blocks. */
export async function privateKeysIn(
  bytes: Buffer,
  passphrase: Secret | undefined,
): Promise<{ readonly block: number; readonly key: DeployedKey }[]> {
  const form = formOf(bytes);
  if (form.kind !== 'pem') return [];
  const work = derivationWork();
  const found: { block: number; key: DeployedKey }[] = [];
  for (const block of form.blocks.filter(({ label }) => isKeyLabel(label)).slice(0, mostKeysLookedAt)) {
    try {
      found.push({ block: block.number, key: await fromBlock(block, passphrase, work) });
    } catch (error) {
      if (!(error instanceof PrivateKeyError)) throw error;
    }
  }
  return found;
}

async function fromBlocks(
  blocks: readonly PemBlock[],
  passphrase: Secret | undefined,
  work: Allowance,
  proof: KeyProof,
): Promise<DeployedKey> {
  const block = blocks.find(({ label }) => isKeyLabel(label));
  if (!block) throw malformed(`it does not contain a private key, only ${labelsOf(blocks)}${insteadOf(blocks)}`);
  return fromBlock(block, passphrase, work, proof);
}

async function fromBlock(
  block: PemBlock,
  passphrase: Secret | undefined,
  work: Allowance,
  proof: KeyProof = 'now',
): Promise<DeployedKey> {
  const place = `block ${block.number} (${block.label}, line ${block.line})`;
  if (!block.bytes) throw malformed(`${place}: ${block.problem}`);
  try {
    if (block.label === encryptedLabel)
      return await fromEncrypted(readDer(block.bytes, 'the key'), passphrase, work, { proof });
    const type = plainTypes[block.label];
    if (!type)
      throw malformed(
        namedKeyFormat(block.label) ?? `${block.label} is not a supported format; convert it with \`openssl pkey\``,
      );
    if (!block.headers.get('proc-type')?.includes('ENCRYPTED')) return await deployed(block.bytes, type, false, proof);
    const plain = decryptLegacyPem(block.headers.get('dek-info'), block.bytes, passphrase?.reveal() ?? '');
    if (!plain) throw passphrase ? wrong() : missing();
    return await deployed(plain, type, isKept(passphrase), proof);
  } catch (error) {
    if (error instanceof DerError) throw refused(error, `${place}: `);
    if (error instanceof PrivateKeyError) throw new PrivateKeyError(error.finding, `${place}: ${error.message}`);
    throw error;
  }
}

function whyNone(form: Exclude<Form, { kind: 'pem' | 'der' }>): string {
  if (form.kind === 'jks') return 'it is a Java keystore: configure it as `keystore`';
  return form.kind === 'mail' ? 'it is an email, and a private key must never be sent by email' : form.reason;
}

function insteadOf([first]: readonly PemBlock[]): string {
  const kind = first && kindOfLabel(first.label);
  const instead = kind && insteadOfKey[kind];
  return instead ? `: ${instead}` : '';
}

/** The structure of the DER shows its form: RFC 5208 §6, RFC 5958 §2, RFC 8017 A.1.2, RFC 5915 §3. */
async function fromDer(
  der: Uint8Array,
  passphrase: Secret | undefined,
  work: Allowance,
  proof: KeyProof,
): Promise<DeployedKey> {
  const instead = insteadOfKey[kindOfDer(der)];
  if (instead !== undefined) throw malformed(instead);
  const value = readDer(der, 'the key');
  const [first, second] = children(value, 'the key');
  if (first?.tag === tags.sequence && second?.tag === tags.octetString)
    return fromEncrypted(value, passphrase, work, { proof });
  if (first?.tag !== tags.integer) throw malformed('its DER is not a private key');
  return deployed(
    der,
    second?.tag === tags.sequence ? 'pkcs8' : second?.tag === tags.integer ? 'pkcs1' : 'sec1',
    false,
    proof,
  );
}

/** EncryptedPrivateKeyInfo (RFC 5958 §3). @throws {PrivateKeyError | DerError} */
export async function fromEncrypted(
  value: DerValue,
  passphrase: Secret | undefined,
  work: Allowance,
  { proof = 'now', place = 'key file' }: { readonly proof?: KeyProof; readonly place?: 'keystore' | 'key file' } = {},
): Promise<DeployedKey> {
  const fields = new Fields(expectTag(value, tags.sequence, 'the encrypted key'), 'the encrypted key');
  const { decrypt, blockBytes } = decryption(fields.take(tags.sequence, 'the encryption algorithm'), work, place);
  const ciphertext = fields.take(tags.octetString, 'the encrypted key').body;
  fields.end();
  // A length that the cipher cannot produce means damage, not a wrong passphrase.
  if (ciphertext.length === 0 || ciphertext.length % blockBytes !== 0)
    throw malformed('the encrypted key is cut short');
  const plain = await decryptAny(decrypt, ciphertext, passphrase?.reveal() ?? '');
  if (!plain) throw passphrase ? wrong() : missing();
  return deployed(plain, 'pkcs8', isKept(passphrase), proof);
}

/** @throws {PrivateKeyError} OpenSSL's reasons are not passed on: they are about its decoders, not the file. */
export async function deployed(
  der: Uint8Array,
  type: 'pkcs8' | 'pkcs1' | 'sec1',
  encrypted: boolean,
  proof: KeyProof = 'now',
): Promise<DeployedKey> {
  // OpenSSL's PKCS#8 reader ignores what follows the key.
  readDer(der, 'the key');
  const key = openSslReads(der, type, encrypted);
  const bits = key.publicKey.algorithm.startsWith('RSA') ? key.publicKey.bits : 0;
  if (bits > limits.rsaBits)
    throw tooMuch(`it is an RSA key of ${counted(bits)} bits, more than the limit of ${counted(limits.rsaBits)}`);
  if (proof === 'later' || (await key.works())) return key;
  throw malformed('the private key is damaged: a signature made with it does not verify with its own public key');
}

function openSslReads(der: Uint8Array, type: 'pkcs8' | 'pkcs1' | 'sec1', encrypted: boolean): DeployedKey {
  try {
    const key = opensslPrivateKey({ key: Buffer.from(der), format: 'der', type });
    return new DeployedKey(key, encrypted, type === 'pkcs8' ? usualPublicHalf(der) : undefined);
  } catch {
    throw malformed(`OpenSSL cannot read ${encrypted ? 'the key that was decrypted' : 'it as a private key'}`);
  }
}

/** Everyone knows an empty passphrase, so a key encrypted with it counts as not encrypted. */
const isKept = (passphrase: Secret | undefined): boolean => passphrase !== undefined && passphrase.reveal() !== '';

const missing = () => new PrivateKeyError('passphrase_missing', 'it is encrypted, but there is no passphrase');
const malformed = (reason: string) => new PrivateKeyError('private_key_malformed', reason);
const tooMuch = (reason: string) => new PrivateKeyError('input_over_limit', reason);
const refused = ({ message, overLimit }: DerError, place = '') =>
  (overLimit ? tooMuch : malformed)(`${place}${message}`);
const wrong = () => new PrivateKeyError('passphrase_wrong', 'the passphrase does not decrypt it');
