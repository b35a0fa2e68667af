/** The RSA keys that everyone has are told apart without OpenSSL. It says the same of them, and of every other key. */
import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { usualPublicHalf } from '../../src/credential/public-half.ts';
import { keyFacts, publicKeyFacts, publicKeyOf } from '../../src/x509/public-key.ts';
import { usualRsaFacts } from '../../src/x509/rsa-key.ts';
import { random } from '../support/random.ts';

const generate = promisify(generateKeyPair);
const pkcs8 = ({ privateKey }: { privateKey: KeyObject }) => privateKey.export({ type: 'pkcs8', format: 'der' });
const rsa = async (modulusLength: number, publicExponent = 65537) =>
  pkcs8(await generate('rsa', { modulusLength, publicExponent }));
const spkiOf = (key: Buffer) =>
  createPublicKey(createPrivateKey({ key, format: 'der', type: 'pkcs8' })).export({
    type: 'spki',
    format: 'der',
  });
const ofOpenSsl = (spki: Buffer) => {
  const key = publicKeyOf(spki);
  return key && keyFacts(key, spki);
};

const usual = await rsa(2048);

test.each([
  ['2048 bits', usual],
  ['3072 bits', await rsa(3072)],
  ['4096 bits', await rsa(4096)],
])('an RSA key of %s is a usual one', (_, key) => {
  const facts = usualRsaFacts(spkiOf(key));
  expect(facts).toBeDefined();
  expect(facts).toEqual(ofOpenSsl(spkiOf(key)));
  expect(usualPublicHalf(key)).toEqual(facts);
});

describe.each([
  ['the exponent 3', () => rsa(2048, 3)],
  ['1024 bits', () => rsa(1024)],
  ['2056 bits', () => rsa(2056)],
  ['2050 bits', () => rsa(2050)],
  ['a curve', async () => pkcs8(await generate('ec', { namedCurve: 'P-256' }))],
  ['Edwards’ curve', async () => pkcs8(await generate('ed25519'))],
  ['RSA-PSS', async () => pkcs8(await generate('rsa-pss', { modulusLength: 2048 }))],
])('a key with %s', (_, make) => {
  test('is left to OpenSSL', async () => {
    const key = await make();
    expect(usualRsaFacts(spkiOf(key))).toBeUndefined();
    expect(usualPublicHalf(key)).toBeUndefined();
    expect(publicKeyFacts(spkiOf(key))).toEqual(ofOpenSsl(spkiOf(key)));
  });
});

test('of a key with other octets the same is said as by OpenSSL', () => {
  const next = random(21);
  const spki = spkiOf(usual);
  const counts = { usual: 0, others: 0 };
  for (let turn = 0; turn < 2_000; turn += 1) {
    const changed = Buffer.from(spki);
    const at = Math.floor(next() * (turn % 2 ? 40 : 12));
    changed[turn % 4 < 2 ? at : changed.length - 1 - at] = Math.floor(next() * 256);
    const facts = usualRsaFacts(changed);
    counts[facts ? 'usual' : 'others'] += 1;
    if (facts) expect(facts).toEqual(ofOpenSsl(changed));
  }
  expect(Math.min(counts.usual, counts.others)).toBeGreaterThan(200);
});

test('what is not a key is nobody’s', () => {
  for (const octets of [Buffer.alloc(0), Buffer.alloc(294), usual.subarray(0, -1), spkiOf(usual).subarray(1)])
    expect([usualRsaFacts(octets), usualPublicHalf(octets)]).toEqual([undefined, undefined]);
});
