/** A key and the certificate signing request (PKCS#10, RFC 2986) made with it. */
import { createPublicKey, generateKeyPair, type KeyObject, webcrypto } from 'node:crypto';
import { promisify } from 'node:util';
import type { Secret } from '../../config/index.ts';
import type { CryptoKey, PrivateKeyHandle } from '../../credential/index.ts';
import { MonitorError } from '../../errors/index.ts';
import { spkiSha256Of, toPem } from '../../x509/index.ts';

export type RequestKeySource =
  | { readonly kind: 'new'; readonly bits: 2048 | 3072 | 4096; readonly passphrase: Secret }
  | { readonly kind: 'reuse'; readonly handle: PrivateKeyHandle };

export interface DraftedRequest {
  /** LF line ends, 64 columns, as OpenSSL writes it. */
  readonly csrPem: string;
  /** SHA-256 of the SubjectPublicKeyInfo, hex: the certificate that comes back must contain the same key. */
  readonly spkiSha256: string;
  /** PKCS#8, PBES2 with PBKDF2 (HMAC-SHA-256) and AES-256-CBC. Absent if the deployed key is reused. */
  readonly encryptedKeyPem?: string;
}

/** The request could not be made as required; the message says what is wrong and contains no secret. */
export class RequestRefusedError extends MonitorError {
  override readonly code = 'ERR_REQUEST_REFUSED';
}

type KeyPair = { readonly privateKey: CryptoKey; readonly publicKey: CryptoKey };
const generate = promisify(generateKeyPair);
const rsaSha256 = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };

/**
 * Drafts a request with only a `CN` and no attributes, and reads it back before anybody sees it.
 * @throws {RequestRefusedError} for an empty passphrase, a key that cannot sign with SHA-256, or a request that does not read back as intended.
 */
export async function draftRequest(options: { commonName: string; key: RequestKeySource }): Promise<DraftedRequest> {
  const { commonName, key } = options;
  if (key.kind === 'reuse') return sign(commonName, await reusable(key.handle), key.handle.publicKey.spki);

  if (key.passphrase.reveal() === '') throw new RequestRefusedError('the passphrase for the new key is empty');
  const { privateKey, publicKey } = await generate('rsa', { modulusLength: key.bits });
  const pair = {
    privateKey: privateKey.toCryptoKey(rsaSha256, false, ['sign']),
    publicKey: publicKey.toCryptoKey(rsaSha256, true, ['verify']),
  };
  const request = await sign(commonName, pair, publicKey.export({ type: 'spki', format: 'der' }));
  return { ...request, encryptedKeyPem: encrypted(privateKey, key.passphrase) };
}

/** OpenSSL's own PKCS#8 encryption: every TLS library can read it. Its PBKDF2 uses 2048 rounds, and Node has no way to raise that. */
function encrypted(privateKey: KeyObject, passphrase: Secret): string {
  return privateKey
    .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: passphrase.reveal() })
    .toString();
}

async function reusable(handle: PrivateKeyHandle): Promise<KeyPair> {
  const { algorithm, bits } = handle.publicKey;
  if (algorithm !== 'RSA' && algorithm !== 'EC')
    throw new RequestRefusedError(
      `the deployed key is ${algorithm}; only an RSA or EC key can be reused for a request`,
    );
  if (algorithm === 'RSA' && bits < 2048)
    throw new RequestRefusedError(
      `the deployed key has ${bits} bits, too few for a new certificate; use renewal.key: new`,
    );
  return handle.signingKey();
}

async function sign(commonName: string, keys: KeyPair, spki: Uint8Array): Promise<DraftedRequest> {
  const { Pkcs10CertificateRequestGenerator } = await library();
  const { name } = keys.privateKey.algorithm;
  const request = await Pkcs10CertificateRequestGenerator.create(
    {
      // `openssl req -subj` writes UTF8String, and RFC 5280 §4.1.2.4 requires it for new names.
      name: [{ CN: [{ utf8String: commonName }] }] as never,
      // The library uses the browser's types when they are in scope; at run time the keys are the same.
      keys: keys as never,
      signingAlgorithm: name === 'ECDSA' ? { name, hash: 'SHA-256' } : rsaSha256,
    },
    webcrypto as never,
  );
  const csrPem = toPem(new Uint8Array(request.rawData), 'CERTIFICATE REQUEST');
  await readBack(csrPem, commonName, spki);
  return { csrPem, spkiSha256: spkiSha256Of(spki) };
}

/** SHA-256 of the SubjectPublicKeyInfo in a request; undefined if it cannot be read. */
export async function keyDigestOf(csrPem: string): Promise<string | undefined> {
  const { Pkcs10CertificateRequest } = await library();
  try {
    const { rawData } = new Pkcs10CertificateRequest(csrPem).publicKey;
    return spkiSha256Of(new Uint8Array(rawData));
  } catch {
    return undefined;
  }
}

/** Loaded only when a request is made: the library takes longer to load than the service does to start. It needs the polyfill first. */
async function library(): Promise<typeof import('@peculiar/x509')> {
  await import('reflect-metadata');
  return import('@peculiar/x509');
}

/**
 * Reads the request from its text, as the desk will. Node's WebCrypto signed it; another implementation, with its own encoding of keys
 * and signatures, must accept it.
 */
async function readBack(csrPem: string, commonName: string, spki: Uint8Array): Promise<void> {
  const { Pkcs10CertificateRequest } = await library();
  const { Crypto } = await import('@peculiar/webcrypto');
  const request = new Pkcs10CertificateRequest(csrPem);
  const subject = JSON.stringify(request.subjectName.toJSON());
  const plain = request.attributes.length === 0 && request.extensions.length === 0;
  const verdicts: readonly [boolean, string][] = [
    [subject === JSON.stringify([{ CN: [commonName] }]), 'its subject is not the common name alone'],
    [plain, 'it has attributes'],
    [sameKey(request.publicKey.rawData, spki), 'it contains another public key'],
    [await request.verify(new Crypto() as never), 'its signature does not verify'],
  ];
  const problem = verdicts.find(([holds]) => !holds)?.[1];
  if (problem) throw new RequestRefusedError(`the request was made but ${problem}; it is not sent`);
}

function sameKey(a: ArrayBuffer, b: Uint8Array): boolean {
  const spki = (der: Uint8Array) => createPublicKey({ key: Buffer.from(der), format: 'der', type: 'spki' });
  return spki(new Uint8Array(a)).equals(spki(b));
}
