import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type IssuedFile, readIssuedFile } from '../../../src/renewal/issued/read.ts';
import { parseCertificate } from '../../../src/x509/parse.ts';
import { ca, leaf, type Made } from '../../support/pki.ts';
import { csrPem } from '../../support/renewal/samples.ts';
import { needs } from '../../support/tools.ts';

const run = promisify(execFile);
let folder: string;
let [root, sub, client] = [] as unknown as [Made, Made, Made];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mesh-cert-monitor-issued-'));
  root = await ca({ cn: 'Root' });
  sub = await ca({ cn: 'Sub', issuer: root, pathLength: 1 });
  client = await leaf({ issuer: sub });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const fingerprint = ({ der }: Made) => parseCertificate(der).fingerprintSha256;
const read = (content: string | Uint8Array) => readIssuedFile(Buffer.from(content));
const fingerprints = (file: IssuedFile) =>
  'refused' in file ? file.refused : file.certificates.map(({ fingerprintSha256 }) => fingerprintSha256);

describe('what came back is read', () => {
  test.each([
    ['as PEM', () => client.pem],
    ['as DER', () => client.der],
    ['with CRLF', () => client.pem.replaceAll('\n', '\r\n')],
    ['with a BOM and talk around it', () => `\uFEFFDear Ada,\nyour certificate:\n\n${client.pem}\nRegards\n`],
    [
      'from Windows, which calls it X509 CERTIFICATE',
      () => client.pem.replaceAll(' CERTIFICATE-', ' X509 CERTIFICATE-'),
    ],
    ['as base64 alone, the lines around it lost', () => client.pem.replace(/-----.*-----\n/g, '')],
  ])('%s', async (_how, content) => {
    expect(fingerprints(await read(content()))).toEqual([fingerprint(client)]);
  });

  const mail = (...lines: string[]) =>
    ['From: ITOC <itoc@example.nhs.uk>', 'Subject: RE: MESH certificate', 'MIME-Version: 1.0', ...lines].join('\r\n');
  const base64 = (content: string | Uint8Array) => Buffer.from(content).toString('base64').replace(/.{76}/g, '$&\r\n');
  const attached = (name: string, content: string | Uint8Array) =>
    mail(
      'Content-Type: multipart/mixed; boundary=x',
      '',
      '--x',
      'Content-Type: text/plain',
      '',
      'Please find the certificate attached.',
      '--x',
      `Content-Type: application/octet-stream; name="${name}"`,
      'Content-Transfer-Encoding: base64',
      `Content-Disposition: attachment; filename="${name}"`,
      '',
      base64(content),
      '--x--',
      '',
    );

  test.each([
    ['in the text of an e-mail', () => mail('Content-Type: text/plain', '', 'Hello,', client.pem)],
    [
      'in quoted-printable',
      () =>
        mail(
          'Content-Type: text/plain',
          'Content-Transfer-Encoding: quoted-printable',
          '',
          client.pem.replaceAll('=', '=3D'),
        ),
    ],
    [
      'in a body under base64',
      () => mail('Content-Type: text/plain', 'Content-Transfer-Encoding: base64', '', base64(`Hello,\n${client.pem}`)),
    ],
    [
      'in an HTML body',
      () => mail('Content-Type: text/html', '', `<div>Hello,<br>${client.pem.trim().replaceAll('\n', '<br>')}</div>`),
    ],
    ['as an attachment in PEM', () => attached('issued.pem', client.pem)],
    ['as an attachment in DER', () => attached('issued.cer', client.der)],
    [
      'in a message that was forwarded as an attachment',
      () => attached('answer.eml', attached('issued.cer', client.der)),
    ],
  ])('%s', async (_where, content) => {
    expect(fingerprints(await read(content()))).toEqual([fingerprint(client)]);
  });

  test('a private key in an e-mail is not read', async () => {
    expect(await read(attached('key.pem', client.keyPem))).toEqual({
      refused: 'the file is an email without a certificate in its text or attachments',
    });
  });

  test('with its chain, in file order', async () => {
    expect(fingerprints(await read(client.pem + sub.pem + root.pem))).toEqual([client, sub, root].map(fingerprint));
  });

  test.each([
    ['nothing', () => '', 'the file is empty'],
    [
      'the request itself',
      () => csrPem,
      'the file does not contain a certificate, only CERTIFICATE REQUEST: it is the certificate signing request that was sent, not the certificate that was issued for it',
    ],
    [
      'a private key',
      () => client.keyPem,
      'the file does not contain a certificate, only PRIVATE KEY: it is a private key, not a certificate; if it came by email, it must not be used',
    ],
    ['a zip archive', () => 'PK\x03\x04…', 'the file is a zip archive: unpack it and use the file inside'],
    [
      'an e-mail without a certificate',
      () => 'Received: from x\nSubject: y\n\nhello\n',
      'the file is an email without a certificate in its text or attachments',
    ],
    ['text', () => 'hello', 'the file is neither PEM nor DER, nor base64 of either'],
  ])('%s is refused, saying what it is', async (_what, content, refused) => {
    expect(await read(content())).toEqual({ refused });
  });

  test('a certificate that was cut off is refused, naming the line', async () => {
    expect(await read(`hello\n${client.pem.slice(0, -40)}`)).toEqual({
      refused: expect.stringMatching(/^block 1 \(line 2\): its END line is missing/),
    });
  });

  test('a certificate with a flipped length is refused with the reason', async () => {
    const der = Buffer.from(client.der);
    der[3]! ^= 1;
    expect(await read(der)).toEqual({ refused: expect.stringMatching(/cut short|too many|goes past/) });
  });

  test.skipIf(!needs('openssl'))('as PKCS#7, in PEM, in DER, as base64, and under another label', async () => {
    const [pem, p7b] = [join(folder, 'client.pem'), join(folder, 'client.p7b')];
    await writeFile(pem, client.pem + sub.pem);
    const made = async (form: 'PEM' | 'DER') => {
      await run('openssl', ['crl2pkcs7', '-nocrl', '-certfile', pem, '-outform', form, '-out', p7b]);
      return readFile(p7b);
    };
    const base64 = (await made('DER')).toString('base64');
    const mislabelled = `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`;
    for (const content of [await made('PEM'), await made('DER'), base64, mislabelled])
      expect(fingerprints(await read(content))).toEqual([client, sub].map(fingerprint));
  });

  test.skipIf(!needs('openssl'))('PKCS#12 is refused, saying what it is', async () => {
    const [pem, p12] = [join(folder, 'both.pem'), join(folder, 'both.p12')];
    await writeFile(pem, client.pem + client.keyPem);
    await run('openssl', ['pkcs12', '-export', '-in', pem, '-passout', 'pass:x', '-out', p12]);
    expect(await read(await readFile(p12))).toEqual({ refused: expect.stringContaining('PKCS#12') });
  });
});
