/** `check --service`, against the real routes over real connections. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { inspectDropped } from '../../src/inspect/dropped.ts';
import { checkReportSchema } from '../../src/report/schema.ts';
import { Secret } from '../../src/sources/secret.ts';
import type { EnvironmentStatus } from '../../src/status/types.ts';
import { minuteMs } from '../../src/time/duration.ts';
import { createApp } from '../../src/web/app.ts';
import { pages } from '../../src/web/pages.ts';
import { type ListenOptions, listen } from '../../src/web/server.ts';
import { type } from '../support/cli.ts';
import { ca, serverCertificate } from '../support/pki.ts';
import { environmentStatus, estateOf, everyEnvironment, sampleNow } from '../support/status.ts';
import { recordsOf } from '../support/web/pages.ts';

const folder = mkdtempSync(join(tmpdir(), 'mesh-cert-monitor-check-service-'));
afterAll(() => rmSync(folder, { recursive: true }));
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

const nextRunAt = new Date(sampleNow.getTime() + 5 * minuteMs);
const checked = (status: EnvironmentStatus): EnvironmentStatus => ({ ...status, nextRunAt });
const late = new Date(nextRunAt.getTime() + 15 * minuteMs + 1);
const password = 'planted-password-4T';

async function serve(
  environments: readonly EnvironmentStatus[] = [environmentStatus({ nextRunAt })],
  { login = false, ...listening }: Partial<ListenOptions> & { login?: boolean } = {},
): Promise<string> {
  const shown = {
    estate: () => estateOf(environments),
    now: () => sampleNow,
    past: () => undefined,
    renewals: () => recordsOf([]),
    renewalFiles: async () => ({}),
    stateDir: () => '/nowhere',
    inspect: inspectDropped,
  };
  const app = createApp({
    ...shown,
    build: { version: '1', nodeVersion: '1' },
    report: () => {},
    ...(login ? { basicAuth: async () => ({ username: 'nagios', password: new Secret(password) }) } : {}),
    ...pages(shown),
  });
  const server = await listen(app, { host: '127.0.0.1', port: 0, ...listening });
  ends.push(() => server.close(0));
  return server.url;
}

const check = (url: string, words: readonly string[] = [], world = {}) =>
  type(['check', '--service', url, ...words], { now: sampleNow, ...world });
const withoutSlash = (url: string) => url.replace(/\/$/, '');

describe('what the service knows', () => {
  test('in one line for monitoring plugins, with the thresholds of the service', async () => {
    const { code, stdout, stderr } = await check(await serve(), ['--format', 'nagios']);
    expect(stdout).toBe(
      "OK - integration 295 days left, handshake ok|'integration_days'=295;45:;14: 'integration_handshake'=0.143s;;;0\n",
    );
    expect([code, stderr]).toEqual([0, '']);
  });

  test.each([
    ['expiresSoon', 1, 'WARNING'],
    ['expired', 2, 'CRITICAL'],
    ['unreadable', 2, 'CRITICAL'],
    ['refused', 2, 'CRITICAL'],
    ['sandbox', 0, 'OK'],
  ] as const)('%s is exit code %i', async (name, code, word) => {
    const seen = await check(await serve([checked(everyEnvironment()[name])]), ['--format', 'nagios']);
    expect([seen.code, seen.stdout.split(' - ')[0]]).toEqual([code, word]);
  });

  test('as JSON: the shape of check, and what the API adds', async () => {
    const url = await serve([checked(everyEnvironment().expired), environmentStatus({ nextRunAt })]);
    const { code, stdout } = await check(url, ['--format', 'json']);
    const report = JSON.parse(stdout);
    expect(checkReportSchema.parse(report).status).toBe('critical');
    expect(report.service).toBe(withoutSlash(url));
    expect(report.environments.map((each: { name: string }) => each.name)).toEqual(['expired', 'integration']);
    expect(report.environments[0].nextCheckAt).toBe('2026-03-02T09:35:00Z');
    expect(code).toBe(2);
  });

  test('as text: what to do first, the path, the handshake and the findings', async () => {
    const url = await serve([checked(everyEnvironment().expired), environmentStatus({ nextRunAt })]);
    const { stdout } = await check(url);
    expect(stdout).toMatch(/^CRITICAL {2}expired: The client certificate expired/);
    expect(stdout).toMatch(/^ {2}Do first /m);
    expect(stdout).toMatch(/^ {2}Client +O=nhs, OU=Devices, CN=X26ABC1/m);
    expect(stdout).toMatch(/^ {2}Handshake +validate succeeded, at 2026-03-02 .* UTC, in 143 ms$/m);
    expect(stdout).toMatch(/^ {2}Checked +2026-03-02 09:30:00 UTC$/m);
    expect(stdout).toMatch(/^ {2}CRITICAL {2}.*\(certificate_expired\)$/m);
    expect(stdout).toContain(`2 environments: 1 critical, 1 ok, as the service at ${withoutSlash(url)} knows them.`);
  });

  test('of one environment alone', async () => {
    const url = await serve([checked(everyEnvironment().expired), environmentStatus({ nextRunAt })]);
    const { code, stdout } = await check(url, ['--environment', 'integration', '--format', 'nagios']);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^OK - integration 295 days left, handshake ok\|/)]);
    const other = await check(url, ['--environment', 'nowhere', '--format', 'nagios']);
    expect([other.code, other.stdout]).toEqual([
      3,
      `UNKNOWN - the service at ${withoutSlash(url)} has no environment that is called "nowhere"\n`,
    ]);
  });

  test('behind a proxy that puts it below a path', async () => {
    const seen: (string | undefined)[] = [];
    const proxy = createServer(({ url }, response) => {
      seen.push(url);
      response.end('{"environments":[]}');
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    ends.push(() => proxy.close());
    await check(`http://127.0.0.1:${(proxy.address() as AddressInfo).port}/mesh`);
    expect(seen).toEqual(['/mesh/api/v1/environments']);
  });
});

describe('knowledge that is out of date', () => {
  test('counts until the next check is a quarter of an hour late, and not after that', async () => {
    const url = await serve();
    const before = await check(url, ['--format', 'nagios'], { now: new Date(late.getTime() - 1) });
    expect([before.code, before.stdout.split(' - ')[0]]).toEqual([0, 'OK']);
    const after = await check(url, ['--format', 'nagios'], { now: late });
    expect(after.code).toBe(3);
    expect(after.stdout).toMatch(
      /^UNKNOWN - integration was last checked at 2026-03-02 09:30:00 UTC, and the check due at 2026-03-02 09:35:00 UTC has not been made\|/,
    );
  });

  test('an environment that was never checked is unknown', async () => {
    const { code, stdout } = await check(await serve([everyEnvironment().unchecked]), ['--format', 'nagios']);
    expect([code, stdout]).toEqual([3, expect.stringMatching(/^UNKNOWN - unchecked has not been checked yet/)]);
  });

  test('what is certain comes first: a critical environment next to one that is unknown', async () => {
    const url = await serve([everyEnvironment().unchecked, checked(everyEnvironment().expired)]);
    const { code, stdout } = await check(url, ['--format', 'nagios']);
    expect([code, stdout]).toEqual([
      2,
      expect.stringMatching(/^CRITICAL - expired .*; unchecked has not been checked/),
    ]);
    const mild = await serve([everyEnvironment().unchecked, checked(everyEnvironment().expiresSoon)]);
    expect((await check(mild, ['--format', 'nagios'])).code).toBe(3);
  });

  test('JSON says so too, on standard error for a person', async () => {
    const { code, stdout, stderr } = await check(await serve(), ['--format', 'json'], { now: late });
    expect(code).toBe(3);
    expect(JSON.parse(stdout).status).toBe('unknown');
    expect(JSON.parse(stdout).environments[0].unknown).toMatch(/^was last checked at/);
    expect(stderr).toMatch(/^unknown: integration was last checked at/);
  });
});

describe('user name and password', () => {
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });

  test('from a file or a variable, never from an argument', async () => {
    const url = await serve(undefined, { login: true });
    const name = ['--username', 'nagios'];
    expect((await check(url, [...name, '--password-file', passwordFile])).code).toBe(0);
    expect((await check(url, [...name, '--password-env', 'PW'], { env: { PW: password } })).code).toBe(0);
    const typed = await check(url.replace('http://', `http://nagios:${password}@`));
    expect([typed.code, typed.stdout]).toEqual([3, '']);
    expect(typed.stderr).toMatch(/contains a user name or password\nEvery account on a machine can read arguments/);
    expect(typed.stderr).not.toContain(password);
  });

  test('missing or wrong: the sentence says which options give them, and nothing repeats the password', async () => {
    const url = await serve(undefined, { login: true });
    const without = await check(url, ['--format', 'nagios']);
    expect([without.code, without.stdout]).toEqual([
      3,
      expect.stringMatching(/^UNKNOWN - .* wants a user name and a password: give --username, and --password-file or/),
    ]);
    const env = { PW: 'planted-wrong-1Z' };
    const wrong = await check(url, ['--username', 'nagios', '--password-env', 'PW', '--format', 'nagios'], { env });
    expect([wrong.code, wrong.stdout]).toEqual([3, expect.stringMatching(/^UNKNOWN - .* refuses the user name or/)]);
    expect(wrong.stdout + wrong.stderr).not.toContain('planted-wrong');
  });

  test.each([
    [['--username', 'x'], '--username is given, but neither'],
    [['--password-env', 'PW'], 'a password is given, but no --username'],
    [['--username', 'x', '--password-env', 'NOT_SET'], '--password-env does not name a variable'],
    [['--username', 'x', '--password-file', join(folder, 'nowhere')], 'nowhere does not exist'],
  ])('%j is refused before anything is asked', async (words, sentence) => {
    const { code, stderr } = await check('http://127.0.0.1:1', words, { env: { PW: password } });
    expect(code).toBe(3);
    expect(stderr).toContain(sentence);
  });

  test('from the configuration of the service, with its address', async () => {
    const url = await serve(undefined, { login: true });
    const config = join(folder, 'service.yaml');
    writeFileSync(
      config,
      `application: Mavis
ods_code: X26
contact: { name: T, email: t@example.org, telephone: "0113 496 0000" }
http: { listen: "127.0.0.1:${new URL(url).port}", basic_auth: { username: nagios, password: { file: password } } }
environments:
  - { name: sandbox, preset: sandbox, mesh: { mailbox_id: X26ABC1, password: { env: A }, shared_key: { env: B } } }
`,
    );
    const { code, stdout } = await type(['check', '--config', config, '--service', '--format', 'nagios'], {
      now: sampleNow,
    });
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^OK - integration/)]);
  });
});

describe('TLS', () => {
  test('a service with a certificate of an internal CA is trusted with that CA, and not without', async () => {
    const root = await ca({ cn: 'Internal Root' });
    const { pem, keyPem } = await serverCertificate({ issuer: root });
    const url = await serve(undefined, { tls: { cert: Buffer.from(pem), key: Buffer.from(keyPem) } });
    const bundle = join(folder, 'internal.pem');
    writeFileSync(bundle, root.pem);
    expect((await check(url, ['--ca-bundle', bundle])).code).toBe(0);
    const { code, stdout } = await check(url, ['--format', 'nagios']);
    expect([code, stdout]).toEqual([
      3,
      expect.stringMatching(/^UNKNOWN - .* not trusted \(\w+\): give the CA certificates with --ca-bundle\n$/),
    ]);
  });

  test('a certificate for other names is refused', async () => {
    const root = await ca({ cn: 'Internal Root' });
    const { pem, keyPem } = await serverCertificate({ issuer: root, names: ['elsewhere.example.org'] });
    const url = await serve(undefined, { tls: { cert: Buffer.from(pem), key: Buffer.from(keyPem) } });
    const bundle = join(folder, 'other.pem');
    writeFileSync(bundle, root.pem);
    expect((await check(url, ['--ca-bundle', bundle])).stderr).toContain('certificate for other names');
  });

  test('http where https is expected, and the other way round', async () => {
    const plain = await serve();
    expect((await check(plain.replace('http:', 'https:'))).stderr).toContain('does it expect http?');
  });
});

describe('what answers is not the service', () => {
  async function answering(answer: string, status = 200, headers = {}): Promise<string> {
    const server = createServer((_, response) => response.writeHead(status, headers).end(answer));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ends.push(() => server.close());
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  test.each([
    ['not JSON', 'does not answer with JSON'],
    ['{}', 'lists no environments'],
    ['null', 'lists no environments'],
    ['{"environments":[]}', 'lists no environments'],
    ['{"environments":[{"name":"x","status":"ok"}]}', 'is not mesh-cert-monitor, or an older version'],
  ])('%s is UNKNOWN', async (answer, sentence) => {
    const { code, stdout } = await check(await answering(answer), ['--format', 'nagios']);
    expect([code, stdout]).toEqual([3, expect.stringContaining(sentence)]);
  });

  test.each(['null', '1', '[]'])('%s for one environment is UNKNOWN as well', async (answer) => {
    const { code, stdout } = await check(await answering(answer), ['--environment', 'x', '--format', 'nagios']);
    expect([code, stdout]).toEqual([3, expect.stringContaining('is not mesh-cert-monitor, or an older version')]);
  });

  test('another status, and a redirect, which is not followed', async () => {
    expect((await check(await answering('', 500))).stderr).toContain('answers with HTTP 500');
    const moved = await answering('', 302, { location: 'http://192.0.2.1/' });
    expect((await check(moved)).stderr).toContain('redirects elsewhere (HTTP 302)');
  });

  test('nobody is there', async () => {
    const { code, stdout } = await check('http://127.0.0.1:1', ['--format', 'nagios']);
    expect([code, stdout]).toEqual([
      3,
      'UNKNOWN - the service at http://127.0.0.1:1 is not there: the connection was refused\n',
    ]);
  });

  test('text in an answer cannot reach the terminal as it is', async () => {
    const real = JSON.parse(await (await fetch(`${await serve()}/api/v1/environments`)).text());
    real.environments[0].diagnosis.headline = 'all well \u001b[2J\u202e';
    real.environments[0].diagnosis.cause = 'code_of_a_newer_version';
    real.environments[0].findings = [
      { code: 'code_of_a_newer_version', severity: 'warning', message: '\u001b]0;x', remedy: 'y' },
    ];
    const { code, stdout } = await check(await answering(JSON.stringify(real)));
    expect(code).toBe(0);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it looks for one.
    expect(stdout).not.toMatch(/[\u001b\u202e]/);
    expect(stdout).toContain('WARNING  code_of_a_newer_version');
  });
});

test('an answer without an end is not read for longer than one of ours could be', async () => {
  let sent = 0;
  const endless = createServer((request, response) => {
    const more = () => {
      while (!response.destroyed) {
        sent += 65_536;
        if (!response.write(Buffer.alloc(65_536, ' '))) return;
      }
    };
    response.on('drain', more);
    request.socket.on('error', () => {});
    more();
  });
  await new Promise<void>((resolve) => endless.listen(0, '127.0.0.1', resolve));
  ends.push(() => endless.closeAllConnections());
  const url = `http://127.0.0.1:${(endless.address() as AddressInfo).port}`;
  const { code, stderr } = await check(url, ['--environment', 'x']);
  expect(code).toBe(3);
  expect(stderr).toContain('gives an answer of more than 1 MiB, which was not read');
  expect(sent).toBeLessThan(16 * 1024 * 1024);
});

test('options that belong to --service are refused without it, and the others with it', async () => {
  const config = ['--config', join(folder, 'nowhere.yaml')];
  expect((await type(['check', ...config, '--username', 'x'])).stderr).toContain('need --service');
  expect((await type(['check'])).stderr).toContain("required option '--config <file>' not specified");
  expect((await type(['check', '--service'])).stderr).toContain('--service needs an address, or --config');
  for (const other of [['--offline'], ['--at', '2027-01-01T00:00:00Z']])
    expect((await check('http://127.0.0.1:1', other)).stderr).toContain('cannot be used with option');
});
