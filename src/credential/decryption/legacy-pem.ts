import { createHash } from 'node:crypto';
import type { Secret } from '../../config/index.ts';
import { DerError } from '../../x509/index.ts';
import { decipher } from './ciphers.ts';
import { octetsOf, readingsOf } from './password.ts';

const keyBytes: Readonly<Record<string, number>> = {
  'AES-128-CBC': 16,
  'AES-192-CBC': 24,
  'AES-256-CBC': 32,
  'DES-EDE3-CBC': 24,
};

/**
 * `Proc-Type: 4,ENCRYPTED` (RFC 1421 §4.6.1.1) with OpenSSL's derivation: EVP_BytesToKey, one round of MD5, the IV's first 8 octets as salt.
 * @returns undefined when the passphrase does not fit
 * @throws {DerError} when header or ciphertext are damaged or of a cipher that is no longer read
 */
export function decryptLegacyPem(
  dekInfo: string | undefined,
  ciphertext: Uint8Array,
  passphrase: Secret,
): Buffer | undefined {
  const [, cipher = '', ivHex = ''] = /^([A-Z0-9-]+),([0-9A-Fa-f]+)$/.exec(dekInfo ?? '') ?? [];
  if (cipher === '') throw new DerError('its DEK-Info header is missing or damaged');
  const length = keyBytes[cipher];
  if (!length)
    throw new DerError(`it is encrypted with ${cipher}, which current TLS libraries do not read; encrypt it again`);
  const iv = Buffer.from(ivHex, 'hex');
  const blockBytes = cipher.startsWith('DES') ? 8 : 16;
  if (iv.length !== blockBytes) throw new DerError('the initialisation vector in DEK-Info has the wrong length');
  if (ciphertext.length % blockBytes !== 0) throw new DerError('the encrypted key is cut short');
  for (const password of readingsOf(passphrase.reveal()).flatMap(octetsOf)) {
    const plain = decipher(cipher.toLowerCase(), bytesToKey(password, iv.subarray(0, 8), length), iv, ciphertext);
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
