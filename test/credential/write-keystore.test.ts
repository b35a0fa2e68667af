import { createPrivateKey, generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keystoreLike, readCredential } from '../../src/credential/index.ts';
import { writePkcs12 } from '../../src/credential/keystore/write-pkcs12.ts';
import { Secret } from '../../src/sources/secret.ts';
import { type Certificate, parseCertificate } from '../../src/x509/index.ts';
import { workshop } from '../support/credential/workshop.ts';
import { type NhsLikePki, nhsLikePki } from '../support/pki.ts';
import { needs } from '../support/tools.ts';

let pki: NhsLikePki;
let certificates: [Certificate, ...Certificate[]];
const shop = workshop();
beforeAll(async () => {
  pki = await nhsLikePki();
  certificates = [pki.client, pki.sub, pki.root].map(({ der }) => parseCertificate(der)) as typeof certificates;
});
afterAll(() => shop.remove());

const read = (bytes: Buffer) => {
  const made = { kind: 'given', what: 'the keystore', bytes } as const;
  return readCredential(bytes[0] === 0x30 ? { keystore: made } : { certificate: made, privateKey: made }, {});
};
const fingerprints = (all: readonly Certificate[]) => all.map(({ fingerprintSha256 }) => fingerprintSha256).sort();
const key = () => ({ pem: Buffer.from(pki.client.keyPem) });

test('a new keystore is PKCS#12, and has the certificate with its key and its CAs', async () => {
  const made = await keystoreLike(undefined, { certificates, key: key() });
  const credential = await read(made!);
  expect(credential.certificate?.fingerprintSha256).toBe(certificates[0].fingerprintSha256);
  expect(Buffer.compare(credential.privateKey!.publicKey.spki, certificates[0].publicKey.spki)).toBe(0);
  expect(fingerprints(credential.bundle)).toEqual(fingerprints(certificates.slice(1)));
  expect(credential.problems.filter(({ severity }) => severity === 'critical')).toEqual([]);
});

describe.each(['PKCS#12', 'PEM'])('where %s is now', (form) => {
  const current = async () => {
    if (form === 'PKCS#12') return (await keystoreLike(undefined, { certificates, key: key() }))!;
    return Buffer.from(`${pki.client.keyPem}${pki.client.pem}`);
  };

  test('the new one has that form, and the key is not encrypted with the passphrase that it came with', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'planted' });
    // Which certificate it is does not matter here, only that it has this key.
    const spki = publicKey.export({ type: 'spki', format: 'der' });
    const own = { ...certificates[0], publicKey: { ...certificates[0].publicKey, spki } };
    const made = (await keystoreLike(await current(), {
      certificates: [own],
      key: { pem: Buffer.from(pem), passphrase: new Secret('planted') },
    }))!;
    expect(made.includes('-----BEGIN PRIVATE KEY-----')).toBe(form === 'PEM');
    expect(made.includes('ENCRYPTED')).toBe(false);
    const credential = await read(made);
    expect(Buffer.compare(credential.privateKey!.publicKey.spki, spki)).toBe(0);
  });

  test('a certificate for the key that is there gets that key', async () => {
    const credential = await read((await keystoreLike(await current(), { certificates }))!);
    expect(Buffer.compare(credential.privateKey!.publicKey.spki, certificates[0].publicKey.spki)).toBe(0);
  });

  test('a certificate for another key gets none', async () => {
    expect(await keystoreLike(await current(), { certificates: [certificates[1]!] })).toBeUndefined();
  });
});

const kinds: [string, () => { privateKey: KeyObject }][] = [
  ['RSA', () => generateKeyPairSync('rsa', { modulusLength: 2048 })],
  ['EC', () => generateKeyPairSync('ec', { namedCurve: 'P-256' })],
];

test.skipIf(!needs('openssl')).each(kinds)(
  'OpenSSL opens PKCS#12 with an %s key that is written here',
  async (_, make) => {
    const { privateKey } = make();
    writeFileSync(shop.path('made.p12'), await writePkcs12(privateKey, certificates));
    const run = (...options: string[]) => shop.openssl('pkcs12', '-in', 'made.p12', '-passin', 'pass:', ...options);
    run('-nodes', '-nocerts', '-out', 'key.pem');
    expect(createPrivateKey(readFileSync(shop.path('key.pem'))).equals(privateKey)).toBe(true);
    run('-nokeys', '-clcerts', '-out', 'own.pem');
    expect(new X509Certificate(readFileSync(shop.path('own.pem'))).fingerprint256).toBe(
      new X509Certificate(pki.client.pem).fingerprint256,
    );
  },
);
