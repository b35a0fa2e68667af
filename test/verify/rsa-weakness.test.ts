import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { rsaWeakness } from '../../src/verify/rules/rsa-weakness.ts';
import { children, readDer, sequence, tags, tlv } from '../../src/x509/index.ts';

const bits = 2048n;
const octets = (number: bigint) => Buffer.from(number.toString(16).padStart(Number(bits / 4n), '0'), 'hex');

function spkiOf(modulus: bigint, exponent = 65537n): Buffer {
  const e = exponent.toString(16);
  const key = {
    kty: 'RSA',
    n: octets(modulus).toString('base64url'),
    e: Buffer.from(e.padStart(e.length + (e.length % 2), '0'), 'hex').toString('base64url'),
  };
  return createPublicKey({ key, format: 'jwk' }).export({ type: 'spki', format: 'der' });
}

const sound = generateKeyPairSync('rsa', { modulusLength: Number(bits) }).publicKey;
const { n = '' } = sound.export({ format: 'jwk' });
const modulus = BigInt(`0x${Buffer.from(n, 'base64url').toString('hex')}`);

/** Two odd numbers of half the length, so near to each other as those of CVE-2022-26320. */
const half = (1n << (bits / 2n - 1n)) + (1n << (bits / 2n - 2n)) + 12345n;
/** Every remainder of a power of 65537 by the product of small primes is one of their powers again. */
const product = [11n, 13n, 17n, 19n, 37n, 53n, 61n, 71n, 73n, 79n, 97n, 103n, 107n, 109n, 127n, 151n, 157n].reduce(
  (all, prime) => all * prime,
);

/** The first number from there on, in these steps, that no small prime divides. */
function withoutSmallFactor(from: bigint, step: bigint): bigint {
  let number = from;
  while (/divisible/.test(rsaWeakness(spkiOf(number)) ?? '')) number += step;
  return number;
}

describe('an RSA key is weak', () => {
  test.each([
    ['with the exponent 1', spkiOf(modulus, 1n), /exponent is 1:/],
    ['with an even exponent', spkiOf(modulus, 65538n), /exponent is even/],
    ['with an even modulus', spkiOf(modulus - 1n), /divisible by 2$/],
    ['with a modulus that a small prime divides', spkiOf(3n * (modulus / 6n) * 2n + 3n), /divisible by 3$/],
    ['with factors that are close together', spkiOf(withoutNearSmallFactor()), /so close together/],
    [
      'of a library with the ROCA fault',
      spkiOf(withoutSmallFactor((65537n ** 7n % product) + product * ((1n << bits) / product - 1n), product)),
      /ROCA/,
    ],
  ])('%s', (_, spki, said) => {
    expect(rsaWeakness(spki)).toMatch(said);
  });

  test('and not as it is usually made', () => {
    expect(rsaWeakness(sound.export({ type: 'spki', format: 'der' }))).toBeUndefined();
    expect(rsaWeakness(spkiOf(modulus, 3n))).toBeUndefined();
  });
});

describe('a key that OpenSSL reads although it is not strictly DER', () => {
  /** With octets after the two numbers, in the same BIT STRING. */
  const trailing = (spki: Buffer) => {
    const [algorithm, key] = children(readDer(spki, 'a key'), 'a key');
    return Buffer.from(sequence(algorithm!.raw, tlv(tags.bitString, Buffer.concat([key!.body, Buffer.from([0])]))));
  };

  test.each([
    ['sound', modulus, undefined],
    ['weak', modulus - 1n, /divisible by 2$/],
  ])('is judged by the numbers that OpenSSL reads: %s', (_, number, says) => {
    const spki = trailing(spkiOf(number));
    expect(() => createPublicKey({ key: spki, format: 'der', type: 'spki' })).not.toThrow();
    const found = rsaWeakness(spki);
    if (says) expect(found).toMatch(says);
    else expect(found).toBeUndefined();
  });
});

test('factors are near if Fermat’s method finds them in twenty steps', () => {
  const found = { near: 0, far: 0 };
  for (let turn = 0n; turn < 300n; turn += 1n) {
    const middle = half + 1n + 2n * turn;
    const distance = rootOf(2n * half * (turn % 30n)) | 1n;
    const number = middle * middle - distance * distance;
    const root = rootOf(number - 1n) + 1n;
    const said = rsaWeakness(spkiOf(number)) ?? '';
    if (said.includes('divisible')) continue;
    const isNear = middle - root < 20n;
    found[isNear ? 'near' : 'far'] += 1;
    expect(said.includes('close together'), `${middle - root} steps`).toBe(isNear);
  }
  expect(Math.min(found.near, found.far)).toBeGreaterThan(0);
});

/** Rounded down. */
function rootOf(number: bigint): bigint {
  let root = 0n;
  for (let bit = 1n << 1100n; bit > 0n; bit >>= 1n) if ((root + bit) ** 2n <= number) root += bit;
  return root;
}

function withoutNearSmallFactor(): bigint {
  let lower = half;
  while (/divisible/.test(rsaWeakness(spkiOf(lower * (lower + 2n))) ?? '')) lower += 2n;
  return lower * (lower + 2n);
}
