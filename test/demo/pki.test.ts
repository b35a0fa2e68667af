import 'reflect-metadata';
import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { X509Certificate as Parsed, Pkcs10CertificateRequestGenerator } from '@peculiar/x509';
import { expect, test } from 'vitest';
import { signingKeyOf } from '../../src/demo/keys.ts';
import { minuteMs } from '../../src/time/duration.ts';
import {
  addYears,
  ca,
  certificate,
  date,
  type KeyKind,
  keysFor,
  leaf,
  nhsLikePki,
  oids,
  serverCertificate,
  signRequest,
  writePki,
} from '../support/pki.ts';

test('pki: the client chains to the sub CA and the sub CA to the root, by OpenSSL', async () => {
  const pki = await nhsLikePki();
  const [root, sub, client] = [pki.root, pki.sub, pki.client].map(({ pem }) => new X509Certificate(pem));
  expect(client!.verify(sub!.publicKey)).toBe(true);
  expect(client!.checkIssued(sub!)).toBe(true);
  expect(sub!.checkIssued(root!)).toBe(true);
  expect(client!.verify(root!.publicKey)).toBe(false);
  expect(client!.checkPrivateKey(pki.client.keys.privateKey)).toBe(true);
});

test('pki: a client looks like one that came back from the NHS CA', async () => {
  const { client } = await nhsLikePki();
  const parsed = new Parsed(client.pem);
  expect(parsed.subject).toBe('O=nhs, OU=Devices, CN=x26abc1.x26.api.mesh-client.nhs.uk');
  expect(parsed.notAfter).toEqual(new Date(addYears(parsed.notBefore, 3).getTime() + 30 * minuteMs));
  expect(parsed.getExtension('2.5.29.16')).not.toBeNull();
  expect(new X509Certificate(client.der).keyUsage).toEqual([oids.serverAuth, oids.clientAuth]);
});

test('pki: signing a request takes the key and the CN and adds the organisation', async () => {
  const { sub, client } = await nhsLikePki();
  const keys = await keysFor('rsa-2048', 'request');
  const csr = await Pkcs10CertificateRequestGenerator.create({
    name: 'CN=new.x26.api.mesh-client.nhs.uk',
    keys: {
      privateKey: signingKeyOf(keys, 'SHA-256'),
      publicKey: keys.publicKey.toCryptoKey({ name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }, true, ['verify']),
    } as never,
    signingAlgorithm: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as never,
  });
  const answer = new X509Certificate((await signRequest(sub, csr.toString('pem'), { notBefore: new Date() })).pem);
  expect(answer.subject).toBe('O=nhs\nOU=Devices\nCN=new.x26.api.mesh-client.nhs.uk');
  expect(answer.checkPrivateKey(keys.privateKey)).toBe(true);
  await expect(signRequest(sub, client.pem, { notBefore: new Date() })).rejects.toThrow();
});

test.each<KeyKind>(['rsa-1024', 'rsa-2048', 'ec-p256', 'ec-p384', 'ec-p521', 'ed25519'])(
  'pki: %s keys sign and are signed, and OpenSSL agrees',
  async (kind) => {
    const root = await ca({ cn: 'Root', keys: await keysFor(kind) });
    const client = await leaf({ issuer: root, keys: await keysFor(kind, 'client') });
    expect(new X509Certificate(client.der).verify(root.keys.publicKey)).toBe(true);
    expect(createPrivateKey({ key: client.encryptedKeyPem('£'), passphrase: '£' }).equals(client.keys.privateKey)).toBe(
      true,
    );
  },
);

test('pki: a broken signature does not verify, and only the last octet differs', async () => {
  const root = await ca({ cn: 'Root' });
  const broken = new X509Certificate((await leaf({ issuer: root, breakSignature: true })).der);
  expect(broken.verify(root.keys.publicKey)).toBe(false);
  expect(broken.checkIssued(new X509Certificate(root.der))).toBe(true);
});

test.each(['2049-12-31T23:59:59Z', '2050-01-01T00:00:00Z', '9999-12-31T23:59:59Z'])(
  'pki: notAfter %s is written in the form that its year asks for (RFC 5280 §4.1.2.5)',
  async (notAfter) => {
    const made = await certificate({ notAfter: date(notAfter) });
    const parsed = new X509Certificate(made.der);
    expect(parsed.validToDate).toEqual(date(notAfter));
    const [, tag] = /(17|18)(?:0d|0f)/.exec(
      made.der.subarray(made.der.indexOf(notAfter.slice(2, 4) + notAfter.slice(5, 7)) - 4).toString('hex'),
    )!;
    expect(tag).toBe(notAfter < '2050' ? '17' : '18');
  },
);

test('pki: SHA-1, string types, case of names and serials come out as asked', async () => {
  const root = await ca({ subject: [{ O: [{ utf8String: 'NHS' }] }], hash: 'SHA-1', serial: '00ff', keys: 'ec-p256' });
  const sub = await ca({ issuer: root, issuerName: [{ O: [{ printableString: 'nhs' }] }], cn: 'Sub' });
  expect(new Parsed(root.pem).signatureAlgorithm).toMatchObject({ hash: { name: 'SHA-1' } });
  expect(new X509Certificate(root.der).serialNumber).toBe('FF');
  expect(sub.der.includes(Buffer.from('310c300a060355040a13036e6873', 'hex'))).toBe(true);
  expect(root.der.includes(Buffer.from('310c300a060355040a0c034e4853', 'hex'))).toBe(true);
});

test('pki: a server certificate names localhost and the loopback addresses', async () => {
  const server = new X509Certificate((await serverCertificate({})).der);
  expect(server.checkHost('localhost')).toBe('localhost');
  expect(server.checkIP('127.0.0.1')).toBe('127.0.0.1');
  expect(server.checkIP('::1')).toBe('::1');
  expect(server.checkHost('example.org')).toBeUndefined();
});

test('pki: the files hold the client, its encrypted key and the bundle root first', async () => {
  const pki = await nhsLikePki();
  const files = await writePki(pki);
  try {
    expect(await readFile(files.caBundle, 'utf8')).toBe(pki.root.pem + pki.sub.pem);
    expect(await readFile(files.privateKey, 'utf8')).toContain('BEGIN ENCRYPTED PRIVATE KEY');
    expect((await stat(files.privateKey)).mode & 0o777).toBe(0o600);
    const written = createHash('sha256')
      .update(await readFile(files.certificate))
      .digest('hex');
    expect(written).toBe(createHash('sha256').update(pki.client.pem).digest('hex'));
  } finally {
    await files.remove();
  }
});
