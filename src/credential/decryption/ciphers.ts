/** Password-based encryption of keys and keystores: PBES2 (RFC 8018 §6.2) and the PKCS#12 schemes (RFC 7292 appendix C). */
import { createDecipheriv } from 'node:crypto';
import { DerError, type DerValue, expectTag, Fields, oid, tags } from '../../x509/index.ts';
import { toDer } from './ber.ts';
import { keyDerivation, mostPkcs12Rounds, pkcs12Key, roundsOf } from './kdf.ts';
import { bmpOf, octetsOf, readingsOf } from './password.ts';

/** `undefined` when the key does not fit. */
export type Decrypt = (ciphertext: Uint8Array, passphrase: string) => Promise<Buffer | undefined>;

const ciphers: Readonly<
  Record<string, { readonly name: string; readonly keyBytes: number; readonly ivBytes: number }>
> = {
  '2.16.840.1.101.3.4.1.2': { name: 'aes-128-cbc', keyBytes: 16, ivBytes: 16 },
  '2.16.840.1.101.3.4.1.22': { name: 'aes-192-cbc', keyBytes: 24, ivBytes: 16 },
  '2.16.840.1.101.3.4.1.42': { name: 'aes-256-cbc', keyBytes: 32, ivBytes: 16 },
  '1.2.840.113549.3.7': { name: 'des-ede3-cbc', keyBytes: 24, ivBytes: 8 },
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

/** How to decrypt what this AlgorithmIdentifier encrypted. @throws {DerError} when it is malformed or too old to be read. */
export function decryption(algorithm: DerValue): Decrypt {
  const fields = new Fields(
    expectTag(algorithm, tags.sequence, 'the encryption algorithm'),
    'the encryption algorithm',
  );
  const id = oid(fields.any('the encryption algorithm'), 'the encryption algorithm');
  const parameters = new Fields(fields.take(tags.sequence, 'the encryption parameters'), 'the encryption parameters');
  if (id === pbes2) return pbes2Decryption(parameters);
  const cipher = pkcs12Ciphers[id];
  if (cipher) return pkcs12Decryption(cipher, parameters);
  throw new DerError(
    `it is encrypted with ${forgotten[id] ?? id}, which current TLS libraries do not read; encrypt it again`,
  );
}

function pbes2Decryption(parameters: Fields): Decrypt {
  const derive = keyDerivation(parameters.any('the key derivation'));
  const scheme = new Fields(parameters.take(tags.sequence, 'the cipher'), 'the cipher');
  const id = oid(scheme.any('the cipher'), 'the cipher');
  const cipher = ciphers[id];
  if (!cipher) throw new DerError(`it is encrypted with the cipher ${id}, which this program does not know`);
  const iv = scheme.take(tags.octetString, 'the initialisation vector').body;
  if (iv.length !== cipher.ivBytes) throw new DerError('the initialisation vector has the wrong length');
  return async (ciphertext, passphrase) => {
    for (const password of octetsOf(passphrase)) {
      const plain = decipher(cipher.name, await derive(password, cipher.keyBytes), iv, ciphertext);
      if (plain) return plain;
    }
    return undefined;
  };
}

function pkcs12Decryption(cipher: (typeof pkcs12Ciphers)[string], parameters: Fields): Decrypt {
  const salt = parameters.take(tags.octetString, 'the salt').body;
  const rounds = roundsOf(parameters.take(tags.integer, 'the iteration count'), mostPkcs12Rounds);
  return async (ciphertext, passphrase) => {
    const derive = (purpose: 1 | 2, length: number) =>
      pkcs12Key({ password: bmpOf(passphrase), salt, rounds, purpose, length, hash: 'sha1' });
    const [key, iv] = [await derive(1, cipher.keyBytes), await derive(2, 8)];
    if (cipher.name === 'rc2') return decipherRc2(key, iv, ciphertext);
    // Two-key triple DES is three-key triple DES whose third key is the first.
    const full = cipher.name === 'des-ede-cbc' ? Buffer.concat([key, key.subarray(0, 8)]) : key;
    return decipher('des-ede3-cbc', full, iv, ciphertext);
  };
}

/** `undefined` unless the padding is right and one value comes out: one wrong key in 256 gets the padding right by chance. */
export function decipher(name: string, key: Uint8Array, iv: Uint8Array, ciphertext: Uint8Array): Buffer | undefined {
  try {
    const cipher = createDecipheriv(name, key, iv);
    return onlyDer(Buffer.concat([cipher.update(ciphertext), cipher.final()]));
  } catch {
    return undefined;
  }
}

/** RC2 left OpenSSL's default provider with version 3; keystores from before still have it around their certificates. */
async function decipherRc2(key: Buffer, iv: Buffer, ciphertext: Uint8Array): Promise<Buffer | undefined> {
  if (ciphertext.length === 0 || ciphertext.length % 8 !== 0) return undefined;
  const { default: forge } = await import('node-forge');
  const cipher = forge.rc2.createDecryptionCipher(key.toString('latin1'), key.length * 8);
  cipher.start(iv.toString('latin1'));
  cipher.update(forge.util.createBuffer(Buffer.from(ciphertext).toString('latin1')));
  if (!cipher.finish()) return undefined;
  return onlyDer(Buffer.from(cipher.output.getBytes(), 'latin1'));
}

function onlyDer(plain: Buffer): Buffer | undefined {
  try {
    return toDer(plain, 'what was decrypted');
  } catch (error) {
    if (error instanceof DerError) return undefined;
    throw error;
  }
}

/** Tries every reading of the passphrase. */
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
