/** What fuzzing found, each as a case of its own: `npm run fuzz` would find it again only by chance. */
import { beforeAll, describe, expect, test } from 'vitest';
import { type Material, makeMaterial, passphrase } from '../../reliability/fuzz/material.ts';
import { changeDer, type DerChange, valueCount } from '../../reliability/fuzz/mutations/der.ts';
import { sequence, tlv } from '../../src/demo/der.ts';
import { inspect } from '../../src/index.ts';
import { createMailer } from '../../src/renewal/mail/mailer.ts';
import { renderRequest } from '../../src/renewal/mail/request-message.ts';
import { toPem } from '../../src/x509/index.ts';
import { startScriptedServer } from '../support/renewal/mail-server.ts';
import { environmentOf, from, now, requestFor } from '../support/renewal/samples.ts';
import { needs } from '../support/tools.ts';

describe.skipIf(!needs('openssl') || !needs('keytool'))('files that OpenSSL refuses are not called valid', () => {
  let material: Material;
  beforeAll(async () => {
    material = await makeMaterial();
  });
  const judged = async (parts: Partial<Record<'privateKey' | 'keystore', Buffer | string>>) => {
    const { client, bundlePem } = material;
    const pem = { certificate: client.pem, caBundle: bundlePem };
    const { valid, findings } = await inspect({ ...(parts.keystore ? {} : pem), ...parts, passphrase });
    return { valid, codes: findings.filter(({ severity }) => severity !== 'info').map(({ code }) => code), findings };
  };
  /** The place of the value in the tree, counted depth first. */
  const changed = (der: Buffer, number: number, change: Partial<DerChange>) =>
    changeDer(der, { at: (number + 0.5) / valueCount(der), other: 0, ...change } as DerChange);
  const values = 16;
  /** Salt, vector and ciphertext are random: of two hundred one is DER by chance, and would be counted. */
  const encrypted = (): Buffer => {
    const options = { type: 'pkcs8', format: 'der', cipher: 'aes-256-cbc', passphrase } as const;
    for (;;) {
      const der = material.client.keys.privateKey.export(options);
      if (valueCount(der) === values) return der;
    }
  };

  test('undamaged, they are', async () => {
    expect(await judged({ privateKey: encrypted() })).toMatchObject({ valid: true });
    expect(await judged({ keystore: material.keystores.plain })).toMatchObject({ valid: true });
  });

  test.each<[string, number, Partial<DerChange>]>([
    ['in a SET instead of a SEQUENCE', 0, { kind: 'retag', tag: 0x31 }],
    ['with its algorithm parameters twice', 3, { kind: 'repeat', times: 1 }],
    ['with its key derivation parameters twice', 6, { kind: 'repeat', times: 1 }],
    ['whose key derivation states another length of the key', 8, { kind: 'repeat', times: 1 }],
    ['with its HMAC twice', 9, { kind: 'repeat', times: 1 }],
    ['with content in the NULL of its HMAC', 11, { kind: 'body', body: Buffer.alloc(1) }],
    ['with its initialisation vector twice', 14, { kind: 'repeat', times: 1 }],
  ])('an encrypted key %s', async (_, number, change) => {
    const privateKey = toPem(changed(encrypted(), number, change), 'ENCRYPTED PRIVATE KEY');
    const { valid, codes } = await judged({ privateKey });
    expect(valid).toBe(false);
    expect(codes).toContain('private_key_malformed');
  });

  test('an encrypted key whose key derivation states the right length of the key is one', async () => {
    const stated = changed(encrypted(), 8, { kind: 'repeat', times: 1 });
    const privateKey = changed(stated, 9, { kind: 'body', body: Buffer.from([32]) });
    expect(await judged({ privateKey: toPem(privateKey, 'ENCRYPTED PRIVATE KEY') })).toMatchObject({ valid: true });
  });

  test('a private key after a BEGIN line that has no END line', async () => {
    const { codes, findings } = await judged({
      privateKey: `-----BEGIN CERTIFICATE-----\n${material.client.encryptedKeyPem(passphrase)}`,
    });
    expect(findings.map(({ code }) => code)).toContain('client_cannot_read_file');
    expect(findings.map(({ message }) => message).join()).toContain(
      'the BEGIN line before it (line 1) has no END line',
    );
    expect(codes).not.toContain('private_key_malformed');
  });

  test.each([
    ['a blank line before its END line', (pem: string) => pem.replace('-----END', '\n-----END')],
    ['a no-break space in its BEGIN line', (pem: string) => pem.replace('BEGIN PRIVATE', 'BEGIN\u00a0PRIVATE')],
    ['a no-break space inside its label', (pem: string) => pem.replace('PRIVATE KEY', 'PRIVATE\u00a0KEY')],
    ['a header that says nothing of encryption', (pem: string) => pem.replace('\n', '\nDEK-Info: AES-256-CBC,00\n')],
  ])('a private key with %s', async (_, damage) => {
    const { findings } = await judged({ privateKey: damage(material.client.keyPem) });
    expect(findings.map(({ code }) => code)).toContain('client_cannot_read_file');
  });

  test('a certificate before another block that has no END line', async () => {
    const certificate = `${material.client.pem}-----BEGIN PRIVATE KEY-----\n`;
    const { client, bundlePem } = material;
    const { findings } = await inspect({ certificate, privateKey: client.keyPem, caBundle: bundlePem });
    expect(findings.map(({ message }) => message).join()).toMatch(
      /cannot read it as it is: block 2 \(line \d+\) has no END line/,
    );
  });

  test('a keystore whose version is empty', async () => {
    const { plain } = material.keystores;
    // The version is the first value, three octets behind a header of four.
    const keystore = sequence(tlv(0x02), plain.subarray(7));
    expect(await judged({ keystore })).toMatchObject({ valid: false });
  });

  test.each<[string, (der: Buffer) => Buffer]>([
    // friendlyName: its text is a BMPString (RFC 2985 §5.5.1).
    ['a friendlyName that is not a BMPString', (der) => replaced(der, '1e08006d006500730068', '0c08006d006500730068')],
    // localKeyId: an OCTET STRING (RFC 2985 §5.5.2).
    [
      'a localKeyId that is not an OCTET STRING',
      (der) => replaced(der, '06092a864886f70d01091531160414', '06092a864886f70d01091531161e14'),
    ],
    ['an attribute that is a SET', (der) => replaced(der, '301706092a864886f70d010914', '311706092a864886f70d010914')],
  ])('a keystore with %s', async (_, damage) => {
    const { valid, codes } = await judged({ keystore: damage(material.keystores.plain) });
    expect(valid).toBe(false);
    expect(codes).toContain('keystore_malformed');
  });
});

test('PKCS#7 whose set of certificates is empty is malformed, and no bug', async () => {
  const empty = Buffer.from('302506092a864886f70d010702a01830160201013100300b06092a864886f70d010701a0003100', 'hex');
  const { findings } = await inspect({ certificate: empty });
  expect(findings.map(({ code, message }) => [code, message])).toEqual([
    ['certificate_malformed', expect.stringContaining('PKCS#7 without a certificate')],
  ]);
});

function replaced(der: Buffer, from: string, to: string): Buffer {
  const hex = der.toString('hex');
  expect(hex).toContain(from);
  return Buffer.from(hex.replaceAll(from, to), 'hex');
}

test('a mail server that answers twice to one command is not given the message as if it had said 354', async () => {
  const server = await startScriptedServer({ 'RCPT 2': { reply: '250 fine\r\n250 fine' } });
  const { host, port, tls } = { host: '127.0.0.1', port: server.port, tls: 'none' } as const;
  const mailer = createMailer({ from, smtp: { host, port, tls } }, '/nonexistent', {});
  const result = await mailer.send(renderRequest(requestFor(environmentOf('production'))), now);
  await server.close();
  expect(result).toMatchObject({ outcome: 'failed', retry: true });
  expect(result.reason).toContain('answered DATA with 250 instead of 354');
  expect(server.seen).not.toContain('end');
});
