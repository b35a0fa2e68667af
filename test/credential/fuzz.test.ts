/**
 * Thousands of damaged inputs, the same ones every time: reading never throws, never takes long, never leaks, and what it cannot use it
 * says. The seed is fixed, so that a failure can be looked at.
 */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Secret } from '../../src/config/secret.ts';
import { readCertificates } from '../../src/credential/certificates.ts';
import { readKeystore } from '../../src/credential/keystore/keystore.ts';
import { PrivateKeyError, readPrivateKey } from '../../src/credential/private-key.ts';
import { codes, read, type Workshop, workshop } from '../support/credential/workshop.ts';
import { certificate, type Made, nhsLikePki } from '../support/pki.ts';
import { inline } from '../support/sources.ts';
import { needs } from '../support/tools.ts';

const passphrase = 'correct horse';
const secret = new Secret(passphrase);
const perInput = 600;

/** Mulberry32: small, fast, and the same on every machine. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A flipped bit, another octet, a cut, a piece twice, a piece gone, or a few of these. */
function damage(input: Buffer, next: () => number): Buffer {
  let bytes = Buffer.from(input);
  const at = () => Math.floor(next() * bytes.length);
  for (let times = 1 + Math.floor(next() * 3); times > 0; times--) {
    const kind = Math.floor(next() * 6);
    const [from, to] = [at(), at()].sort((a, b) => a - b) as [number, number];
    if (kind <= 1) bytes[from] = (bytes[from] ?? 0) ^ (1 << Math.floor(next() * 8));
    else if (kind === 2) bytes[from] = Math.floor(next() * 256);
    else if (kind === 3) bytes = bytes.subarray(0, from);
    else if (kind === 4) bytes = Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)]);
    else bytes = Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
  }
  return Buffer.from(bytes);
}

async function each(input: Buffer, seed: number, count: number, look: (bytes: Buffer) => unknown): Promise<void> {
  const next = random(seed);
  for (let round = 0; round < count; round++) {
    const bytes = damage(input, next);
    await look(bytes);
  }
}

let made: Made;
beforeAll(async () => {
  const names = ['a.example', '127.0.0.1'];
  made = await certificate({
    cn: 'x26abc1.x26.api.mesh-client.nhs.uk',
    isCa: true,
    pathLength: 1,
    keyUsage: ['keyCertSign'],
    names,
    nameConstraints: { permitted: [{ dns: 'nhs.uk' }] },
    extendedKeyUsage: ['1.3.6.1.5.5.7.3.2'],
  });
});

describe('certificates', () => {
  const look = async (bytes: Buffer) => {
    const { entries, problems } = await readCertificates(bytes);
    const unexplained = entries.some((entry) => entry === undefined) || entries.length === 0;
    expect(unexplained && problems.length === 0).toBe(false);
  };
  test('DER', () => each(made.der, 1, 4 * perInput, look));
  test('PEM of a bundle', async () => {
    const { bundlePem } = await nhsLikePki();
    await each(Buffer.from(bundlePem + made.pem), 2, perInput, look);
  });
});

describe('private keys', () => {
  const look = async (bytes: Buffer) => {
    const outcome = await readPrivateKey(bytes, secret).catch((error: unknown) => error);
    if (!(outcome instanceof Error)) return;
    expect(outcome).toBeInstanceOf(PrivateKeyError);
    expect(outcome.message).not.toContain(passphrase);
  };
  test('encrypted PEM', () => each(Buffer.from(made.encryptedKeyPem(passphrase)), 3, perInput, look));
  test('encrypted DER', () => {
    const options = { type: 'pkcs8', format: 'der', cipher: 'aes-256-cbc', passphrase } as const;
    return each(made.keys.privateKey.export(options), 4, 2 * perInput, look);
  });
  test('plain DER', () => each(made.keys.privateKey.export({ type: 'pkcs8', format: 'der' }), 5, 2 * perInput, look));
  test('SEC1 PEM', () =>
    each(Buffer.from(made.keys.privateKey.export({ type: 'sec1', format: 'pem' })), 6, perInput, look));
});

describe.skipIf(!needs('openssl') || !needs('keytool'))('keystores', () => {
  let shop: Workshop;
  beforeAll(() => {
    shop = workshop();
    shop.write('c.pem', made.pem);
    shop.write('k.pem', made.keyPem);
    const source = [
      'pkcs12',
      '-export',
      '-in',
      'c.pem',
      '-inkey',
      'k.pem',
      '-name',
      'mesh',
      '-passout',
      `pass:${passphrase}`,
    ];
    shop.openssl(...source, '-out', 'modern.p12');
    shop.openssl(...source, '-legacy', '-out', 'legacy.p12');
    shop.openssl(...source, '-nomac', '-out', 'nomac.p12');
    shop.keytool(
      '-importkeystore',
      '-srckeystore',
      'modern.p12',
      '-srcstoretype',
      'PKCS12',
      '-srcstorepass',
      passphrase,
      '-destkeystore',
      'mesh.jks',
      '-deststoretype',
      'JKS',
      '-deststorepass',
      passphrase,
      '-noprompt',
    );
  });
  afterAll(() => shop.remove());

  test.each([
    ['modern.p12', 7, perInput],
    ['legacy.p12', 8, perInput],
    ['nomac.p12', 9, perInput],
    ['mesh.jks', 10, perInput],
  ])('%s', async (name, seed, count) => {
    await each(readFileSync(shop.path(name)), seed, count, async (bytes) => {
      const { key, certificate: client, problems } = await readKeystore(bytes, secret);
      expect(problems.length > 0 || (key !== undefined && client !== undefined)).toBe(true);
      for (const { message } of problems) expect(message).not.toContain(passphrase);
    });
  });
});

test('damaged parts together never throw, and an unusable part is always told', async () => {
  const env = { CERT: made.pem, KEY: made.encryptedKeyPem(passphrase), CA: made.pem };
  const next = random(11);
  const text = (value: string) => damage(Buffer.from(value), next).toString('utf8') || ' ';
  for (let round = 0; round < perInput; round++) {
    const [certificate, privateKey, caBundle] = [text(env.CERT), text(env.KEY), text(env.CA)].map(inline);
    const credential = await read({
      certificate: certificate!,
      privateKey: privateKey!,
      caBundle: caBundle!,
      passphrase: inline(passphrase),
    });
    const told = new Set(codes(credential).map((code) => code.split('_')[0]));
    if (!credential.certificate) expect(told).toContain('certificate');
    if (!credential.privateKey) expect(told.has('private') || told.has('passphrase')).toBe(true);
    if (credential.bundle.length === 0) expect(told).toContain('ca');
  }
});
