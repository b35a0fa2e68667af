/** Password-based encryption of keys and keystores: PBES2 (RFC 8018 §6.2) and the PKCS#12 schemes (RFC 7292 appendix C). */
import { createDecipheriv, createSecretKey } from 'node:crypto';
import { type Allowance, limits } from '../../limits/index.ts';
import { DerError, type DerValue, expectTag, Fields, oid, tags } from '../../x509/index.ts';
import { toDer } from './ber.ts';
import { keyDerivation, pkcs12Key, roundsOf } from './kdf.ts';
import { bmpOf, octetsOf, readingsOf } from './password.ts';
import { decryptRc2 } from './rc2.ts';

/** `undefined` if the key is wrong. */
export type Decrypt = (ciphertext: Uint8Array, passphrase: string) => Promise<Buffer | undefined>;

export interface Decryption {
  readonly decrypt: Decrypt;
  /** A ciphertext whose length is not a multiple of this is damaged; 1 for a stream cipher mode. */
  readonly blockBytes: number;
}

interface Cipher {
  /** OpenSSL's name. */
  readonly name: string;
  readonly keyBytes: number;
  readonly ivBytes: number;
}

const cipher = (name: string, keyBits: number, ivBytes = 16): Cipher => ({ name, keyBytes: keyBits / 8, ivBytes });

/** NIST CSOR (AES), RFC 3657 §2.2 (Camellia), RFC 5794 appendix B (ARIA): the ciphers that `openssl pkcs8 -topk8 -v2 NAME` writes. */
const ciphers: Readonly<Record<string, Cipher>> = {
  '2.16.840.1.101.3.4.1.2': cipher('aes-128-cbc', 128),
  '2.16.840.1.101.3.4.1.3': cipher('aes-128-ofb', 128),
  '2.16.840.1.101.3.4.1.4': cipher('aes-128-cfb', 128),
  '2.16.840.1.101.3.4.1.22': cipher('aes-192-cbc', 192),
  '2.16.840.1.101.3.4.1.23': cipher('aes-192-ofb', 192),
  '2.16.840.1.101.3.4.1.24': cipher('aes-192-cfb', 192),
  '2.16.840.1.101.3.4.1.42': cipher('aes-256-cbc', 256),
  '2.16.840.1.101.3.4.1.43': cipher('aes-256-ofb', 256),
  '2.16.840.1.101.3.4.1.44': cipher('aes-256-cfb', 256),
  '1.2.392.200011.61.1.1.1.2': cipher('camellia-128-cbc', 128),
  '1.2.392.200011.61.1.1.1.3': cipher('camellia-192-cbc', 192),
  '1.2.392.200011.61.1.1.1.4': cipher('camellia-256-cbc', 256),
  '1.2.410.200046.1.1.2': cipher('aria-128-cbc', 128),
  '1.2.410.200046.1.1.7': cipher('aria-192-cbc', 192),
  '1.2.410.200046.1.1.12': cipher('aria-256-cbc', 256),
  '1.2.840.113549.3.7': cipher('des-ede3-cbc', 192, 8),
};

const pbes2 = '1.2.840.113549.1.5.13';
/** With SHA-1 and a key of this many bytes. */
const pkcs12Ciphers: Readonly<
  Record<string, { readonly name: 'des-ede3-cbc' | 'des-ede-cbc' | 'rc2'; readonly keyBytes: number }>
> = {
  '1.2.840.113549.1.12.1.3': { name: 'des-ede3-cbc', keyBytes: 24 },
  '1.2.840.113549.1.12.1.4': { name: 'des-ede-cbc', keyBytes: 16 },
  '1.2.840.113549.1.12.1.5': { name: 'rc2', keyBytes: 16 },
  '1.2.840.113549.1.12.1.6': { name: 'rc2', keyBytes: 5 },
};
const forgotten: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.5.1': 'pbeWithMD2AndDES-CBC',
  '1.2.840.113549.1.5.3': 'pbeWithMD5AndDES-CBC',
  '1.2.840.113549.1.5.6': 'pbeWithMD5AndRC2-CBC',
  '1.2.840.113549.1.5.10': 'pbeWithSHA1AndDES-CBC',
  '1.2.840.113549.1.12.1.1': 'pbeWithSHAAnd128BitRC4',
  '1.2.840.113549.1.12.1.2': 'pbeWithSHAAnd40BitRC4',
};

/**
 * How to decrypt what was encrypted with this AlgorithmIdentifier. Decrypting throws a {DerError} when `work` is spent.
 * @param place - RC2 is for keystores, which other libraries read: OpenSSL 3 needs its legacy provider for it, which clients do not load.
 * @throws {DerError} if it is malformed, too old to be supported, or over a limit
 */
export function decryption(algorithm: DerValue, work: Allowance, place: 'keystore' | 'key file'): Decryption {
  const fields = new Fields(
    expectTag(algorithm, tags.sequence, 'the encryption algorithm'),
    'the encryption algorithm',
  );
  const id = oid(fields.any('the encryption algorithm'), 'the encryption algorithm');
  const parameters = new Fields(fields.take(tags.sequence, 'the encryption parameters'), 'the encryption parameters');
  fields.end();
  if (id === pbes2) return pbes2Decryption(parameters, work);
  const old = pkcs12Ciphers[id];
  const isForgotten = old?.name === 'rc2' && place === 'key file';
  if (old && !isForgotten) return pkcs12Decryption(old, parameters, work);
  const name = isForgotten ? 'RC2' : (forgotten[id] ?? id);
  throw new DerError(`it is encrypted with ${name}, which current TLS libraries do not read; encrypt it again`);
}

function pbes2Decryption(parameters: Fields, work: Allowance): Decryption {
  const derive = keyDerivation(parameters.any('the key derivation'), work);
  const scheme = new Fields(parameters.take(tags.sequence, 'the cipher'), 'the cipher');
  parameters.end();
  const id = oid(scheme.any('the cipher'), 'the cipher');
  const known = ciphers[id];
  if (!known) throw new DerError(`it is encrypted with the cipher ${id}, which is not supported`);
  const iv = scheme.take(tags.octetString, 'the initialisation vector').body;
  scheme.end();
  if (iv.length !== known.ivBytes) throw new DerError('the initialisation vector has the wrong length');
  const decrypt: Decrypt = async (ciphertext, passphrase) => {
    for (const password of octetsOf(passphrase)) {
      const plain = decipher(known.name, await derive(password, known.keyBytes), iv, ciphertext);
      if (plain) return plain;
    }
    return undefined;
  };
  return { decrypt, blockBytes: known.name.endsWith('cbc') ? known.ivBytes : 1 };
}

function pkcs12Decryption(old: (typeof pkcs12Ciphers)[string], parameters: Fields, work: Allowance): Decryption {
  const salt = parameters.take(tags.octetString, 'the salt').body;
  const rounds = roundsOf(parameters.take(tags.integer, 'the iteration count'), limits.pkcs12Rounds);
  parameters.end();
  const decrypt: Decrypt = async (ciphertext, passphrase) => {
    const derive = (purpose: 1 | 2, length: number) =>
      pkcs12Key({ password: bmpOf(passphrase), salt, rounds, purpose, length, hash: 'sha1', work });
    const [key, iv] = [await derive(1, old.keyBytes), await derive(2, 8)];
    if (old.name === 'rc2') {
      const plain = decryptRc2(key, iv, ciphertext);
      return plain && onlyDer(plain);
    }
    // Two-key triple DES is three-key triple DES with the first key as the third.
    const full = old.name === 'des-ede-cbc' ? Buffer.concat([key, key.subarray(0, 8)]) : key;
    return decipher('des-ede3-cbc', full, iv, ciphertext);
  };
  return { decrypt, blockBytes: 8 };
}

/** `undefined` unless the padding is right and the result is one value, because one wrong key in 256 gets the padding right by chance. */
export function decipher(name: string, key: Uint8Array, iv: Uint8Array, ciphertext: Uint8Array): Buffer | undefined {
  try {
    // A key object, because Node finds out by exceptions that octets are not one.
    const decrypting = createDecipheriv(name, createSecretKey(key), iv);
    return onlyDer(Buffer.concat([decrypting.update(ciphertext), decrypting.final()]));
  } catch {
    return undefined;
  }
}

function onlyDer(plain: Buffer): Buffer | undefined {
  try {
    return toDer(plain, 'what was decrypted');
  } catch (error) {
    if (error instanceof DerError) return undefined;
    throw error;
  }
}

/** Tries every encoding of the passphrase. */
export async function decryptAny(
  decrypt: Decrypt,
  ciphertext: Uint8Array,
  passphrase: string,
): Promise<Buffer | undefined> {
  for (const reading of readingsOf(passphrase)) {
    const plain = await decrypt(ciphertext, reading);
    if (plain) return plain;
  }
  return undefined;
}
