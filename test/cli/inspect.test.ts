import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inspectionReportSchema } from '../../src/report/schema.ts';
import { secondMs } from '../../src/time/duration.ts';
import { parseCertificate } from '../../src/x509/parse.ts';
import { type Transcript, type } from '../support/cli.ts';
import { ca, leaf, type NhsLikePki, nhsLikePki, type PkiFiles, writePki } from '../support/pki.ts';

let pki: NhsLikePki;
let files: PkiFiles;
let notAfter: Date;
const env = () => ({ PASSPHRASE: files.passphrase });

beforeAll(async () => {
  pki = await nhsLikePki();
  files = await writePki(pki);
  notAfter = parseCertificate(pki.client.der).notAfter;
});
afterAll(() => files.remove());

function write(name: string, content: string | Uint8Array): string {
  const path = join(files.directory, name);
  writeFileSync(path, content, { mode: 0o600 });
  return path;
}

const inspect = (words: readonly string[], world: Parameters<typeof type>[1] = {}): Promise<Transcript> =>
  type(['inspect', ...words], { env: env(), ...world });
const whole = () => [
  ...['--cert', files.certificate, '--key', files.privateKey, '--passphrase-env', 'PASSPHRASE'],
  ...['--ca-bundle', files.caBundle],
];
async function report(words: readonly string[]) {
  const { code, stdout, stderr } = await inspect([...words, '--format', 'json']);
  expect(stderr).toBe('');
  const json = JSON.parse(stdout);
  expect(inspectionReportSchema.parse(json)).toEqual(json);
  return { code, ...inspectionReportSchema.parse(json) };
}
const codes = ({ inspection }: { inspection: { findings: { code: string }[] } }) =>
  inspection.findings.map(({ code }) => code);

/** Everything that differs from run to run or from machine to machine. */
function normalised(text: string): string {
  return text
    .replaceAll(files.directory, '/certs')
    .replace(/\b[0-9a-f]{64}\b/g, '<fingerprint>')
    .replace(/\b[0-9a-f]{40}\b/g, '<key id>')
    .replace(/\b[0-9A-F]{20,40}\b/g, '<serial>')
    .replace(/\d{4}-\d{2}-\d{2}/g, 'YYYY-MM-DD')
    .replace(/\d{2}:\d{2}:\d{2}/g, 'hh:mm:ss')
    .replace(/\d+ days/g, 'N days');
}

describe('inspect', () => {
  test.each([60, 100])('a credential in order, %i columns wide', async (columns) => {
    const { code, stderr, stdout } = await inspect(whole(), { columns });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    await expect(normalised(stdout)).toMatchFileSnapshot(`golden/inspect-good-${columns}.txt`);
  });

  test('JSON has every field that scripts rely on', async () => {
    const { code, inspection, status } = await report(whole());
    expect({ code, status, valid: inspection.valid, order: inspection.order }).toEqual({
      code: 0,
      status: 'ok',
      valid: true,
      order: 'root-first',
    });
    expect(inspection.certificates.map(({ role }) => role)).toEqual(['client', 'root', 'intermediate']);
    expect(inspection.path).toEqual([0, 2, 1].map((index) => inspection.certificates[index]?.fingerprintSha256));
    expect(inspection.certificates[0]).toMatchObject({ keyAlgorithm: 'RSA', keyBits: 2048, onPath: true });
    expect(inspection.expiresAt).toBe(notAfter.toISOString().replace('.000Z', 'Z'));
  });

  test('a bundle alone', async () => {
    const { code, stdout } = await inspect(['--ca-bundle', files.caBundle]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^OK {2}2 CA certificates found, but no client certificate to check\n/);
    expect((await report(['--ca-bundle', files.caBundle])).inspection).toMatchObject({
      checks: [
        { check: 'readable', passed: true, judged: true },
        { check: 'chain_order', passed: true, judged: true },
      ],
      path: [],
    });
  });

  test('a certificate alone is not called valid without saying what was not judged', async () => {
    const { code, stdout } = await inspect(['--cert', files.certificate]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^OK {2}valid, \d+ days left \([^;]*\); key and chain not given, so not checked\n/);
    const { checks } = (await report(['--cert', files.certificate])).inspection;
    expect(checks.map(({ check }) => check)).toEqual(['readable', 'validity', 'naming', 'strength']);
  });

  test('a key alone', async () => {
    const { code, inspection } = await report(['--key', files.privateKey, '--passphrase-env', 'PASSPHRASE']);
    expect({ code, certificates: inspection.certificates, findings: inspection.findings }).toEqual({
      code: 0,
      certificates: [],
      findings: [],
    });
  });

  test('a bundle in the wrong order is a warning, unless that order was asked for', async () => {
    const bundle = write('leaf-first.pem', pki.sub.pem + pki.root.pem);
    const words = ['--cert', files.certificate, '--ca-bundle', bundle];
    const wrong = await report(words);
    expect(wrong).toMatchObject({ code: 1, status: 'warning', inspection: { valid: true, order: 'leaf-first' } });
    expect(codes(wrong)).toEqual(['chain_order_wrong']);
    expect(await report([...words, '--chain-order', 'leaf-first'])).toMatchObject({ code: 0, status: 'ok' });
  });

  test.each([
    ['one second before', -1, true],
    ['at', 0, true],
    ['one second after', 1, false],
  ])('--at %s notAfter (RFC 5280 §4.1.2.5: inclusive)', async (_, seconds, valid) => {
    const at = new Date(notAfter.getTime() + seconds * secondMs).toISOString();
    const words = ['--cert', files.certificate, '--ca-bundle', files.caBundle, '--at', at];
    const judged = await report(words);
    expect(judged).toMatchObject({ code: 2, status: 'critical', inspection: { valid } });
    expect(codes(judged)).toContain(valid ? 'certificate_expires_imminently' : 'certificate_expired');
    expect(judged.inspection.assessedAt).toBe(at.replace('.000Z', 'Z'));
    expect((await inspect(words)).stdout).toMatch(
      valid
        ? /^CRITICAL {2}Client certificate expires within the critical threshold; valid, /
        : /^CRITICAL {2}NOT VALID: the client certificate expired on [^;]*; expired /,
    );
  });

  test('an issuer that is missing is named in the tree', async () => {
    const { code, stdout } = await inspect([
      '--cert',
      files.certificate,
      '--ca-bundle',
      write('root.pem', pki.root.pem),
    ]);
    expect(code).toBe(2);
    expect(stdout).toContain('(missing) Test INT Authentication G2\n  └─ x26abc1.x26.api.mesh-client.nhs.uk');
    expect(stdout).toContain('(chain_incomplete)');
  });

  test('a key of another certificate', async () => {
    const root = await ca({ cn: 'Other root' });
    const other = await leaf({ issuer: root });
    const key = write('other.key', other.encryptedKeyPem(files.passphrase));
    const judged = await report([
      '--cert',
      files.certificate,
      '--ca-bundle',
      files.caBundle,
      '--key',
      key,
      '--passphrase-env',
      'PASSPHRASE',
    ]);
    expect(judged.code).toBe(2);
    expect(codes(judged)).toContain('key_mismatch');
  });

  test('a wrong passphrase is a finding, and is not repeated', async () => {
    const { code, stderr, stdout } = await inspect(whole(), { env: { PASSPHRASE: 'hunter2-is-wrong' } });
    expect(code).toBe(2);
    expect(stdout).toContain('(passphrase_wrong)');
    expect(stdout + stderr).not.toContain('hunter2-is-wrong');
  });

  test('a passphrase that is needed: the remedy is the option of this command', async () => {
    const { code, stdout } = await inspect(['--key', files.privateKey]);
    expect(code).toBe(2);
    expect(stdout).toContain('(passphrase_missing)');
    expect(stdout).toContain('→ Name the environment variable that contains it: `--passphrase-env NAME`.');
  });

  test.each(['--cert', '--key', '--ca-bundle', '--keystore'])('%s that is not there is bad usage', async (option) => {
    for (const path of ['no-such-file.pem', 'client.pem/below-a-file'].map((name) => join(files.directory, name)))
      expect(await inspect([option, path])).toEqual({
        code: 3,
        stdout: '',
        stderr: `error: there is no file ${path}\n`,
      });
  });

  test.each([
    ['--cert', 'certificate_unreadable'],
    ['--key', 'private_key_unreadable'],
    ['--ca-bundle', 'ca_bundle_unreadable'],
  ])('%s that cannot be read is a finding', async (option, expected) => {
    const judged = await report([option, files.directory]);
    expect({ code: judged.code, codes: codes(judged) }).toEqual({ code: 2, codes: [expected] });
    expect(judged.inspection.findings[0]?.message).toContain(files.directory);
    expect((await inspect([option, files.directory])).stdout).toMatch(
      /^CRITICAL {2}NOT VALID: .* cannot be read; no certificate to check\n/,
    );
  });

  test('a file that is no certificate is a finding', async () => {
    const judged = await report(['--cert', write('noise.pem', 'not a certificate')]);
    expect({ code: judged.code, codes: codes(judged) }).toEqual({ code: 2, codes: ['certificate_malformed'] });
  });

  test('a hostile certificate cannot write on the terminal', async () => {
    const root = await ca({ cn: 'Root\u001b]0;owned\u0007' });
    const evil = await leaf({ issuer: root, cn: '\u001b[2J\u202eevil\r\nOK  valid' });
    const words = ['--cert', write('evil.pem', evil.pem), '--ca-bundle', write('evil-ca.pem', root.pem)];
    const { stdout } = await inspect(words);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
    expect(stdout).not.toMatch(/^OK/m);
    expect((await report(words)).inspection.certificates).toHaveLength(2);
  });

  test('colour where it is wanted, and only there', async () => {
    expect((await inspect(whole(), { colour: true })).stdout).toContain('\u001b[1m\u001b[32mOK');
    expect((await inspect(whole())).stdout).not.toContain('\u001b');
  });

  test('nothing to inspect is bad usage', async () => {
    expect(await inspect([])).toEqual({
      code: 3,
      stdout: '',
      stderr:
        'error: nothing to inspect\nGive files or folders, at least one of --cert, --key, --ca-bundle and --keystore, or --connect.\n',
    });
  });
});
