import { execFileSync } from 'node:child_process';
import { beforeAll, describe, expect, test } from 'vitest';
import { filesInZip } from '../../src/credential/form/zip.ts';
import { readSentCertificates } from '../../src/credential/sent-certificates.ts';
import { parseCertificate } from '../../src/x509/parse.ts';
import { zipOf } from '../support/credential/zip.ts';
import { ca, leaf, type Made } from '../support/pki.ts';
import { needs } from '../support/tools.ts';

const contents = (archive: Buffer) => {
  const read = filesInZip(archive);
  return 'problem' in read ? read.problem : read.files.map((each) => each.toString());
};

describe('a zip archive', () => {
  test('stored or deflated, with folders and a comment, is read', () => {
    const files = [
      { name: 'folder/', content: '' },
      { name: 'folder/a.txt', content: 'first' },
      { name: 'b.txt', content: 'second '.repeat(1000), deflate: true },
      { name: 'empty.txt', content: '' },
    ];
    expect(contents(zipOf(files, { comment: 'PK\x05\x06 a comment that looks like an end' }))).toEqual([
      'first',
      'second '.repeat(1000),
      '',
    ]);
    expect(contents(zipOf([]))).toEqual([]);
  });

  test.skipIf(!needs('python3'))('as Python writes it is read', () => {
    const script =
      'import sys,zipfile,io;b=io.BytesIO();z=zipfile.ZipFile(b,"w",zipfile.ZIP_DEFLATED);z.writestr("a.txt","hello "*99);z.close();sys.stdout.buffer.write(b.getvalue())';
    expect(contents(execFileSync('python3', ['-c', script]))).toEqual(['hello '.repeat(99)]);
  });

  const file = { name: 'a', content: 'x'.repeat(100), deflate: true };
  test.each([
    ['with a password', zipOf([{ ...file, claims: { flags: 1 } }]), /with a password: unpack it/],
    ['packed in an unusual way', zipOf([{ ...file, claims: { method: 12 } }]), /packed in an unusual way/],
    ['that unpacks to more than it says', zipOf([{ ...file, claims: { bytes: 10 } }]), /damaged/],
    ['that unpacks to less than it says', zipOf([{ ...file, claims: { bytes: 1000 } }]), /damaged/],
    ['that says it is huge', zipOf([{ ...file, claims: { bytes: 2 ** 31 } }]), /larger than 1 MiB/],
    [
      'of a million zeros twice',
      zipOf([1, 2].map((name) => ({ name: `${name}`, content: '0'.repeat(600_000), deflate: true }))),
      /larger than 1 MiB/,
    ],
    ['with a wrong checksum', zipOf([{ ...file, claims: { crc: 1 } }]), /damaged/],
    ['that points outside itself', zipOf([{ ...file, claims: { localAt: 2 ** 32 - 1 } }]), /damaged/],
    [
      'of too many files',
      zipOf(Array.from({ length: 33 }, (_, name) => ({ name: `${name}`, content: '' }))),
      /more than 32 files/,
    ],
    ['that counts more than it has', zipOf([file], { count: 2 }), /cut short/],
    ['without its end', zipOf([file]).subarray(0, -1), /its directory is missing/],
  ])('%s is refused', (_what, archive, problem) => {
    expect(contents(archive)).toMatch(problem);
  });

  test('cut anywhere, or with any octet changed, it is read or refused and never throws', () => {
    const archive = zipOf([file, { name: 'b', content: 'stored' }]);
    for (let at = 0; at < archive.length; at += 1) {
      filesInZip(archive.subarray(0, at));
      for (const octet of [0, 0xff]) {
        const changed = Buffer.from(archive);
        changed[at] = octet;
        filesInZip(changed);
      }
    }
  });
});

describe('what a desk sent', () => {
  let [root, sub, client] = [] as unknown as [Made, Made, Made];
  beforeAll(async () => {
    root = await ca({ cn: 'Root' });
    sub = await ca({ cn: 'Sub', issuer: root });
    client = await leaf({ issuer: sub });
  });
  const fingerprints = (...all: Made[]) => all.map(({ der }) => parseCertificate(der).fingerprintSha256);
  const read = async (bytes: Uint8Array) => {
    const { entries, problems } = await readSentCertificates(Buffer.from(bytes));
    return problems.length > 0 ? problems : entries.map((entry) => entry?.fingerprintSha256);
  };
  const mail = (...parts: (string | Uint8Array)[]) =>
    Buffer.from(
      [
        'From: desk@example.org',
        'Subject: your certificate',
        'Content-Type: multipart/mixed; boundary=x',
        '',
        ...parts.flatMap((part) => [
          '--x',
          'Content-Type: application/octet-stream',
          'Content-Transfer-Encoding: base64',
          'Content-Disposition: attachment; filename="file"',
          '',
          Buffer.from(part as Uint8Array)
            .toString('base64')
            .replace(/.{76}/g, '$&\n'),
        ]),
        '--x--',
        '',
      ].join('\n'),
    );

  test('in several files of an archive is read from all of them, each certificate once', async () => {
    const archive = zipOf([
      { name: 'readme.txt', content: 'hello' },
      { name: 'sub.crt', content: sub.der, deflate: true },
      { name: 'client.pem', content: client.pem + sub.pem, deflate: true },
    ]);
    expect(await read(archive)).toEqual(fingerprints(sub, client));
  });

  test('in several attachments, one of them an archive, is read from all of them', async () => {
    const archive = zipOf([{ name: 'client.der', content: client.der }]);
    expect(await read(mail(root.pem, sub.der, archive))).toEqual(fingerprints(root, sub, client));
  });

  test('without a certificate is refused, saying what it is', async () => {
    expect(await read(zipOf([{ name: 'a', content: 'hello' }]))).toEqual([
      'it is a zip archive without a certificate in it',
    ]);
    expect(await read(mail('hello'))).toEqual(['it is an email without a certificate in its text or attachments']);
  });

  test('in archives inside archives comes to an end', async () => {
    let archive = zipOf([{ name: 'client', content: client.der }]);
    for (let depth = 0; depth < 5; depth += 1) archive = zipOf([{ name: 'inner.zip', content: archive }]);
    expect(await read(archive)).toEqual(['it is a zip archive without a certificate in it']);
  });
});
