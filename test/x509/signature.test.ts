import { createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { expect, test, vi } from 'vitest';
import { sequence, tlv } from '../../src/demo/der.ts';
import { spkiOf } from '../../src/demo/keys.ts';
import { parseCertificate } from '../../src/x509/parse.ts';
import { isSignedBy } from '../../src/x509/signature.ts';
import { ca, leaf } from '../support/pki.ts';
import { raw } from '../support/x509/raw.ts';

const rsaSha256 = sequence(tlv(0x06, Buffer.from('2a864886f70d01010b', 'hex')), tlv(0x05));

test.each(['rsa-2048', 'ec-p256', 'ec-p384', 'ed25519'] as const)(
  'an issuer signed what it signed: %s',
  async (keys) => {
    const issuer = await ca({ cn: 'Issuer', keys });
    const stranger = await ca({ cn: 'Issuer', keys });
    const client = parseCertificate((await leaf({ issuer })).der);
    expect(isSignedBy(client, parseCertificate(issuer.der))).toBe(true);
    expect(isSignedBy(client, parseCertificate(stranger.der))).toBe(false);
    expect(isSignedBy(parseCertificate(issuer.der), parseCertificate(issuer.der))).toBe(true);
  },
);

test('one bit of the signature turned over is enough', async () => {
  const issuer = await ca({ cn: 'Issuer' });
  const broken = parseCertificate((await leaf({ issuer, breakSignature: true })).der);
  expect(isSignedBy(broken, parseCertificate(issuer.der))).toBe(false);
});

test('names do not matter to a signature', async () => {
  const issuer = await ca({ cn: 'Issuer' });
  const client = parseCertificate((await leaf({ issuer, issuerName: [{ CN: ['Somebody else'] }] })).der);
  expect(isSignedBy(client, parseCertificate(issuer.der))).toBe(true);
});

test('nonsense in place of a signature is just not signed', async () => {
  const issuer = parseCertificate((await ca({ cn: 'Issuer' })).der);
  expect(isSignedBy(parseCertificate(raw()), issuer)).toBe(false);
});

test('a key whose public exponent is as long as its modulus is not computed with', async () => {
  const { n } = generateKeyPairSync('rsa', { modulusLength: 3072 }).publicKey.export({ format: 'jwk' });
  const long = createPublicKey({
    key: { kty: 'RSA', n: n!, e: Buffer.alloc(383, 0xff).toString('base64url') },
    format: 'jwk',
  });
  const issuer = parseCertificate(raw({ spki: spkiOf(long) }));
  const signature = tlv(0x03, Buffer.from([0]), Buffer.alloc(384, 1));
  const verify = vi.spyOn(X509Certificate.prototype, 'verify');
  expect(isSignedBy(parseCertificate(raw({ algorithm: rsaSha256, signature })), issuer)).toBe(false);
  expect(verify).not.toHaveBeenCalled();
  verify.mockRestore();
});
