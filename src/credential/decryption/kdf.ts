/** Keys from passphrases. The work is limited, so that a hostile file cannot decide how long we compute. */
import { createHash, pbkdf2, pbkdf2Sync, type ScryptOptions, scrypt, scryptSync } from 'node:crypto';
import { setImmediate as othersFirst } from 'node:timers/promises';
import { promisify } from 'node:util';
import { isMainThread } from 'node:worker_threads';
import { type Allowance, allowance, limits } from '../../limits/index.ts';
import { counted } from '../../text/index.ts';
import {
  children,
  DerError,
  type DerValue,
  expectTag,
  Fields,
  oid,
  overLimit,
  smallInteger,
  tags,
} from '../../x509/index.ts';

/**
 * In a thread of its own the work is done there. The threads that libuv has for all are few, and files and names wait for them too.
 */
const derivePbkdf2 = isMainThread ? promisify(pbkdf2) : pbkdf2Sync;
const deriveScrypt = isMainThread
  ? promisify<Buffer, Uint8Array, number, ScryptOptions, Buffer>(scrypt)
  : (password: Buffer, salt: Uint8Array, length: number, options: ScryptOptions) =>
      scryptSync(password, salt, length, options);

/** Rounds between two pauses: about 20 ms. */
const roundsInARow = 10_000;
/** PKCS#12's own derivation is implemented here, and one of its rounds costs as much as this many of PBKDF2. */
const pkcs12Weight = 8;

/** The rounds that one key file or keystore may cause, with every encoding of its passphrase. */
export const derivationWork = (): Allowance => allowance(limits.derivationRounds);

function spend(work: Allowance, rounds: number): void {
  if (work.spend(rounds)) return;
  throw overLimit(
    `its passphrase takes more than ${counted(limits.derivationRounds)} rounds of key derivation in all, the limit`,
  );
}

export type HashName = 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512';

/** Bytes of one block of derived key. */
export const hashBytes: Readonly<Record<HashName, number>> = {
  sha1: 20,
  sha224: 28,
  sha256: 32,
  sha384: 48,
  sha512: 64,
};

const hmacs: Readonly<Record<string, HashName>> = {
  '1.2.840.113549.2.7': 'sha1',
  '1.2.840.113549.2.8': 'sha224',
  '1.2.840.113549.2.9': 'sha256',
  '1.2.840.113549.2.10': 'sha384',
  '1.2.840.113549.2.11': 'sha512',
};

export function hmacName(algorithm: DerValue): HashName {
  const fields = new Fields(expectTag(algorithm, tags.sequence, 'an HMAC algorithm'), 'an HMAC algorithm');
  const id = oid(fields.any('an HMAC algorithm'), 'an HMAC algorithm');
  fields.optionalNull();
  fields.end();
  const name = hmacs[id];
  if (!name) throw new DerError(`it uses the HMAC ${id}, which is not supported`);
  return name;
}

export type DeriveKey = (password: Buffer, length: number) => Promise<Buffer>;

/** PBKDF2 (RFC 8018 appendix A.2) or scrypt (RFC 7914 §7), from its AlgorithmIdentifier. @throws {DerError} */
export function keyDerivation(algorithm: DerValue, work: Allowance): DeriveKey {
  const fields = new Fields(expectTag(algorithm, tags.sequence, 'the key derivation'), 'the key derivation');
  const id = oid(fields.any('the key derivation'), 'the key derivation');
  const parameters = new Fields(
    fields.take(tags.sequence, 'the parameters of the key derivation'),
    'the key derivation',
  );
  fields.end();
  if (id === '1.2.840.113549.1.5.12') return pbkdf2From(parameters, work);
  if (id === '1.3.6.1.4.1.11591.4.11') return scryptFrom(parameters, work);
  throw new DerError(`it uses the key derivation ${id}, which is not supported`);
}

function pbkdf2From(parameters: Fields, work: Allowance): DeriveKey {
  const salt = parameters.take(tags.octetString, 'the salt').body;
  const rounds = roundsOf(parameters.take(tags.integer, 'the iteration count'));
  const keyLength = parameters.optional(tags.integer);
  const prf = parameters.optional(tags.sequence);
  parameters.end();
  const hash = prf ? hmacName(prf) : 'sha1';
  return async (password, length) => {
    mustSuit(keyLength, length);
    // RFC 8018 §5.2: every block of the key takes all rounds.
    spend(work, rounds * Math.ceil(length / hashBytes[hash]));
    return derivePbkdf2(password, salt, rounds, length, hash);
  };
}

function scryptFrom(parameters: Fields, work: Allowance): DeriveKey {
  const salt = parameters.take(tags.octetString, 'the salt').body;
  const [N = 0, r = 0, p = 0] = ['N', 'r', 'p'].map((name) =>
    smallInteger(parameters.take(tags.integer, `scrypt's ${name}`), `scrypt's ${name}`),
  );
  const sound = N > 1 && Number.isInteger(Math.log2(N)) && r > 0 && p > 0;
  if (!sound) throw new DerError('its scrypt parameters are not valid');
  if (128 * r * (N + p) > limits.scryptBytes || N * r * p > limits.scryptWork)
    throw overLimit(
      `its scrypt parameters (N ${N}, r ${r}, p ${p}) are more than the limit of ${counted(limits.scryptWork)} rounds and ${counted(limits.scryptBytes)} bytes`,
    );
  const keyLength = parameters.optional(tags.integer);
  parameters.end();
  return async (password, length) => {
    mustSuit(keyLength, length);
    spend(work, N * r * p);
    return deriveScrypt(password, salt, length, { N, r, p, maxmem: 2 * limits.scryptBytes });
  };
}

/** The cipher implies the length of its key. OpenSSL refuses a file that states another. */
function mustSuit(keyLength: DerValue | undefined, bytes: number): void {
  if (keyLength && smallInteger(keyLength, 'the length of the key') !== bytes)
    throw new DerError('the length of the key does not suit the cipher');
}

/** @throws {DerError} for zero rounds, or more than the limit. */
export function roundsOf(value: DerValue, most: number = limits.pbkdf2Rounds): number {
  const rounds = smallInteger(value, 'the iteration count');
  if (rounds < 1) throw new DerError('its iteration count is 0');
  if (rounds > most)
    throw overLimit(`its iteration count of ${counted(rounds)} is more than the limit of ${counted(most)}`);
  return rounds;
}

/** RFC 7292 appendix B.2. `purpose`: 1 for a key, 2 for an IV, 3 for a MAC key. */
export async function pkcs12Key(options: {
  password: Buffer;
  salt: Uint8Array;
  rounds: number;
  purpose: 1 | 2 | 3;
  length: number;
  hash: HashName;
  work: Allowance;
}): Promise<Buffer> {
  const { password, salt, rounds, purpose, length, hash, work } = options;
  spend(work, pkcs12Weight * rounds * Math.ceil(length / hashBytes[hash]));
  const block = hash === 'sha384' || hash === 'sha512' ? 128 : 64;
  const filled = (bytes: Uint8Array) => Buffer.alloc(Math.ceil(bytes.length / block) * block, bytes);
  const input = Buffer.concat([filled(salt), filled(password)]);
  const diversifier = Buffer.alloc(block, purpose);
  const parts: Buffer[] = [];
  for (let made = 0; made < length; ) {
    let digest = createHash(hash).update(diversifier).update(input).digest();
    for (let round = 1; round < rounds; round++) {
      if (round % roundsInARow === 0) await othersFirst();
      digest = createHash(hash).update(digest).digest();
    }
    parts.push(digest);
    made += digest.length;
    const addend = Buffer.alloc(block, digest);
    for (let at = 0; at < input.length; at += block) addOne(input.subarray(at, at + block), addend);
  }
  return Buffer.concat(parts).subarray(0, length);
}

/** block := block + addend + 1, modulo its size. */
function addOne(block: Buffer, addend: Buffer): void {
  let carry = 1;
  for (let at = block.length - 1; at >= 0; at--) {
    carry += (block[at] ?? 0) + (addend[at] ?? 0);
    block[at] = carry & 0xff;
    carry >>= 8;
  }
}

/** PBMAC1 (RFC 8018 §7.1, as RFC 9579 uses it): the key derivation and the HMAC from the algorithm's parameters. */
export function pbmac1(parameters: DerValue, work: Allowance): { derive: DeriveKey; length: number; hash: HashName } {
  const [kdf, mac] = children(parameters, 'the PBMAC1 parameters');
  if (!kdf || !mac) throw new DerError('the PBMAC1 parameters are missing');
  const [, settings] = children(kdf, 'the PBMAC1 parameters');
  const integers = settings
    ? children(settings, 'the PBMAC1 parameters').filter(({ tag }) => tag === tags.integer)
    : [];
  const [, length] = integers;
  if (!length) throw new DerError('the PBMAC1 parameters do not state the length of the key');
  const bytes = smallInteger(length, 'the length of the MAC key');
  if (bytes > 1024) throw new DerError('the length of the MAC key is out of bounds');
  return { derive: keyDerivation(kdf, work), length: bytes, hash: hmacName(mac) };
}
