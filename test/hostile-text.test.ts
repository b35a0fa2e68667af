/** Text that others wrote, from where it comes in to every place where it is shown: nothing of it may act on who looks at it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { simpleParser } from 'mailparser';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfiguration } from '../src/config/index.ts';
import type { Configuration } from '../src/config/types.ts';
import { examine } from '../src/examine/index.ts';
import { Exposition } from '../src/metrics/index.ts';
import { changes, createLog } from '../src/monitor/log.ts';
import { renderClosing, renderReminder, renderUncertain, renderUnsent } from '../src/renewal/mail/contact-messages.ts';
import { renderMime } from '../src/renewal/mail/mime.ts';
import { createRenewals } from '../src/renewal/renewals.ts';
import { openStore } from '../src/renewal/store/store.ts';
import type { EnvironmentStatus } from '../src/status/types.ts';
import { Untrusted } from '../src/text/index.ts';
import { dayMs } from '../src/time/index.ts';
import { calendar } from '../src/web/calendar.ts';
import { parseCertificate } from '../src/x509/parse.ts';
import { type } from './support/cli.ts';
import { expectHarmless, expectShown, hostileText, stringsIn } from './support/hostile.ts';
import { ca, leaf, type Made, type PkiFiles, serverCertificate, writePki } from './support/pki.ts';
import { environmentOf, from, recordFor } from './support/renewal/samples.ts';
import {
  environmentStatus,
  estateOf,
  handshakeStatusOf,
  sampleAssessment,
  sampleFailedHandshake,
  sampleFinding,
} from './support/status.ts';
import { servePages } from './support/web/pages.ts';

const inDays = (days: number) => new Date(Date.now() + days * dayMs);

let files: PkiFiles;
let root: Made;
let client: Made;
let mesh: Server;
let config: string;
let configuration: Configuration;
const env = () => ({ PASSPHRASE: files.passphrase, MESH_PASSWORD: 'planted-password', MESH_KEY: 'planted-key' });

beforeAll(async () => {
  // The CA ends within three years, which is when the reason of a renewal names it.
  root = await ca({ cn: `Root ${hostileText}`, notAfter: inDays(300) });
  client = await leaf({ issuer: root, cn: hostileText, names: [`${hostileText}.example`], notAfter: inDays(20) });
  files = await writePki({ client, bundlePem: root.pem });
  mesh = await refusingServer();
  config = join(files.directory, 'mesh.yaml');
  writeFileSync(config, estate());
  configuration = await loadConfiguration(config);
});
afterAll(async () => {
  mesh.closeAllConnections();
  await new Promise((resolve) => mesh.close(resolve));
  await files.remove();
});

/** MESH, or whoever answers in its place, says no in the worst of words. */
async function refusingServer(): Promise<Server> {
  const { keyPem, pem } = await serverCertificate({ issuer: root });
  const server = createServer({ key: keyPem, cert: pem, ca: root.pem, requestCert: true }, (_, response) =>
    response.writeHead(403).end(hostileText),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

function estate(): string {
  const environment = (name: string, bundle: string) => `
  - name: ${name}
    preset: integration
    mesh:
      url: https://localhost:${(mesh.address() as AddressInfo).port}
      mailbox_id: X26ABC1
      password: { env: MESH_PASSWORD }
      shared_key: { env: MESH_KEY }
    credential:
      certificate: { file: client.pem }
      private_key: { file: private_key.pem }
      passphrase: { env: PASSPHRASE }
      ca_bundle: { file: ${bundle} }`;
  return `application: Mavis
ods_code: X26
contact: { name: MESH team, email: mesh@example.nhs.uk, telephone: "0113 496 0000" }
state_dir: ./state
environments:${environment('hostile', 'ca_bundle.pem')}${environment('lost', '"ca\\u202e\\u200bbundle.pem"')}
`;
}

const run = (...words: string[]) => type(words, { env: env() });

describe('on a terminal', () => {
  test.each(['text', 'nagios', 'json'])('of `check`, as %s', async (format) => {
    const { stdout, stderr, code } = await run('check', '--config', config, '--format', format);
    expect(code).toBe(2);
    expectHarmless(stderr);
    expectHarmless(stdout);
    if (format === 'text') expectShown(stdout);
    if (format === 'json') for (const text of stringsIn(JSON.parse(stdout))) expectHarmless(text);
  });

  test('of `check`, what the server said and which file is missing can still be read', async () => {
    const { stdout } = await run('check', '--config', config);
    const words = stdout.replaceAll(/\s+/g, ' ');
    expect(words).toContain(
      'HTTP 403 from something in front of MESH, not from MESH itself: a\\u{7}\\u{1b}[2J\\u{7f}\\u{85}\\u{9b}2J\\u{200b}\\u{202e}gnp.exe\\u{2066}',
    );
    expect(words).toContain('ca\\u{202e}\\u{200b}bundle.pem does not exist');
  });

  test.each(['text', 'json'])('of `inspect`, as %s', async (format) => {
    const { stdout } = await run(
      'inspect',
      '--cert',
      files.certificate,
      '--ca-bundle',
      files.caBundle,
      '--format',
      format,
    );
    expectHarmless(stdout);
    expect(stdout).toContain(format === 'json' ? '\\\\E2\\\\80\\\\AE' : '\\u{202e}');
    if (format === 'json') for (const text of stringsIn(JSON.parse(stdout))) expectHarmless(text);
  });

  test('of every command, in its errors', async () => {
    const path = join(files.directory, hostileText);
    for (const words of [
      ['check', '--config', path],
      ['check', '--config', config, '--environment', hostileText],
      ['inspect', '--cert', path],
      ['init', '--output', join(path, 'x')],
      ['accept', '--config', config, '--environment', 'hostile', path],
      [hostileText],
      ['check', `--${hostileText}`],
      ['check', '--config', config, '--format', hostileText],
    ]) {
      const { stdout, stderr } = await run(...words);
      expectHarmless(stdout);
      expectShown(stdout + stderr);
    }
  });

  test('of a wrong configuration, whose values and keys are quoted', async () => {
    const wrong = join(files.directory, 'wrong.yaml');
    writeFileSync(wrong, JSON.stringify({ application: hostileText, [hostileText]: 1, ods_code: hostileText }));
    const { code, stderr } = await run('check', '--config', wrong);
    expect(code).toBe(3);
    expectShown(stderr);
    expect(stderr.split('\n').length).toBeLessThan(10);
  });
});

describe('of a renewal', () => {
  const log: string[] = [];
  /** Due, drafted, and with the record of it on the disk. */
  beforeAll(async () => {
    const environment = configuration.environments[0]!;
    const now = new Date();
    const { assessment, credential } = (await examine(environment, undefined, env(), now))!;
    const renewals = createRenewals(
      configuration,
      env(),
      createLog((each) => log.push(each)),
      now,
    );
    // MESH confirms the clock, without which nothing is sent.
    const handshake = (startedAt: Date) => ({
      outcome: 'failure' as const,
      startedAt,
      serverVerified: true,
      clockSkewSeconds: 0,
    });
    await renewals.step({ environment, assessment, credential, handshake: handshake(now) }, now);
    await renewals.step({ environment, assessment, credential, handshake: handshake(inDays(14)) }, inDays(14));
    await renewals.close();
  });

  test('in the log, where the reason names the CA', () => {
    expect(log.length).toBeGreaterThan(1);
    expect(log.filter((each) => each.includes('Root a')).length).toBeGreaterThan(0);
    for (const each of log) {
      expect(each.indexOf('\n')).toBe(each.length - 1);
      for (const text of stringsIn(JSON.parse(each))) expectHarmless(text);
    }
  });

  test.each(['text', 'json'])('in `renewals`, as %s', async (format) => {
    const { stdout } = await run('renewals', '--config', config, '--format', format);
    expectHarmless(stdout);
    if (format === 'json') for (const text of stringsIn(JSON.parse(stdout))) expectHarmless(text);
  });

  test('in `renewals`, from a record that was written by another program', async () => {
    const directory = join(files.directory, 'other');
    const stateDir = join(directory, 'state');
    mkdirSync(directory, { recursive: true });
    const other = join(directory, 'mesh.yaml');
    writeFileSync(other, estate().replaceAll('{ file: ', '{ file: ../'));
    const store = openStore(stateDir, { exclusive: true });
    const key = { environment: 'hostile', fingerprintSha256: 'ab'.repeat(32) };
    store.begin({ ...key, commonName: 'x', serial: '0A', notAfter: inDays(20) }, new Date(), 'begun');
    store.close();
    const database = new DatabaseSync(join(stateDir, 'renewals.sqlite'));
    database.prepare('UPDATE renewals SET common_name = ?, last_error = ?').run(hostileText, hostileText);
    const add = database.prepare(
      "INSERT INTO transitions (renewal, state, at, reason) SELECT id, 'not_due', ?, ? FROM renewals",
    );
    add.run(Date.now(), hostileText);
    database.close();
    const { stdout } = await run('renewals', '--config', other);
    expectShown(stdout);
    const json = await run('renewals', '--config', other, '--format', 'json');
    const [{ record }] = JSON.parse(json.stdout).renewals;
    for (const text of [record.commonName, record.lastError, record.transitions.at(-1).reason]) expectShown(text);
  });

  test('in the answer of `accept`, which names what came back', async () => {
    const issued = join(files.directory, 'issued.pem');
    writeFileSync(issued, (await leaf({ issuer: root, cn: `other ${hostileText}`, notAfter: inDays(200) })).pem);
    for (const format of ['text', 'json']) {
      const { stdout } = await run(
        'accept',
        '--config',
        config,
        '--environment',
        'hostile',
        '--format',
        format,
        issued,
      );
      expectShown(format === 'json' ? stringsIn(JSON.parse(stdout)).join(' ') : stdout);
    }
  });

  test('in every e-mail to the contact', async () => {
    const environment = environmentOf('production');
    const record = recordFor(environment, { commonName: new Untrusted(hostileText) });
    const context = { environment, from, record, configurationFile: '/etc/mesh/c.yaml', now: new Date() };
    const certificate = parseCertificate(client.der);
    for (const message of [
      renderReminder(context, inDays(3)),
      renderUncertain(context),
      renderUnsent(context, inDays(3)),
      renderClosing(context, certificate),
    ]) {
      const bytes = await renderMime(message);
      expectHarmless(bytes.toString('latin1'), '\r\n');
      expectShown((await simpleParser(bytes)).text ?? '');
    }
  });
});

describe('of the service', () => {
  const quoted = `The certificate ${hostileText} expired.`;
  const status = (): EnvironmentStatus => {
    const certificates = [parseCertificate(client.der), parseCertificate(root.der)].map((certificate, index) => ({
      role: index === 0 ? ('client' as const) : ('root' as const),
      onPath: true,
      certificate,
    }));
    return environmentStatus({
      application: hostileText,
      assessment: sampleAssessment({
        certificates,
        findings: [sampleFinding('certificate_expired', quoted, { subject: hostileText })],
      }),
      handshake: handshakeStatusOf(sampleFailedHandshake('unexpected_response')),
    });
  };

  test('in the log of what has changed', () => {
    const lines: string[] = [];
    const log = createLog((each) => lines.push(each));
    for (const { level, fields, message } of changes(undefined, status())) log[level](fields, message);
    log.error({ error: new Error(hostileText).message, nested: { list: [hostileText] }, stack: hostileText }, 'failed');
    expect(lines.length).toBeGreaterThan(2);
    for (const each of lines) {
      expectHarmless(each);
      const { stack, ...others } = JSON.parse(each);
      for (const text of stringsIn(others)) expectHarmless(text);
      if (stack) expect(stack).toMatch(/^a\\u\{7\}.*\nOK/);
    }
    expectShown(lines.join(''));
  });

  test.each(['prometheus', 'openmetrics'] as const)('in metrics, as %s', async (format) => {
    let text = '';
    for await (const piece of new Exposition({ version: '1', nodeVersion: '24' }).text(estateOf([status()]), format))
      text += piece;
    expectHarmless(text);
    expect(text).toContain('\\\\E2\\\\80\\\\AE');
  });

  test('in the calendar', async () => {
    const text = [...calendar([status()], new Date())].join('');
    expectHarmless(text, '\r\n');
    expect(text.replaceAll('\r\n ', '')).toContain('\\\\u{202e}');
  });

  test.each([
    '/',
    '/environments/integration',
    '/health',
    '/health/environments/integration',
    '/api/v1/environments',
    '/metrics',
  ])('at %s', async (path) => {
    const served = await servePages({ estate: () => estateOf([status()]) });
    try {
      const response = await served.get(path);
      const body = await response.text();
      expectHarmless(body);
      if (response.headers.get('content-type')?.includes('json'))
        for (const text of stringsIn(JSON.parse(body))) expectHarmless(text);
    } finally {
      await served.close();
    }
  });
});
