import { chmodSync, symlinkSync } from 'node:fs';
import { inspect } from 'node:util';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { readCredential } from '../../src/credential/read.ts';
import { parseCertificate } from '../../src/x509/parse.ts';
import { codes, deployedIn, noPause, read, type Workshop, workshop } from '../support/credential/workshop.ts';
import { type NhsLikePki, nhsLikePki } from '../support/pki.ts';
import { file, inline, variable } from '../support/sources.ts';
import { needs } from '../support/tools.ts';

const passphrase = 'correct horse £ battery';
let pki: NhsLikePki;
let shop: Workshop;
beforeAll(async () => {
  pki = await nhsLikePki();
});
beforeEach(() => {
  shop = workshop();
  shop.deploy(pki, passphrase);
});
afterEach(() => shop.remove());

const inputs = () => deployedIn(shop, passphrase);
const fingerprint = (der: Uint8Array) => parseCertificate(der).fingerprintSha256;

test('a whole credential is read without a problem', async () => {
  const credential = await read(inputs());
  expect(credential.problems).toEqual([]);
  expect(credential.configured).toEqual({ certificate: true, privateKey: true, caBundle: true });
  expect(credential.certificate?.fingerprintSha256).toBe(fingerprint(pki.client.der));
  expect(credential.bundle.map((each) => each.fingerprintSha256)).toEqual(
    [pki.root, pki.sub].map(({ der }) => fingerprint(der)),
  );
  expect(credential.privateKey?.encrypted).toBe(true);
  expect(credential.bundleInKeystore).toBeUndefined();
});

test('any subset of the inputs will do', async () => {
  const { caBundle, certificate } = inputs();
  expect(await read({ caBundle })).toMatchObject({
    configured: { certificate: false, privateKey: false, caBundle: true },
    extraCertificates: [],
    problems: [],
  });
  expect((await read({ certificate })).privateKey).toBeUndefined();
  expect((await read({})).configured).toEqual({ certificate: false, privateKey: false, caBundle: false });
});

test('everything may come from variables', async () => {
  const env = {
    CERT: pki.client.pem.replaceAll('\n', '\\n'),
    KEY: Buffer.from(pki.client.encryptedKeyPem(passphrase)).toString('base64'),
    PASSPHRASE: passphrase,
    CA: pki.bundlePem,
  };
  const [certificate, privateKey, secret, caBundle] = ['CERT', 'KEY', 'PASSPHRASE', 'CA'].map(variable);
  const credential = await read(
    { certificate: certificate!, privateKey: privateKey!, passphrase: secret!, caBundle: caBundle! },
    env,
  );
  // For information: who writes a file from them may undo it.
  expect(credential.problems).toMatchObject([
    { code: 'client_cannot_read_file', severity: 'info', subject: 'variable CERT' },
    { code: 'client_cannot_read_file', severity: 'info', subject: 'variable KEY' },
  ]);
  expect(credential.privateKey).toBeDefined();
  expect(credential.bundle).toHaveLength(2);
});

test.each([
  ['certificate', 'certificate_unreadable'],
  ['privateKey', 'private_key_unreadable'],
  ['caBundle', 'ca_bundle_unreadable'],
] as const)('a missing %s is its own finding, and the rest is read', async (part, code) => {
  const credential = await read({ ...inputs(), [part]: file(shop.path('missing.pem')) });
  expect(credential.problems).toMatchObject([
    { code, message: `${shop.path('missing.pem')} does not exist.`, subject: shop.path('missing.pem') },
  ]);
  const present = [credential.certificate, credential.privateKey, credential.bundle[0]].filter(Boolean);
  expect(present).toHaveLength(2);
});

test('a bundle with one damaged block names it, and the others are used', async () => {
  const [root, sub] = [pki.root.pem, pki.sub.pem];
  shop.write('ca.pem', `root:\n${root}${root.replace(/\n.{9}/, '\n*********')}${sub}`);
  const credential = await read(inputs());
  const line = 2 + root.trimEnd().split('\n').length;
  expect(credential.problems).toMatchObject([
    {
      code: 'ca_bundle_malformed',
      message: `${shop.path('ca.pem')}: block 2 (line ${line}): it contains characters that are not base64.`,
    },
  ]);
  expect(credential.bundle.map((each) => each.fingerprintSha256)).toEqual(
    [pki.root, pki.sub].map(({ der }) => fingerprint(der)),
  );
});

test('when the first block of the certificate file is damaged, the CA after it does not become the client', async () => {
  shop.write('client.pem', pki.client.pem.replace('-----END', '-----FIN') + pki.sub.pem);
  const { certificate, extraCertificates, problems } = await read(inputs());
  expect(certificate).toBeUndefined();
  expect(extraCertificates).toHaveLength(1);
  expect(codes({ problems })).toEqual(['certificate_malformed', 'certificate_file_has_extra_certificates']);
});

test('certificates after the first are extra', async () => {
  shop.write('client.pem', pki.client.pem + pki.sub.pem + pki.root.pem);
  const { extraCertificates, problems } = await read(inputs());
  expect(extraCertificates.map((each) => each.fingerprintSha256)).toEqual(
    [pki.sub, pki.root].map(({ der }) => fingerprint(der)),
  );
  expect(problems.map(({ code, message }) => [code, message])).toEqual([
    [
      'certificate_file_has_extra_certificates',
      `${shop.path('client.pem')}: it contains 2 more certificates after the first.`,
    ],
  ]);
});

test('duplicates in a bundle stay: the verifier tells', async () => {
  shop.write('ca.pem', pki.bundlePem + pki.root.pem);
  expect((await read(inputs())).bundle).toHaveLength(3);
});

test('one file with certificate and key serves as both', async () => {
  const both = shop.write('both.pem', pki.client.encryptedKeyPem(passphrase) + pki.client.pem);
  const { problems, certificate, privateKey } = await read({
    ...inputs(),
    certificate: file(both),
    privateKey: file(both),
  });
  expect(problems).toEqual([]);
  expect([certificate, privateKey].every(Boolean)).toBe(true);
});

test('DER is read as well as PEM', async () => {
  shop.write('client.der', pki.client.der);
  shop.write('ca.der', pki.root.der);
  const credential = await read({
    ...inputs(),
    certificate: file(shop.path('client.der')),
    caBundle: file(shop.path('ca.der')),
  });
  expect(credential.problems).toEqual([]);
  expect([credential.certificate, ...credential.bundle]).toHaveLength(2);
});

test('a file that a Windows shell saved in UTF-16 is read', async () => {
  shop.write('client.pem', Buffer.from(`\ufeff${pki.client.pem.replaceAll('\n', '\r\n')}`, 'utf16le'));
  const { certificate, problems } = await read(inputs());
  expect(certificate?.der).toEqual(new Uint8Array(pki.client.der));
  // But no client reads it so.
  expect(problems).toMatchObject([{ code: 'client_cannot_read_file', severity: 'warning' }]);
});

test.skipIf(!needs('openssl'))(
  'OpenSSL’s TRUSTED CERTIFICATE is the certificate without the trust settings behind it',
  async () => {
    shop.openssl('x509', '-in', 'client.pem', '-trustout', '-addtrust', 'clientAuth', '-out', 'trusted.pem');
    const { certificate, problems } = await read({ ...inputs(), certificate: file(shop.path('trusted.pem')) });
    expect(problems).toEqual([]);
    expect(certificate?.fingerprintSha256).toBe(fingerprint(pki.client.der));
  },
);

test.each([
  ['an empty file', '', 'it is empty'],
  ['text', 'no certificate here', 'it is neither PEM nor DER, nor base64 of either'],
  [
    'another kind of block',
    '-----BEGIN CERTIFICATE REQUEST-----\nMAA=\n-----END CERTIFICATE REQUEST-----\n',
    'only CERTIFICATE REQUEST: it is the certificate signing request that was sent',
  ],
])('a certificate source that is %s is malformed, with the reason', async (_, content, reason) => {
  shop.write('client.pem', content);
  const { problems } = await read(inputs());
  expect(problems).toMatchObject([{ code: 'certificate_malformed', message: expect.stringContaining(reason) }]);
});

test('a file of ten thousand broken blocks is told in a few findings, and one of many labels in a short message', async () => {
  shop.write('client.pem', '-----BEGIN CERTIFICATE-----\n'.repeat(10_000));
  shop.write('key.pem', Array.from({ length: 10_000 }, (_, index) => `-----BEGIN A${index}-----\n`).join(''));
  const { problems } = await read(inputs());
  expect(problems.map(({ code }) => code)).toEqual([
    'input_over_limit',
    ...Array<string>(9).fill('certificate_malformed'),
    'private_key_malformed',
  ]);
  expect(problems[0]?.message).toContain('more than 512 certificates');
  expect(problems[9]?.message).toContain('505 more blocks do not parse.');
  expect(problems[10]?.message).toContain('only A0, A1, A2, A3, 9996 other kinds.');
});

test.each([
  ['absent', undefined, 'it is encrypted, but there is no passphrase.'],
  ['unset', variable('MESH_TEST_UNSET'), 'there is no passphrase: variable MESH_TEST_UNSET is not set.'],
  ['wrong', inline('wrong'), 'the passphrase does not decrypt it.'],
])('a passphrase that is %s is told', async (state, source, message) => {
  const { passphrase: _, ...rest } = inputs();
  const { problems } = await read({ ...rest, ...(source && { passphrase: source }) });
  const code = state === 'wrong' ? 'passphrase_wrong' : 'passphrase_missing';
  expect(problems).toMatchObject([{ code, message: expect.stringContaining(message) }]);
});

test('an unencrypted key is advice, whatever passphrase is configured', async () => {
  shop.write('key.pem', pki.client.keyPem);
  const credential = await read(inputs());
  expect(codes(credential)).toEqual(['private_key_unencrypted']);
  expect(credential.privateKey).toBeDefined();
});

test.each([
  [0o600, []],
  [0o640, []],
  [0o660, []],
  [0o644, ['private_key_permissions']],
  [0o604, ['private_key_permissions']],
])('mode %o of the key', async (mode, expected) => {
  chmodSync(shop.path('key.pem'), mode);
  expect(codes(await read(inputs()))).toEqual(expected);
});

test('the mode of a link is that of its target, and certificates may be public', async () => {
  chmodSync(shop.path('key.pem'), 0o600);
  chmodSync(shop.path('client.pem'), 0o644);
  symlinkSync('key.pem', shop.path('link.pem'));
  expect((await read({ ...inputs(), privateKey: file(shop.path('link.pem')) })).problems).toEqual([]);
});

test.skipIf(!needs('openssl'))('a keystore is certificate, key and bundle in one', async () => {
  shop.write('plain.pem', pki.client.keyPem);
  shop.openssl(
    'pkcs12',
    '-export',
    '-in',
    'client.pem',
    '-inkey',
    'plain.pem',
    '-certfile',
    'ca.pem',
    '-passout',
    `pass:${passphrase}`,
    '-out',
    'mesh.p12',
  );
  const keystore = file(shop.path('mesh.p12'));
  const alone = await read({ keystore, passphrase: inline(passphrase) });
  expect(alone.problems).toEqual([]);
  expect(alone.configured).toEqual({ certificate: true, privateKey: true, caBundle: true });
  expect([alone.bundle.length, alone.extraCertificates.length, alone.bundleInKeystore]).toEqual([2, 0, true]);

  const besides = await read({ keystore, passphrase: inline(passphrase), caBundle: inputs().caBundle });
  expect([besides.bundle.length, besides.extraCertificates.length, besides.bundleInKeystore]).toEqual([
    2,
    2,
    undefined,
  ]);

  expect(codes(await read({ keystore }))).toEqual(['passphrase_missing']);
  expect(codes(await read({ keystore: file(shop.path('missing.p12')) }))).toEqual(['certificate_unreadable']);
  chmodSync(shop.path('mesh.p12'), 0o644);
  expect(codes(await read({ keystore, passphrase: inline(passphrase) }))).toEqual(['private_key_permissions']);
});

test('no finding and no printed credential holds a secret', async () => {
  const secrets = [passphrase, 'hunter2hunter2', pki.client.keyPem.split('\n')[3]!];
  const situations = [
    inputs(),
    { ...inputs(), passphrase: inline('hunter2hunter2') },
    { ...inputs(), certificate: inline(pki.client.keyPem) },
    { ...inputs(), privateKey: inline(pki.client.keyPem.replace('-----END', '-----FIN')) },
    { ...inputs(), caBundle: inline('hunter2hunter2') },
    { keystore: inline(pki.client.keyPem), passphrase: inline(passphrase) },
  ];
  for (const situation of situations) {
    const credential = await readCredential(situation, {}, noPause);
    const shown = inspect(credential, { depth: 9, showHidden: true }) + JSON.stringify(credential);
    for (const secret of secrets) expect(shown).not.toContain(secret);
  }
});
