/** A key whose numbers were damaged is read by OpenSSL as readily as a sound one, and fails in the first handshake. */
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { rehearse } from '../../src/rehearsal/rehearsal.ts';
import { toPem } from '../../src/x509/pem.ts';
import { read, type Workshop, workshop } from '../support/credential/workshop.ts';
import { nhsLikePki } from '../support/pki.ts';
import { file, inline } from '../support/sources.ts';

let shop: Workshop;
beforeEach(() => {
  shop = workshop();
});
afterEach(() => shop.remove());

/** One bit of each of these numbers, which the private half alone uses. */
function damagedRsa(pem: string, numbers: readonly string[]): Buffer {
  const jwk = { ...createPrivateKey(pem).export({ format: 'jwk' }) } as Record<string, string>;
  for (const number of numbers) {
    const octets = Buffer.from(jwk[number] ?? '', 'base64url');
    octets[octets.length >> 1]! ^= 0x10;
    jwk[number] = octets.toString('base64url');
  }
  return createPrivateKey({ key: jwk, format: 'jwk' }).export({ type: 'pkcs8', format: 'der' });
}

/** The scalar of an EC key: its public point stands beside it, so nobody who reads the key has to compute with it. */
function damagedEc(): Buffer {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const scalar = Buffer.from(privateKey.export({ format: 'jwk' }).d ?? '', 'base64url');
  const der = privateKey.export({ type: 'pkcs8', format: 'der' });
  der[der.indexOf(scalar) + 20]! ^= 0x10;
  return der;
}

test.each([
  ['RSA, exponent and a prime', async () => damagedRsa((await nhsLikePki()).client.keyPem, ['d', 'p'])],
  ['RSA, exponent and a CRT exponent', async () => damagedRsa((await nhsLikePki()).client.keyPem, ['d', 'dp'])],
  ['EC, the scalar', async () => damagedEc()],
])('a damaged key (%s) is malformed, though OpenSSL reads it', async (_what, make) => {
  const der = await make();
  expect(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }).type).toBe('private');
  shop.write('key.pem', toPem(der, 'PRIVATE KEY'));
  const credential = await read({ privateKey: file(shop.path('key.pem')) });
  expect(credential.privateKey).toBeUndefined();
  expect(credential.problems).toMatchObject([
    { code: 'private_key_malformed', severity: 'critical', message: expect.stringContaining('damaged') },
  ]);
});

test('a sound key of each kind works', async () => {
  const pairs = [
    generateKeyPairSync('rsa', { modulusLength: 2048 }),
    generateKeyPairSync('rsa-pss', { modulusLength: 2048, hashAlgorithm: 'sha512', mgf1HashAlgorithm: 'sha512' }),
    generateKeyPairSync('ec', { namedCurve: 'P-384' }),
    generateKeyPairSync('ed25519'),
    generateKeyPairSync('ed448'),
    generateKeyPairSync('x25519'),
  ];
  for (const { privateKey } of pairs) {
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    expect((await read({ privateKey: inline(pem) })).privateKey).toBeDefined();
  }
});

test('an error on the client’s side ends the rehearsal at once, with its reason', async () => {
  const pki = await nhsLikePki();
  const credential = await read({
    certificate: inline(pki.client.pem),
    privateKey: inline(pki.client.keyPem),
    caBundle: inline(pki.bundlePem),
  });
  const { privateKey } = credential;
  // A client that the server’s protocol version does not suit fails by itself.
  const stubborn = {
    publicKey: privateKey!.publicKey,
    encrypted: false,
    signingKey: () => privateKey!.signingKey(),
    secureContext: (options: Parameters<NonNullable<typeof privateKey>['secureContext']>[0]) => {
      const context = privateKey!.secureContext({ ...options, maxVersion: 'TLSv1.2' });
      (context.context as unknown as { setCiphers(list: string): void }).setCiphers('PSK-AES128-GCM-SHA256');
      return context;
    },
  };
  const startedAt = performance.now();
  expect(await rehearse({ ...credential, privateKey: stubborn })).toMatchObject({ accepted: false });
  expect(performance.now() - startedAt).toBeLessThan(9_000);
});
