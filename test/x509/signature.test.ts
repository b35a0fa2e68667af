import { expect, test } from 'vitest';
import { parseCertificate } from '../../src/x509/parse.ts';
import { isSignedBy } from '../../src/x509/signature.ts';
import { ca, leaf } from '../support/pki.ts';
import { raw } from './raw.ts';

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
