import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { packed, unpacked } from '../../src/credential/index.ts';
import type { DeployedCredential } from '../../src/credential/types.ts';
import { Secret } from '../../src/sources/secret.ts';
import { Untrusted } from '../../src/text/index.ts';
import { read } from '../support/credential/workshop.ts';
import { ca, leaf, nhsLikePki } from '../support/pki.ts';
import { inline } from '../support/sources.ts';

/** As a message crosses between threads. */
const sent = (value: unknown, form: 'facts' | 'der') => unpacked(structuredClone(packed(value, form)));

async function credential(): Promise<DeployedCredential> {
  const pki = await nhsLikePki();
  return read({
    certificate: inline(pki.client.pem),
    privateKey: inline(pki.client.keyPem),
    caBundle: inline(pki.bundlePem + pki.bundlePem),
  });
}

test.each(['facts', 'der'] as const)('a credential arrives as it was, its certificates as %s', async (form) => {
  const before = await credential();
  const after = sent(before, form) as DeployedCredential;
  const { privateKey: _before, ...facts } = before;
  const { privateKey, ...others } = after;
  expect(others).toEqual(facts);
  expect(after.bundle[0]).toBe(before.bundle[0]);
  expect(after.bundle[0]).toBe(after.bundle[2]);
  expect(privateKey?.publicKey).toEqual(before.privateKey?.publicKey);
  expect(() => privateKey?.secureContext({ chain: [after.certificate!] })).not.toThrow();
});

test('what is not known here is the same as what is parsed here', async () => {
  const made = await leaf({ issuer: await ca({ cn: 'a\u202eb' }), cn: 'c\u0000d' });
  const { certificate } = await read({ certificate: inline(made.pem) });
  const strange = { ...certificate, fingerprintSha256: '0'.repeat(64) };
  const after = sent(strange, 'facts');
  expect(after).not.toBe(strange);
  expect(after).toEqual(strange);
});

test('text of others and secrets keep what they are', () => {
  const after = sent({ text: new Untrusted('a\u202eb'), secret: new Secret('hunter2') }, 'facts') as {
    text: Untrusted;
    secret: Secret;
  };
  expect(after.text.raw()).toBe('a\u202eb');
  expect(`${after.text}`).toBe('a\\u{202e}b');
  expect(after.secret.reveal()).toBe('hunter2');
  expect(inspect(after) + JSON.stringify(after)).not.toContain('hunter2');
});

test('the private key crosses as OpenSSL’s object, never as bytes', async () => {
  const message = packed(await credential(), 'facts');
  expect(JSON.stringify(message)).not.toMatch(/PRIVATE|"d":/);
  expect(JSON.stringify(message)).toContain('"key":{}');
});

test('what is more than data, and not known, is a bug', () => {
  expect(() => packed({ strange: new URL('https://a.example') }, 'facts')).toThrow('a URL does not cross');
});
