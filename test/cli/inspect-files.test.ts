/** `inspect` in place of `openssl x509`: chains, standard input, many files, and what the extensions say. */
import 'reflect-metadata';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Extension } from '@peculiar/x509';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sequence } from '../../src/demo/der.ts';
import { inspectionReportSchema, inspectionsReportSchema } from '../../src/report/schema.ts';
import { type Transcript, type, type World } from '../support/cli.ts';
import { generalName, oid, subjectAlternativeName } from '../support/extensions.ts';
import { ca, leaf, type NhsLikePki, nhsLikePki, type PkiFiles, writePki } from '../support/pki.ts';

let pki: NhsLikePki;
let files: PkiFiles;
let folder: string;

beforeAll(async () => {
  pki = await nhsLikePki();
  files = await writePki(pki);
});
afterAll(() => files.remove());
beforeEach(() => {
  folder = join(files.directory, 'folder');
  mkdirSync(folder);
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content, { mode: 0o600 });
  return path;
}
const inspect = (words: readonly string[], world: World = {}): Promise<Transcript> =>
  type(['inspect', ...words], { env: { PASSPHRASE: files.passphrase }, ...world });
async function report(words: readonly string[], world: World = {}) {
  const { code, stderr, stdout } = await inspect([...words, '--format', 'json'], world);
  return { code, stderr, ...inspectionReportSchema.parse(JSON.parse(stdout)) };
}
async function reports(words: readonly string[], world: World = {}) {
  const { code, stderr, stdout } = await inspect([...words, '--format', 'json'], world);
  const json = JSON.parse(stdout);
  expect(inspectionsReportSchema.parse(json)).toEqual(json);
  return { code, stderr, ...inspectionsReportSchema.parse(json) };
}
const named = ({ inspections }: { inspections: readonly { file: string; status: string }[] }) =>
  inspections.map(({ file, status }) => [file.replace(`${folder}/`, ''), status]);

describe('a whole chain as --cert', () => {
  test.each([
    ['leaf first', () => pki.client.pem + pki.sub.pem + pki.root.pem, 'leaf-first'],
    ['root first', () => pki.root.pem + pki.sub.pem + pki.client.pem, 'root-first'],
  ])('%s: the certificate that is no CA is judged with the others as its bundle', async (_, content, order) => {
    const { code, inspection } = await report(['--cert', write('chain.pem', content())]);
    expect({ code, findings: inspection.findings, order: inspection.order }).toEqual({ code: 0, findings: [], order });
    expect(inspection.checks).toContainEqual({ check: 'chain_valid', passed: true, judged: true });
    expect(inspection.path).toHaveLength(3);
  });

  test('an order that is asked for is required', async () => {
    const chain = write('chain.pem', pki.client.pem + pki.sub.pem + pki.root.pem);
    const { code, inspection } = await report(['--cert', chain, '--chain-order', 'root-first']);
    expect([code, inspection.findings.map((each) => each.code)]).toEqual([1, ['chain_order_wrong']]);
  });

  test('with a bundle, the bundle alone is one, as before', async () => {
    const chain = write('chain.pem', pki.client.pem + pki.sub.pem);
    const { inspection } = await report(['--cert', chain, '--ca-bundle', write('root.pem', pki.root.pem)]);
    expect(inspection.findings.map((each) => each.code)).toContain('chain_incomplete');
  });

  test('a root that nobody has is missing', async () => {
    const { code, inspection, stderr } = await report(['--cert', write('chain.pem', pki.client.pem + pki.sub.pem)]);
    expect([code, inspection.findings[0]?.code, stderr]).toEqual([2, 'chain_untrusted', '']);
  });

  test('CA certificates of the NHS that are left out are taken from the program, which says so', async () => {
    const sub = execFileSync(process.execPath, [
      'dist/main.js',
      'bundle',
      '--environment',
      'integration',
      '--order',
      'leaf-first',
    ]);
    const [, subPem = ''] = /^([\s\S]*?-----END CERTIFICATE-----\n)/.exec(sub.toString()) ?? [];
    const { stderr } = await report(['--cert', write('chain.pem', pki.client.pem + subPem)]);
    expect(stderr).toMatch(
      /^note: NHS PTL Root Authority G2: not in \S+chain\.pem, so taken from the NHS certificates in this program\n$/,
    );
  });

  test('text around the certificates does no harm', async () => {
    const stdin = `From the desk:\n${pki.client.pem} 1 s:CN = y\n${pki.sub.pem}${pki.root.pem}---\nDONE\n`;
    expect(await report(['--cert', '-'], { stdin })).toMatchObject({ code: 0, status: 'ok' });
  });
});

describe('standard input', () => {
  test.each(['--cert', '--ca-bundle'])('is %s -', async (option) => {
    const { code, inspection } = await report([option, '-'], { stdin: pki.bundlePem });
    expect([code === 3, inspection.certificates.length]).toEqual([false, option === '--cert' ? 1 : 2]);
  });

  test('a key', async () => {
    const stdin = pki.client.encryptedKeyPem(files.passphrase);
    const { code } = await report(['--key', '-', '--passphrase-env', 'PASSPHRASE'], { stdin });
    expect(code).toBe(0);
  });

  test('is named in what is found', async () => {
    const { inspection } = await report(['--cert', '-'], { stdin: 'nothing' });
    expect(inspection.findings[0]).toMatchObject({ code: 'certificate_malformed', subject: 'standard input' });
  });

  test('can be one thing only', async () => {
    expect(await inspect(['--cert', '-', '--key', '-'], { stdin: '' })).toEqual({
      code: 3,
      stdout: '',
      stderr: 'error: standard input (-) can be only one of --cert, --key, --ca-bundle and --keystore\n',
    });
  });

  test('a pipe into the built program is read to its end, and no further than a file', () => {
    const run = (input: string | Buffer) => {
      try {
        return execFileSync(process.execPath, ['dist/main.js', 'inspect', '-'], { input, stdio: 'pipe' }).toString();
      } catch (error) {
        return String((error as { stderr: Buffer }).stderr);
      }
    };
    expect(run(pki.client.pem)).toMatch(/^OK {2}standard input: valid, /);
    expect(run(Buffer.alloc(1024 * 1024 + 1))).toBe('error: standard input is longer than 1 MiB\n');
  });
});

describe('files and folders', () => {
  function fill(): void {
    write('client.pem', pki.client.pem);
    write('bundle.pem', pki.bundlePem);
    write('key.pem', pki.client.encryptedKeyPem(files.passphrase));
    write('readme.txt', 'nothing to see here');
    mkdirSync(join(folder, 'deeper'));
    writeFileSync(join(folder, 'deeper', 'client.der'), pki.client.der);
  }

  test('a folder: each file for what it holds, and how many hold nothing', async () => {
    fill();
    const judged = await reports([folder]);
    expect(named(judged)).toEqual([
      ['bundle.pem', 'ok'],
      ['client.pem', 'ok'],
      ['deeper/client.der', 'ok'],
    ]);
    expect(judged).toMatchObject({ code: 0, status: 'ok', others: 1 });
    expect(judged.stderr).toBe(`not inspected: ${folder}/key.pem is encrypted, and no --passphrase-env is given\n`);
  });

  test('with the passphrase, the key as well; text ends with the count', async () => {
    fill();
    const { code, stdout } = await inspect([folder, '--passphrase-env', 'PASSPHRASE']);
    const lines = stdout.replaceAll(/\n {4}(?! )/g, ' ');
    expect(code).toBe(0);
    expect(lines).toMatch(/^OK {2}\S+key\.pem: a private key found, but no client certificate to check$/m);
    expect(stdout).toMatch(/\n4 files: 4 ok; 1 without a certificate or key\n$/);
  });

  test('a pattern that the shell left alone, and the worst of several is the exit code', async () => {
    fill();
    write('client-broken.pem', pki.client.pem.replace('MII', 'MIJ'));
    const judged = await reports([join(folder, 'client*.pem'), join(folder, 'bundle.pem')]);
    expect(named(judged)).toEqual(
      expect.arrayContaining([
        ['client-broken.pem', 'critical'],
        ['client.pem', 'ok'],
        ['bundle.pem', 'ok'],
      ]),
    );
    expect(judged.code).toBe(2);
  });

  test('--quiet says what is wrong, and nothing else', async () => {
    fill();
    expect(await inspect([folder, '--quiet'])).toMatchObject({ code: 0, stdout: '' });
    write('broken.pem', pki.client.pem.replace('MII', 'MIJ'));
    const { code, stdout } = await inspect([folder, '--quiet'], { columns: 40 });
    expect(code).toBe(2);
    expect(stdout).toMatch(/^CRITICAL {2}\S+broken\.pem: NOT VALID: [^\n]+\n$/);
  });

  test('certificate and key in one file are judged together', async () => {
    const other = await leaf({ issuer: await ca({ cn: 'Root' }) });
    write('both.pem', pki.client.pem + pki.client.keyPem);
    write('mismatch.pem', pki.client.pem + other.keyPem);
    const { inspections } = await reports([folder]);
    const codes = inspections.map(({ findings }) => findings.map(({ code }) => code));
    expect(codes[0]).not.toContain('key_mismatch');
    expect(codes[1]).toContain('key_mismatch');
  });

  test('hostile and unreadable files harm nothing', async () => {
    write('client.pem', pki.client.pem);
    write('huge.pem', Buffer.alloc(2 * 1024 * 1024));
    write('noise.der', Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 7919) % 256)));
    write('evil\u001b[2J.pem', pki.client.pem);
    symlinkSync('.', join(folder, 'loop'));
    symlinkSync('/dev/zero', join(folder, 'zero'));
    symlinkSync('nowhere', join(folder, 'dangling'));
    execFileSync('mkfifo', [join(folder, 'fifo')]);
    mkdirSync(join(folder, '..data'));
    writeFileSync(join(folder, '..data', 'hidden.pem'), 'x');
    const { code, stderr, stdout } = await inspect([folder], { columns: 1000 });
    expect(code).toBe(0);
    expect(stdout).toMatch(/\n2 files: 2 ok; 1 without a certificate or key\n$/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what must not be there
    expect(stdout + stderr).not.toMatch(/\u001b/);
    expect(stderr).toBe(`not inspected: ${folder}/huge.pem is larger than 1 MiB\n`);
  });

  test('a file that may not be read is named, and changes nothing else', async () => {
    chmodSync(write('client.pem', pki.client.pem), 0o644);
    chmodSync(write('closed.pem', pki.client.pem), 0o000);
    for (const each of [files.directory, folder]) chmodSync(each, 0o755);
    const root = process.geteuid?.() === 0;
    try {
      // Root may read everything; the refusal can only be seen as somebody else.
      if (root) process.seteuid?.(65_534);
      const { code, stderr, stdout } = await inspect([folder]);
      expect(code).toBe(0);
      expect(stderr).toMatch(/^not inspected: \S+closed\.pem may not be read by this process \(permission denied\)/);
      expect(stdout).toMatch(/\n1 file: 1 ok\n$/);
    } finally {
      if (root) process.seteuid?.(0);
    }
  });

  test.each([
    [['no-such-file.pem'], 'there is no file no-such-file.pem'],
    [['no-such-*.pem'], 'no file matches no-such-*.pem'],
    [
      ['package.json', '--cert', 'a'],
      'give either files, or --cert, --key and --keystore, or --connect\nFiles are inspected for what they hold.',
    ],
  ])('%j is bad usage', async (words, message) => {
    expect(await inspect(words)).toEqual({ code: 3, stdout: '', stderr: `error: ${message}\n` });
  });

  test('a folder in which there is nothing is bad usage: a script would believe that all is well', async () => {
    write('readme.txt', 'nothing');
    expect(await inspect([folder])).toEqual({
      code: 3,
      stdout: '',
      stderr: 'error: there is neither a certificate nor a key that can be inspected in what was named\n',
    });
  });

  test('a file that is named and holds nothing is a finding', async () => {
    expect(await reports([write('readme.txt', 'nothing')])).toMatchObject({
      code: 2,
      inspections: [{ findings: [{ code: 'certificate_malformed' }] }],
    });
  });
});

describe('output', () => {
  test('--format pem: the path from client to root, then the others, and never a key', async () => {
    const { stdout } = await inspect([
      ...['--cert', files.certificate, '--ca-bundle', files.caBundle],
      ...['--key', files.privateKey, '--passphrase-env', 'PASSPHRASE', '--format', 'pem'],
    ]);
    const body = (pem: string) => pem.replace(/\s/g, '');
    expect(body(stdout)).toBe(body(pki.client.pem + pki.sub.pem + pki.root.pem));
    expect(await report(['--cert', '-'], { stdin: stdout })).toMatchObject({ code: 0 });
  });

  test('--quiet: silent if all is well, else the verdict', async () => {
    const words = ['--cert', files.certificate, '--ca-bundle', files.caBundle];
    expect(await inspect([...words, '--quiet'])).toEqual({ code: 0, stdout: '', stderr: '' });
    const { code, stdout } = await inspect([...words, '-q', '--at', '2099-01-01T00:00:00Z'], { columns: 40 });
    expect(code).toBe(2);
    expect(stdout).toMatch(/^CRITICAL {2}NOT VALID: [^\n]*\n$/);
  });

  test('what the extensions say, in text and JSON', async () => {
    const root = await ca({ cn: 'Root' });
    const made = await leaf({
      issuer: root,
      extensions: [
        subjectAlternativeName(generalName.dns('mesh.example.nhs.uk'), generalName.ip(192, 0, 2, 1)),
        new Extension('2.5.29.32', false, sequence(sequence(oid('2.5.29.32.0')))),
        new Extension(
          '1.3.6.1.5.5.7.1.1',
          false,
          sequence(sequence(oid('1.3.6.1.5.5.7.48.1'), generalName.uri('http://ocsp.example'))),
        ),
      ],
    });
    const path = write('client.pem', made.pem);
    const { inspection } = await report(['--cert', path]);
    expect(inspection.certificates[0]).toMatchObject({
      keyUsage: expect.arrayContaining(['digitalSignature']),
      extendedKeyUsage: expect.arrayContaining(['clientAuth']),
      subjectAlternativeNames: [
        { kind: 'dns', value: 'mesh.example.nhs.uk' },
        { kind: 'ip', value: '192.0.2.1' },
      ],
      certificatePolicies: ['2.5.29.32.0'],
      ocspAddresses: ['http://ocsp.example'],
      subjectKeyIdentifier: expect.stringMatching(/^[0-9a-f]{40}$/),
      authorityKeyIdentifier: expect.stringMatching(/^[0-9a-f]{40}$/),
    });
    const { stdout } = await inspect(['--cert', path]);
    expect(stdout).toMatch(/^ {2}Names {6}dns:mesh\.example\.nhs\.uk, ip:192\.0\.2\.1$/m);
    expect(stdout).toMatch(/^ {2}Policies {3}2\.5\.29\.32\.0$/m);
    expect(stdout).toMatch(/^ {2}OCSP {7}http:\/\/ocsp\.example$/m);
  });

  test('hostile extensions cannot write on the terminal, nor fill it', async () => {
    const evil = '\u001b[2J\r\nOK  valid';
    const names = Array.from({ length: 200 }, () => generalName.dns(`${evil}${'x'.repeat(200)}`));
    const root = await ca({ cn: 'Root' });
    const made = await leaf({ issuer: root, extensions: [subjectAlternativeName(...names, generalName.uri(evil))] });
    const path = write('evil.pem', made.pem);
    const { stdout } = await inspect(['--cert', path]);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]|^OK {2}valid$/m);
    expect(stdout).toContain('and 189 more');
    expect(stdout.split('\n').length).toBeLessThan(80);
    const { inspection } = await report(['--cert', path]);
    expect(inspection.certificates[0]?.subjectAlternativeNames?.at(-1)).toEqual({
      kind: 'uri',
      value: '\\u{1b}[2J\\u{d}\\u{a}OK  valid',
    });
  });
});
