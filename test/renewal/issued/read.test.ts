import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { orderBundle } from '../../../src/renewal/issued/bundle-order.ts';
import { type IssuedFile, readIssuedFile } from '../../../src/renewal/issued/read.ts';
import type { Certificate } from '../../../src/x509/certificate.ts';
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
  ])('%s', (_how, content) => {
    expect(fingerprints(read(content()))).toEqual([fingerprint(client)]);
  });

  test('with its chain, in file order', () => {
    expect(fingerprints(read(client.pem + sub.pem + root.pem))).toEqual([client, sub, root].map(fingerprint));
  });

  test.each([
    ['nothing', () => '', 'the file is empty'],
    ['the request itself', () => csrPem, 'the file holds the certificate request that was sent, not a certificate'],
    [
      'a private key',
      () => client.keyPem,
      'the file holds a private key, not a certificate; if it came by e-mail, it must not be used',
    ],
    ['a zip archive', () => 'PK\x03\x04…', 'the file is a zip archive: unpack it, and give the certificate inside'],
    [
      'an e-mail',
      () => 'Received: from x\nSubject: y\n\nhello\n',
      'the file is an e-mail: save its attachment, and give that',
    ],
    ['text', () => 'hello', 'the file is neither PEM nor DER (5 bytes)'],
  ])('%s is refused, saying what it is', (_what, content, refused) => {
    expect(read(content())).toEqual({ refused });
  });

  test('a certificate that was cut off is refused, naming the line', () => {
    expect(read(`hello\n${client.pem.slice(0, -40)}`)).toEqual({
      refused: expect.stringMatching(/^the block that begins in line 2 is damaged: .*END/),
    });
  });

  test('a certificate with a flipped length is refused with the reason', () => {
    const der = Buffer.from(client.der);
    der[3]! ^= 1;
    expect(read(der)).toEqual({ refused: expect.stringMatching(/^the file holds no certificate that can be read: /) });
  });

  test.skipIf(!needs('openssl'))('PKCS#7 is refused with the command that turns it into PEM, which does', async () => {
    const [pem, p7b] = [join(folder, 'client.pem'), join(folder, 'client.p7b')];
    await writeFile(pem, client.pem + sub.pem);
    for (const form of ['PEM', 'DER']) {
      await run('openssl', ['crl2pkcs7', '-nocrl', '-certfile', pem, '-outform', form, '-out', p7b]);
      const file = read(await readFile(p7b));
      const refused = 'refused' in file ? file.refused : '';
      const command = /run: openssl (.*), and/
        .exec(refused)?.[1]
        ?.replace('FILE', p7b)
        .replace('issued.pem', `${pem}.out`);
      await run('openssl', command?.split(' ') ?? []);
      expect(fingerprints(read(await readFile(`${pem}.out`)))).toEqual([client, sub].map(fingerprint));
    }
  });

  test.skipIf(!needs('openssl'))('PKCS#12 is refused, saying what it is', async () => {
    const [pem, p12] = [join(folder, 'both.pem'), join(folder, 'both.p12')];
    await writeFile(pem, client.pem + client.keyPem);
    await run('openssl', ['pkcs12', '-export', '-in', pem, '-passout', 'pass:x', '-out', p12]);
    expect(read(await readFile(p12))).toEqual({ refused: expect.stringContaining('PKCS#12') });
  });
});

describe('the bundle to deploy', () => {
  const names = (bundle: readonly Certificate[]) => bundle.map(({ subject }) => subject.commonName);
  let all: Certificate[];
  beforeAll(async () => {
    const below = await ca({ cn: 'Below', issuer: sub });
    const other = await ca({ cn: 'Other root' });
    all = [below, sub, other, root, sub].map(({ der }) => parseCertificate(der));
  });

  test('stands root first, every certificate once, those of other chains kept', () => {
    expect(names(orderBundle(all, 'root-first'))).toEqual(['Other root', 'Root', 'Sub', 'Below']);
  });

  test('stands leaf first where that is configured', () => {
    expect(names(orderBundle(all, 'leaf-first'))).toEqual(['Below', 'Sub', 'Other root', 'Root']);
  });

  test('of CAs that certified each other comes to an end', async () => {
    const one = await ca({ cn: 'One' });
    const two = await ca({ cn: 'Two' });
    const crossed = await Promise.all([
      ca({ cn: 'One', keys: one.keys, issuer: two }),
      ca({ cn: 'Two', keys: two.keys, issuer: one }),
    ]);
    expect(
      orderBundle(
        crossed.map(({ der }) => parseCertificate(der)),
        'root-first',
      ),
    ).toHaveLength(2);
  });
});
