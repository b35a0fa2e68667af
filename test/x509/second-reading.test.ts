/**
 * Our reader of certificates is our own, because refusing with a place is what it is for. Here a second reader, @peculiar/x509 with the
 * WebCrypto of @peculiar/webcrypto, reads the same certificates, and has to say the same.
 */
import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { isIPv6, SocketAddress } from 'node:net';
import { join } from 'node:path';
import { Crypto } from '@peculiar/webcrypto';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
} from '@peculiar/x509';
import { describe, expect, test } from 'vitest';
import type { Certificate } from '../../src/x509/certificate.ts';
import { parseCertificate } from '../../src/x509/parse.ts';
import { isSignedBy } from '../../src/x509/signature.ts';
import { ca, certificate, date, keysFor, leaf, nhsLikePki, oids, serverCertificate } from '../support/pki.ts';

const crypto = new Crypto();
/** RFC 5952 §4. */
const shortest = (address: string) => new SocketAddress({ address, family: 'ipv6' }).address;
const hex = (bytes: ArrayBuffer | Uint8Array) => Buffer.from(bytes as Uint8Array).toString('hex');

/** What both readers can say, in the same words. */
function ours(read: Certificate) {
  const { basicConstraints, keyUsage, extendedKeyUsage } = read;
  return {
    fingerprint: read.fingerprintSha256,
    serial: read.serial.toLowerCase(),
    subject: String(read.subject.text),
    issuer: String(read.issuer.text),
    commonName: read.subject.commonName?.raw(),
    notBefore: read.notBefore,
    notAfter: read.notAfter,
    spki: hex(read.publicKey.spki),
    key:
      read.publicKey.curve ??
      (read.publicKey.algorithm === 'RSA' ? `RSA ${read.publicKey.bits}` : read.publicKey.algorithm),
    signature: read.signatureAlgorithm,
    extensions: read.extensionOids,
    basicConstraints: basicConstraints && {
      critical: basicConstraints.critical,
      ca: basicConstraints.ca,
      pathLength: basicConstraints.pathLength,
    },
    keyUsage: keyUsage && { critical: keyUsage.critical, usages: [...keyUsage.usages].map(String).sort() },
    extendedKeyUsage: extendedKeyUsage && [...extendedKeyUsage.purposes].sort(),
    subjectKeyIdentifier: read.subjectKeyIdentifier,
    authorityKeyIdentifier: read.authorityKeyIdentifier,
    alternativeNames: read.alternativeNames.map(({ value }) =>
      isIPv6(value.raw()) ? shortest(value.raw()) : value.raw(),
    ),
  };
}

const curves: Readonly<Record<string, string>> = { 'P-256': 'prime256v1', 'P-384': 'secp384r1', 'P-521': 'secp521r1' };

async function theirs(der: Uint8Array): Promise<ReturnType<typeof ours>> {
  const read = new X509Certificate(new Uint8Array(der));
  const basic = read.getExtension(BasicConstraintsExtension);
  const usage = read.getExtension(KeyUsagesExtension);
  return {
    fingerprint: hex(await read.getThumbprint('SHA-256', crypto as never)),
    serial: read.serialNumber,
    subject: read.subject,
    issuer: read.issuer,
    commonName: read.subjectName.getField('CN').at(-1),
    notBefore: read.notBefore,
    notAfter: read.notAfter,
    spki: hex(read.publicKey.rawData),
    key: keyOf(read.publicKey.algorithm as KeyAlgorithm),
    signature: signatureOf(read.signatureAlgorithm as SignatureAlgorithm),
    extensions: read.extensions.map(({ type }) => type),
    basicConstraints: basic ? { critical: basic.critical, ca: basic.ca, pathLength: basic.pathLength } : undefined,
    keyUsage: usage ? { critical: usage.critical, usages: flagsOf(usage.usages) } : undefined,
    extendedKeyUsage: read.getExtension(ExtendedKeyUsageExtension)?.usages.map(String).sort(),
    subjectKeyIdentifier: read.getExtension(SubjectKeyIdentifierExtension)?.keyId,
    authorityKeyIdentifier: read.getExtension(AuthorityKeyIdentifierExtension)?.keyId,
    alternativeNames: read.getExtension(SubjectAlternativeNameExtension)?.names.items.map(({ value }) => value) ?? [],
  };
}

interface KeyAlgorithm {
  readonly name: string;
  readonly modulusLength?: number;
  readonly namedCurve?: string;
}

function keyOf({ name, modulusLength, namedCurve }: KeyAlgorithm): string {
  if (modulusLength !== undefined) return `RSA ${modulusLength}`;
  return curves[namedCurve ?? ''] ?? name;
}

interface SignatureAlgorithm {
  readonly name: string;
  readonly hash?: { readonly name: string };
}

function signatureOf({ name, hash }: SignatureAlgorithm): string {
  const digest = hash?.name.replace('-', '') ?? '';
  if (name === 'ECDSA') return `ecdsa-with-${digest}`;
  return hash ? `${digest.toLowerCase()}WithRSAEncryption` : name.toUpperCase();
}

const flagsOf = (flags: number) =>
  Object.entries(KeyUsageFlags)
    .filter(([, flag]) => typeof flag === 'number' && (flags & flag) !== 0)
    .map(([name]) => name)
    .sort();

const expectTheSame = async (der: Uint8Array) => expect(ours(parseCertificate(der))).toEqual(await theirs(der));

async function expectTheSameVerdict(child: Uint8Array, issuer: Uint8Array, signed: boolean): Promise<void> {
  const { publicKey } = new X509Certificate(new Uint8Array(issuer));
  const options = { publicKey, signatureOnly: true };
  const verdict = await new X509Certificate(new Uint8Array(child)).verify(options, crypto as never);
  expect([isSignedBy(parseCertificate(child), parseCertificate(issuer)), verdict]).toEqual([signed, signed]);
}

describe('a second reader says the same of', () => {
  test('the PKI in the shape of the NHS one, signatures included', async () => {
    const { root, sub, client } = await nhsLikePki();
    for (const { der } of [root, sub, client]) await expectTheSame(der);
    await expectTheSameVerdict(client.der, sub.der, true);
    await expectTheSameVerdict(sub.der, root.der, true);
    await expectTheSameVerdict(client.der, root.der, false);
  });

  test.each(['rsa-1024', 'rsa-2048', 'rsa-3072', 'ec-p256', 'ec-p384', 'ec-p521', 'ed25519'] as const)(
    'a certificate with the key %s, and its signature',
    async (kind) => {
      const keys = await keysFor(kind);
      const root = await ca({ cn: 'Root', keys });
      const { der } = await leaf({ issuer: root, keys });
      await expectTheSame(der);
      await expectTheSameVerdict(der, root.der, true);
      const broken = await leaf({ issuer: root, keys, breakSignature: true });
      await expectTheSameVerdict(broken.der, root.der, false);
    },
  );

  test.each(['SHA-1', 'SHA-256', 'SHA-384', 'SHA-512'] as const)('a signature with %s', async (hash) => {
    for (const kind of ['rsa-2048', 'ec-p256'] as const)
      await expectTheSame((await leaf({ keys: await keysFor(kind), hash })).der);
  });

  const made = {
    'a path length of none': () => ca({ cn: 'Root' }),
    'a path length of 0': () => ca({ cn: 'Sub', pathLength: 0 }),
    'a path length of 3': () => ca({ cn: 'Sub', pathLength: 3 }),
    'cA false': () => certificate({ isCa: false }),
    'no extension but its key identifier': () => certificate({ authorityKeyIdentifier: null }),
    'no extension': () => certificate({ subjectKeyIdentifier: null, authorityKeyIdentifier: null }),
    'every key usage': () =>
      certificate({
        keyUsage: [
          'digitalSignature',
          'nonRepudiation',
          'keyEncipherment',
          'dataEncipherment',
          'keyAgreement',
          'keyCertSign',
          'cRLSign',
          'encipherOnly',
          'decipherOnly',
        ],
      }),
    'four extended key usages': () =>
      certificate({
        extendedKeyUsage: [oids.clientAuth, oids.serverAuth, oids.anyExtendedKeyUsage, oids.nobodyKnows],
      }),
    'alternative names': () => serverCertificate({ names: ['localhost', '*.example.org', '127.0.0.1', '::1'] }),
    'name constraints': () =>
      ca({
        nameConstraints: { permitted: [{ dns: 'nhs.uk' }], excluded: [{ email: 'example.org' }] },
      }),
    'an extension that nobody knows': () => certificate({ unknownCritical: [oids.nobodyKnows] }),
    'a serial that begins with a zero octet': () => certificate({ serial: '00ff01' }),
    'a short serial': () => certificate({ serial: '07' }),
    'every kind of string in its name': () =>
      certificate({
        subject: [
          { C: [{ printableString: 'GB' }] },
          { O: [{ utf8String: 'Größe & Söhne' }] },
          { OU: [{ bmpString: 'Geräte' }] },
          { CN: [{ printableString: 'x26abc1.x26.api.mesh-client.nhs.uk' }] },
        ],
      }),
    'several values in one RDN': () => certificate({ subject: [{ O: ['nhs'] }, { CN: ['a'], OU: ['b'] }] }),
    'dates beyond 2049': () =>
      certificate({
        notBefore: date('2049-12-31T23:59:59Z'),
        notAfter: date('2050-01-01T00:00:00Z'),
      }),
    'the date that means no end': () => certificate({ notAfter: date('9999-12-31T23:59:59Z') }),
  };

  test.each(Object.entries(made))('a certificate with %s', async (_, make) => {
    await expectTheSame((await make()).der);
  });

  const folder = join(import.meta.dirname, '..', 'verify', 'nhs-pki');
  const published = (file: string) =>
    [...readFileSync(join(folder, file), 'utf8').matchAll(/BEGIN CERTIFICATE-----([^-]+)/g)].map(([, base64]) =>
      Buffer.from(base64 ?? '', 'base64'),
    );

  test.each(['client-int.pem', 'ca-bundle-int.pem', 'ca-bundle-dep.pem', 'ca-bundle-live.pem'])(
    'the certificates of the NHS: %s',
    async (file) => {
      expect(published(file).length).toBeGreaterThan(0);
      for (const der of published(file)) await expectTheSame(der);
    },
  );

  test('who signed which certificate of the NHS', async () => {
    const all = ['client-int.pem', 'ca-bundle-int.pem', 'ca-bundle-live.pem'].flatMap(published);
    for (const child of all) {
      for (const issuer of all) {
        const signed = isSignedBy(parseCertificate(child), parseCertificate(issuer));
        await expectTheSameVerdict(child, issuer, signed);
      }
    }
  });
});
