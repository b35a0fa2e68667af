/** What the page `/inspect` gets: which certificate is the client's, and no key in any form. */
import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { privateKeyIn } from '../../src/credential/index.ts';
import { type Dropped, inspectDropped } from '../../src/inspect/dropped.ts';
import { nhsLikePki, writePki } from '../support/pki.ts';

const pki = await nhsLikePki();
const { client, root, sub } = pki;
const bundle = root.pem + sub.pem;
const now = new Date();

async function looked(...files: readonly (string | Uint8Array)[]) {
  const dropped: Dropped = await inspectDropped(
    files.map((file) => Buffer.from(file as string)),
    now,
  );
  if ('refused' in dropped) throw new Error(`refused: ${dropped.refused}`);
  const { certificates, findings, path } = dropped.inspected.assessment;
  return {
    path: path.length,
    roles: certificates.map(({ role }) => role).join(),
    codes: findings.map(({ code }) => code),
  };
}

describe('what belongs where is found out', () => {
  const whole = { path: 3, roles: 'client,root,intermediate', codes: [] };

  test.each([
    ['a certificate and its bundle', [client.pem, bundle]],
    ['the other way round', [bundle, client.pem]],
    ['one file with everything', [bundle + client.pem]],
    ['DER next to PEM', [client.der, bundle]],
    ['three files', [root.pem, sub.der, client.der]],
  ])('%s', async (_, files) => {
    expect(await looked(...files)).toEqual(whole);
  });

  test('a bundle alone is a bundle, and a certificate alone a certificate', async () => {
    expect(await looked(bundle)).toMatchObject({ roles: 'root,intermediate', codes: [] });
    expect(await looked(client.pem)).toMatchObject({ roles: 'client' });
  });

  test('what is wrong is found as by the command', async () => {
    expect((await looked(client.pem, sub.pem + root.pem)).codes).toContain('chain_order_wrong');
  });

  test('a file that cannot be read comes before everything else', async () => {
    expect((await looked(client.pem, bundle.slice(0, -100))).codes[0]).toBe('ca_bundle_malformed');
    expect((await looked('hello')).codes).toEqual(['ca_bundle_malformed']);
  });
});

describe('a private key is refused, whatever it is wrapped in', () => {
  const pkcs8 = client.keyPem;
  const der = Buffer.from(pkcs8.replace(/-----.*-----|\s/g, ''), 'base64');
  const ed25519 = generateKeyPairSync('ed25519').privateKey;
  const base64 = (text: string | Buffer) => Buffer.from(text as string).toString('base64');
  const mail = (attached: string) =>
    `From: a@example.org\r\nTo: b@example.org\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhello\r\n--b\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64(attached).replace(/.{76}/g, '$&\r\n')}\r\n--b--\r\n`;

  test.each<[string, string | Buffer]>([
    ['PEM', pkcs8],
    ['encrypted PEM', client.encryptedKeyPem('x')],
    ['between certificates', client.pem + pkcs8 + bundle],
    ['Ed25519', ed25519.export({ format: 'pem', type: 'pkcs8' })],
    ['PKCS#8 DER', der],
    ['DER in lines of base64', base64(der).replace(/.{64}/g, '$&\n')],
    ['a certificate’s label around a key', `-----BEGIN CERTIFICATE-----\n${base64(der)}\n-----END CERTIFICATE-----\n`],
    ['base64 of PEM', base64(pkcs8)],
    ['base64 of base64 of PEM', base64(base64(pkcs8))],
    ['line breaks as \\n, in quotes', JSON.stringify(pkcs8)],
    ['UTF-16', Buffer.from(`\ufeff${pkcs8}`, 'utf16le')],
    ['without its END line', pkcs8.slice(0, 200)],
    ['hyphens of a word processor', pkcs8.replaceAll('-----', '—')],
    ['PuTTY', 'PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\n'],
    ['OpenSSH', '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n'],
    ['an attachment of an email', mail(pkcs8)],
  ])('%s', async (_, file) => {
    expect(await inspectDropped([Buffer.from(client.pem), Buffer.from(file as string)], now)).toEqual({
      refused: 'private key',
    });
  });

  test('a megabyte of beginnings is looked through in a moment', async () => {
    expect(await privateKeyIn(Buffer.from('BEGIN '.repeat(170_000)))).toBeUndefined();
  });

  test('a keystore', async () => {
    expect(await privateKeyIn(Buffer.from('feedfeed00000002', 'hex'))).toBe('keystore');
    expect(await privateKeyIn(Buffer.from('cececece00000002', 'hex'))).toBe('keystore');
    const files = await writePki(pki, { passphrase: 'x' });
    const given = ['-in', files.certificate, '-inkey', files.privateKey, '-passin', 'pass:x', '-passout', 'pass:x'];
    const { stdout: pkcs12 } = spawnSync('openssl', ['pkcs12', '-export', ...given]);
    await files.remove();
    expect(pkcs12.length).toBeGreaterThan(1000);
    expect(await privateKeyIn(pkcs12)).toBe('keystore');
    expect(await privateKeyIn(Buffer.from(pkcs12.toString('base64')))).toBe('keystore');
  });

  test.each<[string, string | Buffer]>([
    ['a certificate', client.pem],
    ['a certificate in DER', Buffer.from(client.der)],
    ['an email about a private key', mail(client.pem).replace('hello', 'Please keep your private key safe.')],
    ['nothing', ''],
  ])('%s is none', async (_, file) => {
    expect(await privateKeyIn(Buffer.from(file as string))).toBeUndefined();
  });
});
