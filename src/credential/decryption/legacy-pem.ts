import { createHash } from 'node:crypto';
import { DerError } from '../../x509/index.ts';
import { decipher } from './ciphers.ts';
import { octetsOf, readingsOf } from './password.ts';

interface Cipher {
  readonly keyBytes: number;
  readonly blockBytes: number;
  /** CFB and OFB do not need padding, so the ciphertext can have any length. */
  readonly padded: boolean;
}

/** The `DEK-Info` ciphers that OpenSSL 3 still accepts. */
const form = /^(?:(AES|CAMELLIA|ARIA)-(128|192|256)|DES-EDE3)-(CBC|CFB|OFB)$/;

function cipherOf(name: string): Cipher | undefined {
  const [whole, family, bits, mode] = form.exec(name) ?? [];
  if (whole === undefined) return undefined;
  return { keyBytes: Number(bits ?? 192) / 8, blockBytes: family === undefined ? 8 : 16, padded: mode === 'CBC' };
}

/**
 * `Proc-Type: 4,ENCRYPTED` (RFC 1421 §4.6.1.1) with OpenSSL's derivation: EVP_BytesToKey, one round of MD5, the IV's first 8 octets as salt.
 * @returns undefined if the passphrase is wrong
 * @throws {DerError} if the header or ciphertext is damaged, or the cipher is no longer supported
 */
export function decryptLegacyPem(
  dekInfo: string | undefined,
  ciphertext: Uint8Array,
  passphrase: string,
): Buffer | undefined {
  const [, name = '', ivHex = ''] = /^([A-Z0-9-]+),([0-9A-Fa-f]+)$/.exec(dekInfo ?? '') ?? [];
  if (name === '') throw new DerError('its DEK-Info header is missing or damaged');
  const cipher = cipherOf(name);
  if (!cipher)
    throw new DerError(`it is encrypted with ${name}, which current TLS libraries do not read; encrypt it again`);
  const { keyBytes, blockBytes, padded } = cipher;
  const iv = Buffer.from(ivHex, 'hex');
  if (iv.length !== blockBytes) throw new DerError('the initialisation vector in DEK-Info has the wrong length');
  if (padded && ciphertext.length % blockBytes !== 0) throw new DerError('the encrypted key is cut short');
  for (const password of readingsOf(passphrase).flatMap(octetsOf)) {
    const plain = decipher(name.toLowerCase(), bytesToKey(password, iv.subarray(0, 8), keyBytes), iv, ciphertext);
    if (plain) return plain;
  }
  return undefined;
}

function bytesToKey(password: Buffer, salt: Buffer, length: number): Buffer {
  let key = Buffer.alloc(0);
  for (let last = Buffer.alloc(0); key.length < length; key = Buffer.concat([key, last])) {
    last = createHash('md5').update(last).update(password).update(salt).digest();
  }
  return key.subarray(0, length);
}
