import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { inspect } from '../../src/index.ts';
import { type } from '../support/cli.ts';
import { ca, date, leaf, type Made } from '../support/pki.ts';
import { needs } from '../support/tools.ts';

const now = date('2027-03-01T09:00:00Z');
let pki: { root: Made; sub: Made; client: Made; old: Made; stranger: Made };
let folder: string;
beforeAll(async () => {
  const root = await ca({ cn: 'Root' });
  const sub = await ca({ cn: 'Sub', issuer: root, pathLength: 0 });
  pki = {
    root,
    sub,
    client: await leaf({ issuer: sub }),
    old: await ca({ cn: 'Old root', notAfter: date('2024-06-04') }),
    stranger: await ca({ cn: 'Stranger' }),
  };
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mesh-cert-monitor-bundle-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string) => join(folder, name);
function write(name: string, content: string | Uint8Array): string {
  writeFileSync(file(name), content);
  return file(name);
}
const bundle = (...words: string[]) => type(['bundle', ...words], { now });

describe('bundle --environment', () => {
  test.each(['integration', 'deployment', 'production'])('%s: prints the same bytes every time', async (name) => {
    const { code, stdout, stderr } = await bundle('--environment', name);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(await bundle('--environment', name, '--output', '-')).toEqual({ code, stderr, stdout });
    await expect(stdout).toMatchFileSnapshot(`golden/bundle-${name}.pem`);
  });

  test('writes a file that everybody may read, and leaves it alone the second time', async () => {
    const output = file('ca_bundle.pem');
    const first = await bundle('--environment', 'integration', '--output', output);
    expect(first).toMatchObject({ code: 0, stdout: '' });
    expect(first.stderr).toBe(`wrote ${output}: the CA certificates of integration, root-first\n`);
    expect(statSync(output).mode & 0o777).toBe(0o644);
    expect((await bundle('--environment', 'integration', '--output', output)).stderr).toContain('in order already');
    expect(readdirSync(folder)).toEqual(['ca_bundle.pem']);
  });

  test.skipIf(!needs('openssl'))('openssl accepts the path that it is for', async () => {
    const output = file('ca_bundle.pem');
    await bundle('--environment', 'integration', '--output', output);
    const client = 'test/verify/nhs-pki/client-int.pem';
    const verdict = execFileSync('openssl', ['verify', '-attime', '1777626000', '-CAfile', output, client], {
      encoding: 'utf8',
    });
    expect(verdict).toBe(`${client}: OK\n`);
  });
});

describe('bundle FILE', () => {
  test('puts given certificates in order, and names what it leaves out', async () => {
    const { root, sub, client, old } = pki;
    const given = write('given.pem', sub.pem + client.pem + root.pem + old.pem + sub.pem);
    const { code, stdout, stderr } = await bundle(given);
    expect({ code, stdout }).toEqual({ code: 0, stdout: root.pem + sub.pem });
    expect(stderr).toBe(
      [
        `left out: ${given}, certificate 2 (x26abc1.x26.api.mesh-client.nhs.uk) is not a CA certificate`,
        `left out: ${given}, certificate 4 (Old root) expired on Tuesday 4 June 2024 (2024-06-04)`,
        `left out: ${given}, certificate 5 (Sub) is the same as ${given}, certificate 1`,
        '  Root, expires on Sunday 1 January 2040 (2040-01-01)',
        '  Sub, expires on Sunday 1 January 2040 (2040-01-01)',
        '',
      ].join('\n'),
    );
    expect((await inspect({ caBundle: stdout }, { at: now })).findings).toEqual([]);
  });

  test('takes several files, DER too, and any order', async () => {
    const { root, sub } = pki;
    const files = [write('sub.der', sub.der), write('root.crt', root.pem)];
    expect((await bundle(...files, '--order', 'leaf-first')).stdout).toBe(sub.pem + root.pem);
  });

  test('keeps comments with their certificates, and changes nothing when it runs again', async () => {
    const { root, sub } = pki;
    const given = write('given.pem', `# Sub CA\r\n# from the desk\r\n${sub.pem}\n\n# Root CA\n${root.pem}\n`);
    await bundle(given, '--in-place');
    const text = readFileSync(given, 'utf8');
    expect(text).toBe(`# Root CA\n${root.pem}\n# Sub CA\n# from the desk\n${sub.pem}`);
    expect((await bundle(given, '--in-place')).stderr).toContain('in order already');
    expect(readFileSync(given, 'utf8')).toBe(text);
  });

  test('--in-place keeps the previous file, its mode too', async () => {
    const { root, sub } = pki;
    const before = sub.pem + root.pem;
    const given = write('given.pem', before);
    chmodSync(given, 0o640);
    const { stderr } = await bundle(given, '--in-place');
    const previous = `${given}.previous-20270301T090000Z`;
    expect(stderr).toContain(`wrote ${given}: 2 certificates, root-first (the previous file: ${previous})\n`);
    expect(readFileSync(previous, 'utf8')).toBe(before);
    expect(readFileSync(given, 'utf8')).toBe(root.pem + sub.pem);
    expect(statSync(given).mode & 0o777).toBe(0o640);
    expect(readdirSync(folder)).toHaveLength(2);
  });

  test('--in-place repairs what check calls chain_order_wrong', async () => {
    const { root, sub, client } = pki;
    const given = write('given.pem', sub.pem + root.pem);
    const codes = async () =>
      (await inspect({ certificate: client.pem, caBundle: readFileSync(given, 'utf8') }, { at: now })).findings.map(
        ({ code }) => code,
      );
    expect(await codes()).toContain('chain_order_wrong');
    await bundle(given, '--in-place');
    expect(await codes()).not.toContain('chain_order_wrong');
  });
});

describe('bundle --for', () => {
  test('leaves out what has nothing to do with the client, and says how its path runs', async () => {
    const { root, sub, client, stranger } = pki;
    const given = write('given.pem', stranger.pem + sub.pem + root.pem);
    const { code, stdout, stderr } = await bundle(given, '--for', write('client.pem', client.pem + sub.pem));
    expect({ code, stdout }).toEqual({ code: 0, stdout: root.pem + sub.pem });
    expect(stderr).toContain(
      `left out: ${given}, certificate 1 (Stranger) has nothing to do with the client certificate\n`,
    );
    expect(stderr).toContain('The path holds: x26abc1.x26.api.mesh-client.nhs.uk <- Sub <- Root\n');
  });

  test('keeps both generations of the NHS’s CAs, for the server may need the other', async () => {
    const { stdout, stderr } = await bundle(
      'test/verify/nhs-pki/ca-bundle-int.pem',
      'test/verify/nhs-pki/ca-bundle-live.pem',
      '--for',
      'test/verify/nhs-pki/client-int.pem',
    );
    const { certificates, order } = await inspect({ caBundle: stdout }, { at: now });
    expect(order).toBe('root-first');
    expect(certificates.map(({ subject }) => /CN=(.*)/.exec(subject)?.[1])).toEqual([
      'NHS PTL Root Authority G2',
      'NHS PTL Root Authority',
      'NHS INT Authentication G2',
      'NHS INT Level 1C',
    ]);
    expect(stderr.match(/left out/g)).toHaveLength(4);
  });

  test('refuses when the path would not hold, and writes nothing', async () => {
    const { root, client } = pki;
    const given = write('given.pem', root.pem);
    const { code, stdout, stderr } = await bundle(given, '--in-place', '--for', write('client.pem', client.pem));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/nothing was written: the path of the client certificate would not hold\. .*“Sub”/);
    expect(readFileSync(given, 'utf8')).toBe(root.pem);
    expect(readdirSync(folder).sort()).toEqual(['client.pem', 'given.pem']);
  });

  test('refuses when the CA that it needs has expired', async () => {
    const root = await ca({ cn: 'Root', notAfter: date('2027-02-01') });
    const client = await leaf({ issuer: root });
    const given = write('given.pem', root.pem + pki.stranger.pem);
    const { code, stderr } = await bundle(given, '--for', write('client.pem', client.pem));
    expect(code).toBe(2);
    expect(stderr).toContain('certificate 1 (Root) expired on');
  });

  test('names the command that prints what an NHS client needs', async () => {
    const given = write('given.pem', pki.root.pem);
    const { stderr } = await bundle(given, '--for', 'test/verify/nhs-pki/client-int.pem');
    expect(stderr).toContain('left out');
    const both = await bundle(
      given,
      'test/verify/nhs-pki/ca-bundle-live.pem',
      '--for',
      'test/verify/nhs-pki/client-int.pem',
    );
    expect(both.code).toBe(2);
  });
});

describe('what bundle does not take', () => {
  test.each([
    ['neither files nor an environment', () => [], 'name either the files to put in order, or an --environment'],
    [
      'both',
      () => [write('a.pem', pki.root.pem), '--environment', 'integration'],
      'name either the files to put in order, or an --environment',
    ],
    [
      '--in-place with two files',
      () => [write('a.pem', pki.root.pem), write('b.pem', pki.sub.pem), '--in-place'],
      '--in-place takes exactly one file',
    ],
    ['a file that is not there', () => [file('none.pem')], 'does not exist'],
    ['a private key', () => [write('a.pem', pki.root.pem + pki.client.keyPem)], 'contains a private key'],
    ['a damaged certificate', () => [write('a.pem', pki.root.pem.replace('M', '!'))], 'block 1 (line 1)'],
    ['--in-place for DER', () => [write('a.der', pki.root.der), '--in-place'], 'is not PEM'],
    [
      '--for a CA',
      () => [write('a.pem', pki.root.pem), '--for', write('b.pem', pki.sub.pem)],
      'does not contain a client',
    ],
    [
      'a folder that is not there',
      () => [write('a.pem', pki.root.pem), '--output', file('none/a.pem')],
      'none/a.pem: there is no such folder',
    ],
  ])('%s', async (_what, words, message) => {
    const { code, stdout, stderr } = await bundle(...words());
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toContain(message);
  });

  test('a comment cannot steer the terminal', async () => {
    const given = write('a.pem', `# \u001b[31mred\u202e\n${pki.root.pem}`);
    expect((await bundle(given)).stdout).toBe(`# \\u{1b}[31mred\\u{202e}\n${pki.root.pem}`);
  });
});
