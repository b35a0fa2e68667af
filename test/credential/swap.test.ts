import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { readCredential } from '../../src/credential/read.ts';
import { codes, deployedIn, read, type Workshop, workshop } from '../support/credential/workshop.ts';
import { ca, leaf, type Made, type NhsLikePki, nhsLikePki } from '../support/pki.ts';
import { file, inline } from '../support/sources.ts';

const passphrase = 'correct horse £ battery';
let pki: NhsLikePki;
let other: Made;
let shop: Workshop;
beforeAll(async () => {
  pki = await nhsLikePki();
  other = await leaf({ issuer: await ca({ cn: 'Another' }), cn: 'x26abc2.x26.api.mesh-client.nhs.uk' });
});
beforeEach(() => {
  shop = workshop();
  shop.deploy(pki, passphrase);
});
afterEach(() => shop.remove());

const inputs = () => deployedIn(shop, passphrase);

test('half a swap is looked at again, and the whole is what counts', async () => {
  shop.write('client.pem', other.pem);
  let pauses = 0;
  const pause = async () => {
    pauses++;
    shop.write('key.pem', other.encryptedKeyPem(passphrase));
  };
  const { certificate, privateKey, problems } = await readCredential(inputs(), {}, { pause });
  expect(pauses).toBe(1);
  expect(problems).toEqual([]);
  expect(Buffer.from(privateKey!.publicKey.spki)).toEqual(Buffer.from(certificate!.publicKey.spki));
});

test('a half-written file is looked at again', async () => {
  shop.write('client.pem', pki.client.pem.slice(0, 500));
  const pause = async () => void shop.write('client.pem', pki.client.pem);
  expect((await readCredential(inputs(), {}, { pause })).problems).toEqual([]);
});

test('a swap that stays half is reported as it stands, after one pause', async () => {
  shop.write('client.pem', other.pem);
  let pauses = 0;
  const credential = await readCredential(inputs(), {}, { pause: async () => void pauses++ });
  expect(pauses).toBe(1);
  expect(Buffer.compare(credential.certificate!.publicKey.spki, credential.privateKey!.publicKey.spki)).not.toBe(0);
});

test('nothing is waited for when all fits, or when no file could change', async () => {
  const pause = () => Promise.reject(new Error('there was a pause'));
  await readCredential(inputs(), {}, { pause });
  const { problems } = await readCredential({ certificate: inline('nonsense') }, {}, { pause });
  expect(codes({ problems })).toEqual(['certificate_malformed']);
});

test('by default the pause is a quarter of a second', async () => {
  shop.write('client.pem', other.pem);
  const started = performance.now();
  await readCredential(inputs(), {});
  expect(performance.now() - started).toBeGreaterThan(240);
});

test('a Kubernetes swap of ..data is seen although names, sizes and dates stay', async () => {
  const version = (name: string, made: Made) => {
    mkdirSync(shop.path(name));
    writeFileSync(shop.path(`${name}/tls.crt`), made.pem);
    writeFileSync(shop.path(`${name}/tls.key`), made.encryptedKeyPem(passphrase), { mode: 0o600 });
  };
  version('..1', pki.client);
  version('..2', other);
  symlinkSync('..1', shop.path('..data'));
  for (const name of ['tls.crt', 'tls.key']) symlinkSync(`..data/${name}`, shop.path(name));
  const mounted = {
    certificate: file(shop.path('tls.crt')),
    privateKey: file(shop.path('tls.key')),
    passphrase: inline(passphrase),
  };
  const before = await read(mounted);
  symlinkSync('..2', shop.path('..next'));
  renameSync(shop.path('..next'), shop.path('..data'));
  const after = await read(mounted);
  expect([before, after].map(({ certificate }) => certificate?.subject.commonName?.raw())).toEqual([
    'x26abc1.x26.api.mesh-client.nhs.uk',
    'x26abc2.x26.api.mesh-client.nhs.uk',
  ]);
  expect(after.contentHash).not.toBe(before.contentHash);
});

test('the content hash is the same for the same bytes, and another for a change in any input', async () => {
  const hash = async (change: object = {}) => (await read({ ...inputs(), ...change })).contentHash;
  const whole = await hash();
  expect(whole).toMatch(/^[0-9a-f]{64}$/);
  expect(await hash()).toBe(whole);
  shop.write('copy.pem', `${pki.bundlePem}\n`);
  const changed = [
    await hash({ passphrase: inline('another') }),
    await hash({ caBundle: file(shop.path('copy.pem')) }),
    await hash({ certificate: file(shop.path('missing')) }),
    await hash({ privateKey: undefined }),
  ];
  expect(new Set([whole, ...changed]).size).toBe(5);
});

test('while every byte stays, the previous credential is returned and the key not decrypted again', async () => {
  const previous = await read(inputs());
  expect(await readCredential(inputs(), {}, { previous })).toBe(previous);
  shop.write('ca.pem', pki.root.pem);
  const changed = await readCredential(inputs(), {}, { previous });
  expect(changed).not.toBe(previous);
  expect(changed.bundle).toHaveLength(1);
});

test('a mismatch that stays is not waited for in every cycle', async () => {
  shop.write('client.pem', other.pem);
  const previous = await read(inputs());
  const pause = () => Promise.reject(new Error('there was a pause'));
  expect(await readCredential(inputs(), {}, { previous, pause })).toBe(previous);
});
