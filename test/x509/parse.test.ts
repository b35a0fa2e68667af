import 'reflect-metadata';
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { Extension } from '@peculiar/x509';
import { expect, test } from 'vitest';
import { sequence, tlv } from '../../src/demo/der.ts';
import { spkiOf } from '../../src/demo/keys.ts';
import { Untrusted } from '../../src/text/index.ts';
import { MalformedCertificateError } from '../../src/x509/certificate.ts';
import { parseCertificate } from '../../src/x509/parse.ts';
import {
  anyPolicy,
  certificatePolicies,
  generalName,
  inhibitAnyPolicy,
  nameConstraints,
  oid,
  policyConstraints,
  policyMappings,
  principalName,
  smtpUtf8Mailbox,
} from '../support/extensions.ts';
import { ca, certificate, date, nhsLikePki, oids } from '../support/pki.ts';
import { cn, ecdsaSha256, extension, generalizedTime, name, raw, rdn, utcTime } from '../support/x509/raw.ts';

const hexBytes = (hex: string) => Buffer.from(hex, 'hex');
const refusal = (der: Uint8Array): string => {
  try {
    parseCertificate(der);
  } catch (error) {
    expect(error).toBeInstanceOf(MalformedCertificateError);
    return (error as Error).message;
  }
  throw new Error('it was accepted');
};

test('every field agrees with what OpenSSL reads', async () => {
  const { client } = await nhsLikePki();
  const ours = parseCertificate(client.der);
  const theirs = new X509Certificate(client.der);
  expect(ours.serial).toBe(theirs.serialNumber);
  expect(ours.fingerprintSha256).toBe(theirs.fingerprint256.replaceAll(':', '').toLowerCase());
  expect(ours.subject.text).toBe(theirs.subject.split('\n').join(', '));
  expect(ours.issuer.text).toBe(theirs.issuer.split('\n').join(', '));
  expect(ours.notBefore).toEqual(theirs.validFromDate);
  expect(ours.notAfter).toEqual(theirs.validToDate);
  expect(Buffer.from(ours.publicKey.spki)).toEqual(theirs.publicKey.export({ type: 'spki', format: 'der' }));
  expect(ours.publicKey).toMatchObject({ algorithm: 'RSA', bits: 2048 });
  expect(ours.signatureAlgorithm).toBe('sha256WithRSAEncryption');
  expect(ours).toMatchObject({ version: 3, selfIssued: false, basicConstraints: { ca: false } });
});

test('extensions are read with their criticality', async () => {
  const der = (
    await ca({
      cn: 'Sub',
      pathLength: 1,
      extendedKeyUsage: [oids.clientAuth],
      subjectKeyIdentifier: 'aabb',
      authorityKeyIdentifier: 'ccdd',
      names: ['a.example', '127.0.0.1', '::1'],
      nameConstraints: {
        permitted: [{ dns: 'nhs.uk' }],
        excluded: [{ ip: [10, 0, 0, 0, 255, 0, 0, 0] }, { email: 'x@y' }],
      },
      unknownCritical: [oids.nobodyKnows],
    })
  ).der;
  const parsed = parseCertificate(der);
  expect(parsed.basicConstraints).toEqual({ critical: true, ca: true, pathLength: 1 });
  expect(parsed.keyUsage).toEqual({ critical: true, usages: new Set(['keyCertSign', 'cRLSign']) });
  expect(parsed.extendedKeyUsage).toEqual({ critical: false, purposes: new Set([oids.clientAuth]) });
  expect([parsed.subjectKeyIdentifier, parsed.authorityKeyIdentifier]).toEqual(['aabb', 'ccdd']);
  expect(parsed.alternativeNames).toEqual([
    { kind: 'dns', value: new Untrusted('a.example') },
    { kind: 'ip', value: new Untrusted('127.0.0.1') },
    { kind: 'ip', value: new Untrusted('0:0:0:0:0:0:0:1') },
  ]);
  expect(parsed.nameConstraints).toEqual({
    critical: true,
    permitted: [{ kind: 'dns', value: new Untrusted('nhs.uk') }],
    excluded: [
      { kind: 'ip', address: new Uint8Array([10, 0, 0, 0]), mask: new Uint8Array([255, 0, 0, 0]) },
      { kind: 'email', value: new Untrusted('x@y') },
    ],
  });
  expect(parsed.unhandledCriticalExtensions).toEqual([oids.nobodyKnows]);
});

test('what is processed may be critical, except the key identifiers (RFC 5280 §4.2.1.1, §4.2.1.2)', async () => {
  const policy = '1.3.6.1.4.1.99999.1.1';
  const { der } = await ca({
    subjectKeyIdentifier: null,
    authorityKeyIdentifier: null,
    extensions: [
      new Extension('2.5.29.31', true, new Uint8Array(sequence())),
      certificatePolicies([policy, anyPolicy], true),
      policyMappings([policy, '1.2.3']),
      policyConstraints({ requireExplicitPolicy: 0, inhibitPolicyMapping: 1 }),
      inhibitAnyPolicy(2),
      new Extension('2.5.29.14', true, tlv(0x04, Buffer.from([1]))),
      new Extension('2.5.29.35', true, sequence()),
    ],
  });
  expect(parseCertificate(der)).toMatchObject({
    unhandledCriticalExtensions: ['2.5.29.14', '2.5.29.35'],
    certificatePolicies: [policy, anyPolicy],
    policyMappings: [{ issuerDomainPolicy: policy, subjectDomainPolicy: '1.2.3' }],
    policyConstraints: { requireExplicitPolicy: 0, inhibitPolicyMapping: 1 },
    inhibitAnyPolicy: 2,
  });
});

test('the private key usage period is shown and is not the expiry', () => {
  const times = [tlv(0x80, Buffer.from('20250101000000Z')), tlv(0x81, Buffer.from('20260101000000Z'))];
  const period = extension('551d10', sequence(...times));
  expect(parseCertificate(raw({ extensions: [period], notAfter: utcTime('270101000000Z') }))).toMatchObject({
    privateKeyUsagePeriod: { notBefore: date('2025-01-01'), notAfter: date('2026-01-01') },
    notAfter: date('2027-01-01'),
    unhandledCriticalExtensions: [],
  });
});

test('a private key usage period that does not parse is only not shown', () => {
  const odd = parseCertificate(raw({ extensions: [extension('551d10', Buffer.from('nonsense'))] }));
  expect(odd.privateKeyUsagePeriod).toBeUndefined();
});

test.each([
  ['UTCTime 49 is 2049', utcTime('491231235959Z'), '2049-12-31T23:59:59.000Z'],
  ['UTCTime 50 is 1950', utcTime('500101000000Z'), '1950-01-01T00:00:00.000Z'],
  ['GeneralizedTime 2050', generalizedTime('20500101000000Z'), '2050-01-01T00:00:00.000Z'],
  ['no expiry at all, 9999', generalizedTime('99991231235959Z'), '9999-12-31T23:59:59.000Z'],
  ['the year 50 itself', generalizedTime('00500101000000Z'), '0050-01-01T00:00:00.000Z'],
  ['a leap day', generalizedTime('20240229120000Z'), '2024-02-29T12:00:00.000Z'],
])('time: %s (RFC 5280 §4.1.2.5)', (_, notAfter, iso) => {
  expect(parseCertificate(raw({ notAfter })).notAfter.toISOString()).toBe(iso);
});

test.each([
  ['without seconds', utcTime('2001010000Z')],
  ['with an offset', utcTime('200101000000+0100')],
  ['with a fraction', generalizedTime('20500101000000.5Z')],
  ['in February 30', utcTime('200230000000Z')],
  ['in month 13', utcTime('201301000000Z')],
  ['at 24:00', utcTime('200101240000Z')],
  ['at second 60', utcTime('200101000060Z')],
  ['that is text', tlv(0x0c, Buffer.from('20500101000000Z'))],
])('time: refuses one %s', (_, notAfter) => {
  expect(refusal(raw({ notAfter }))).toContain('notAfter is');
});

test.each([
  ['one octet', '01', '01'],
  ['zero', '00', '00'],
  ['a sign octet in front', '0080', '80'],
  ['20 octets', '7f'.repeat(20), '7F'.repeat(20)],
  ['20 octets and a sign octet', `00${'8f'.repeat(20)}`, '8F'.repeat(20)],
  ['30 octets, too many and shown cut', '7f'.repeat(30), `${'7F'.repeat(20)}…`],
  ['30 octets of a negative one', `80${'ff'.repeat(29)}`, `80${'FF'.repeat(19)}…`],
  ['a negative one', 'ff', '-01'],
  ['a long negative one', '8000', '-8000'],
])('serial: %s (RFC 5280 §4.1.2.2)', (_, octets, expected) => {
  const der = raw({ serial: hexBytes(octets) });
  expect(parseCertificate(der).serial).toBe(expected);
});

test('a version 1 certificate has no extensions', () => {
  expect(parseCertificate(raw({ version: null }))).toMatchObject({
    version: 1,
    extensionOids: [],
    alternativeNames: [],
  });
});

test('a key that nobody knows leaves the rest of the certificate readable', () => {
  const spki = sequence(sequence(tlv(0x06, hexBytes('2a030405'))), tlv(0x03, hexBytes('00ff')));
  expect(parseCertificate(raw({ spki }))).toMatchObject({
    publicKey: { algorithm: 'unknown', bits: 0 },
    subject: { commonName: new Untrusted('subject') },
  });
});

test.each([
  ['ec-p256', 'EC', 256, 'prime256v1', 'ecdsa-with-SHA256'],
  ['ec-p384', 'EC', 384, 'secp384r1', 'ecdsa-with-SHA256'],
  ['ec-p521', 'EC', 521, 'secp521r1', 'ecdsa-with-SHA256'],
  ['ed25519', 'Ed25519', 256, undefined, 'ED25519'],
  ['rsa-1024', 'RSA', 1024, undefined, 'sha256WithRSAEncryption'],
] as const)('key: %s', async (keys, algorithm, bits, curve, signatureAlgorithm) => {
  const parsed = parseCertificate((await certificate({ keys })).der);
  expect(parsed.publicKey).toMatchObject({ algorithm, bits });
  expect(parsed.publicKey.curve).toBe(curve);
  expect(parsed.signatureAlgorithm).toBe(signatureAlgorithm);
});

test('RSASSA-PSS is named with its hash, SHA-1 where it names none (RFC 4055 §3.1)', () => {
  const pss = (parameters: Buffer) =>
    raw({ algorithm: sequence(tlv(0x06, hexBytes('2a864886f70d01010a')), parameters) });
  const sha256 = sequence(tlv(0xa0, sequence(tlv(0x06, hexBytes('608648016503040201')))));
  expect(parseCertificate(pss(sha256)).signatureAlgorithm).toBe('rsassaPss-sha256');
  expect(parseCertificate(pss(sequence())).signatureAlgorithm).toBe('rsassaPss-sha1');
});

test('an algorithm without a name keeps its OID', () => {
  const algorithm = sequence(tlv(0x06, hexBytes('2a030405')));
  expect(parseCertificate(raw({ algorithm })).signatureAlgorithm).toBe('1.2.3.4.5');
});

test.each([
  ['one byte', (der: Buffer) => Buffer.concat([der, Buffer.from([0])]), '1 byte too many after the certificate'],
  ['a second certificate', (der: Buffer) => Buffer.concat([der, der]), 'bytes too many after the certificate'],
  ['nothing', () => Buffer.alloc(0), 'the certificate is cut short'],
  ['half of itself', (der: Buffer) => der.subarray(0, der.length >> 1), 'the certificate is cut short'],
  ['text', () => Buffer.from('hello'), 'is cut short'],
])('refuses %s where one certificate belongs', (_, bend, message) => {
  expect(refusal(bend(raw()))).toContain(message);
});

test('refuses BER that is not DER: indefinite and padded lengths (X.690 §10.1)', () => {
  const der = raw();
  expect(refusal(Buffer.concat([hexBytes('3080'), der.subarray(4), hexBytes('0000')]))).toContain('indefinite length');
  expect(refusal(Buffer.concat([hexBytes('308300'), der.subarray(2)]))).toContain('not minimal');
});

test('refuses an extension that is there twice (RFC 5280 §4.2)', () => {
  const once = extension('551d0e', tlv(0x04, Buffer.from([1])));
  expect(parseCertificate(raw({ extensions: [once] })).subjectKeyIdentifier).toBe('01');
  expect(refusal(raw({ extensions: [once, once] }))).toBe('extension 2.5.29.14 occurs twice');
});

test.each([
  ['basic constraints', '551d13', tlv(0x02, Buffer.from([1]))],
  ['key usage', '551d0f', tlv(0x03)],
  ['name constraints', '551d1e', sequence(tlv(0xa0, sequence(tlv(0x87, Buffer.from([1, 2, 3])))))],
  ['extended key usage', '551d25', sequence(tlv(0x02, Buffer.from([1])))],
  ['extended key usage', '551d25', sequence(tlv(0x06, Buffer.from([0x80, 0x2b, 0x06])))],
  ['basic constraints', '551d13', sequence(tlv(0x01, Buffer.from([0xff])), tlv(0x02, Buffer.from([0, 1])))],
  ['certificate policies', '551d20', sequence()],
  ['certificate policies', '551d20', sequence(oid('1.2.3'))],
  ['policy mappings', '551d21', sequence(sequence(oid('1.2.3')))],
  ['policy constraints', '551d24', sequence(tlv(0x80, Buffer.from([0xff])))],
  ['inhibit any-policy', '551d36', sequence()],
  ['authority key identifier', '551d23', sequence(tlv(0x83))],
  ['authority key identifier', '551d23', sequence(tlv(0xa1, tlv(0x8f)))],
  ['CRL distribution points', '551d1f', sequence(sequence(tlv(0xa0, tlv(0xa0, tlv(0x8f)))))],
  ['CRL distribution points', '551d1f', sequence(tlv(0x02, Buffer.from([1])))],
])('refuses malformed %s, and names them', (what, oidHex, content) => {
  expect(refusal(raw({ extensions: [extension(oidHex, content)] }))).toContain(`extension ${what}`);
});

test.each([
  ['an element with tag 15', generalName.raw(0x8f, Buffer.from('x'))],
  ['a SEQUENCE in primitive encoding', generalName.raw(0x10)],
  ['a registered ID that is no object identifier', generalName.raw(0x88, Buffer.from([0x80, 0x01]))],
  ['an otherName without a value', generalName.raw(0xa0, oid('1.2.3'))],
  ['an X.400 address that is not DER', generalName.raw(0xa3, Buffer.from([0x30]))],
  ['an EDI party without a name', generalName.raw(0xa5)],
  ['a directory name that is none', generalName.raw(0xa4, Buffer.from([0x31, 0x00]))],
  ['an international mailbox that is no UTF8String', generalName.otherName('1.3.6.1.5.5.7.8.9', tlv(0x16))],
])('refuses %s among the alternative names, as OpenSSL does', (_, element) => {
  const content = sequence(generalName.dns('a.nhs.uk'), element);
  expect(refusal(raw({ extensions: [extension('551d11', content)] }))).toContain('extension subject alternative name');
});

test('alternative names of every form are told apart', () => {
  const names = sequence(
    principalName('a@nhs.uk'),
    generalName.x400(),
    generalName.directory([{ O: ['nhs'] }]),
    generalName.ediParty('x'),
    generalName.registeredId('1.2.3'),
    smtpUtf8Mailbox('ä@nhs.net'),
  );
  const { alternativeNames } = parseCertificate(raw({ extensions: [extension('551d11', names)] }));
  expect(alternativeNames.map(({ kind }) => kind)).toEqual([
    'otherName',
    'x400Address',
    'directory',
    'ediPartyName',
    'registeredId',
    'email',
  ]);
  expect(alternativeNames[2]).toMatchObject({ value: new Untrusted('O=nhs'), rdns: ['2.5.4.10=nhs'] });
  expect(alternativeNames[5]).toEqual({ kind: 'email', value: new Untrusted('ä@nhs.net'), internationalised: true });
});

test('alternative names with octets that their type does not have are told (RFC 5280 §4.2.1.6)', () => {
  const { dns, email, ip, uri } = generalName;
  const names = sequence(
    dns('a.nhs.uk'),
    dns('ä.nhs.uk'),
    email('ä@nhs.net'),
    uri('urn:ä'),
    ip(1, 2, 3, 4, 5),
    ip(1, 2, 3, 4),
  );
  const { alternativeNames } = parseCertificate(raw({ extensions: [extension('551d11', names)] }));
  expect(alternativeNames.map(({ malformed }) => malformed)).toEqual([undefined, true, true, true, true, undefined]);
});

test('a constraint keeps that it has a distance, and 0 is none (RFC 5280 §4.2.1.10)', async () => {
  const base = generalName.dns('nhs.uk');
  const permitted = [base, { base, minimum: 0 }, { base, minimum: 1 }, { base, maximum: 0 }];
  const { der } = await ca({ extensions: [nameConstraints({ permitted })] });
  expect(parseCertificate(der).nameConstraints?.permitted.map(({ hasDistance }) => hasDistance)).toEqual([
    undefined,
    undefined,
    true,
    true,
  ]);
});

test('a curve that is spelt out instead of named is told (RFC 5480 §2.1.1)', () => {
  const spki = (paramEncoding: 'named' | 'explicit') =>
    spkiOf(generateKeyPairSync('ec', { namedCurve: 'P-256', paramEncoding }).publicKey);
  expect(parseCertificate(raw({ spki: spki('explicit') })).publicKey.flaw).toBe('explicit-curve');
  expect(parseCertificate(raw({ spki: spki('named') })).publicKey).not.toHaveProperty('flaw');
});

test('a key that OpenSSL cannot read is told', () => {
  const offCurve = Buffer.from(spkiOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey));
  offCurve[offCurve.length - 1]! ^= 1;
  expect(parseCertificate(raw({ spki: offCurve })).publicKey).toMatchObject({
    algorithm: 'unknown',
    flaw: 'malformed',
  });
});

test.each([
  ['1.3.6.1.4.1.99999', '2b06010401868d1f'],
  ['2.5.29.37.0', '551d2500'],
  ['0.9.2342', '099226'],
  ['2.999.3', '883703'],
  ['2.25.340282366920938463463374607431768211455', '6983ffffffffffffffffffffffffffffffffff7f'],
])('an object identifier: %s', (text, octets) => {
  const content = sequence(tlv(0x06, hexBytes(octets)));
  const { extendedKeyUsage } = parseCertificate(raw({ extensions: [extension('551d25', content)] }));
  expect([...extendedKeyUsage!.purposes]).toEqual([text]);
});

test('a hostile path length does not overflow', () => {
  const content = sequence(tlv(0x01, Buffer.from([0xff])), tlv(0x02, Buffer.alloc(64, 0x7f)));
  const parsed = parseCertificate(raw({ extensions: [extension('551d13', content, true)] }));
  expect(parsed.basicConstraints?.pathLength).toBe(Number.MAX_SAFE_INTEGER);
});

test('equal bytes give the same object, and later changes to the bytes do not reach it', () => {
  const der = raw({ subject: name(rdn(cn('shared'))) });
  const first = parseCertificate(der);
  expect(parseCertificate(Buffer.from(der))).toBe(first);
  der.fill(0);
  expect(parseCertificate(first.der)).toBe(first);
  expect(first.der[0]).toBe(0x30);
});

test('the memory of certificates is bounded', () => {
  const first = parseCertificate(raw({ serial: hexBytes('7f000000') }));
  for (let serial = 1; serial <= 4096; serial++) {
    const octets = Buffer.alloc(4);
    octets.writeInt32BE(0x01000000 + serial);
    parseCertificate(raw({ serial: octets }));
  }
  const again = parseCertificate(raw({ serial: hexBytes('7f000000') }));
  expect(again).not.toBe(first);
  expect(again.fingerprintSha256).toBe(first.fingerprintSha256);
});

test('what OpenSSL cannot read is refused, for no TLS library could present it', () => {
  // Our own reader does not look into the algorithm's parameters; OpenSSL wants the SEQUENCE to hold at most two values.
  const algorithm = sequence(ecdsaSha256.subarray(2), tlv(0x05), tlv(0x05));
  expect(refusal(raw({ algorithm }))).toContain('OpenSSL cannot read');
});
