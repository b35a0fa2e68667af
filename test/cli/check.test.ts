import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer as createTlsServer, type Server } from 'node:https';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Finding } from '../../src/findings/finding.ts';
import { openStore } from '../../src/renewal/store/store.ts';
import { checkReportSchema } from '../../src/report/schema.ts';
import { daysUntil } from '../../src/time/duration.ts';
import { parseCertificate } from '../../src/x509/parse.ts';
import { type } from '../support/cli.ts';
import { type NhsLikePki, nhsLikePki, type PkiFiles, serverCertificate, writePki } from '../support/pki.ts';

let pki: NhsLikePki;
let files: PkiFiles;
let config: string;
let mesh: Server;
let meshPort: number;
let daysLeft: number;
const env = () => ({ PASSPHRASE: files.passphrase, MESH_PASSWORD: 'planted-password', MESH_KEY: 'planted-shared-key' });

beforeAll(async () => {
  pki = await nhsLikePki();
  files = await writePki(pki);
  mesh = await meshServer();
  meshPort = portOf(mesh.address());
  config = write('mesh.yaml', estate());
  daysLeft = daysUntil(parseCertificate(pki.client.der).notAfter, new Date());
});
afterAll(async () => {
  mesh.closeAllConnections();
  await new Promise((resolve) => mesh.close(resolve));
  await files.remove();
});

function write(name: string, content: string): string {
  const path = join(files.directory, name);
  writeFileSync(path, content);
  return path;
}

/** Demands a client certificate of our PKI, and answers as MESH does under v2. */
async function meshServer(): Promise<Server> {
  const { keyPem, pem } = await serverCertificate({ issuer: pki.root });
  const server = createTlsServer(
    { key: keyPem, cert: pem, ca: pki.bundlePem, requestCert: true, rejectUnauthorized: true },
    (_, response) => response.writeHead(200, { 'content-type': 'application/vnd.mesh.v2+json' }).end(),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** A port on which nobody listens, and which the system gives to nobody: one that was free a moment ago may be another test's by now. */
const closedPort = 1;

function portOf(address: ReturnType<Server['address']>): number {
  if (typeof address !== 'object' || !address) throw new Error('not listening');
  return address.port;
}

function estate(): string {
  const environment = (name: string, bundle: string, port = closedPort) => `
  - name: ${name}
    preset: integration
    mesh:
      url: https://127.0.0.1:${port}
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
environments:${environment('good', 'ca_bundle.pem')}${environment('answered', 'ca_bundle.pem', meshPort)}${environment('broken', 'no-such-bundle.pem')}
  - name: sandbox
    preset: sandbox
    mesh:
      url: https://127.0.0.1:${closedPort}
      mailbox_id: X26ABC2
      password: { env: MESH_PASSWORD }
      shared_key: { env: MESH_KEY }
      verify_server: false
`;
}

const check = (words: readonly string[], world = {}) =>
  type(['check', '--config', config, ...words], { env: env(), ...world });
async function report(words: readonly string[]) {
  const { code, stdout } = await check([...words, '--format', 'json']);
  const json = JSON.parse(stdout);
  expect(checkReportSchema.parse(json)).toEqual(json);
  return { code, ...checkReportSchema.parse(json) };
}

describe('the record of renewals', () => {
  const stateDir = () => join(files.directory, 'state');
  const certificate = () => parseCertificate(pki.client.der);
  const key = () => ({ environment: 'good', fingerprintSha256: certificate().fingerprintSha256 });
  const at = new Date();
  /** As a service leaves it whose mail server refused the request. */
  function refusedRequest() {
    const store = openStore(stateDir(), { exclusive: true });
    const { serial, notAfter } = certificate();
    store.begin({ ...key(), commonName: 'x26abc1.x26.api.mesh-client.nhs.uk', serial, notAfter }, at, 'begun');
    const changes = { lastError: 'smtp.example:25: 550 no' };
    store.transition(key(), { from: ['not_due'], to: 'failed', at, reason: 'refused', changes });
    return store;
  }
  const look = async () => {
    const { code, stdout, stderr } = await check(['--environment', 'good', '--offline', '--format', 'json']);
    return {
      code,
      codes: JSON.parse(stdout).environments[0].findings.map((each: Finding) => each.code),
      stderr: stderr.replaceAll(/^warning: .*\n/gm, ''),
    };
  };
  afterEach(() => rmSync(stateDir(), { recursive: true, force: true }));

  test('is shown, while the service runs as after it, and nothing of it changes', async () => {
    const service = refusedRequest();
    expect(await look()).toEqual({ code: 1, codes: ['renewal_email_failed'], stderr: '' });
    const before = service.list();
    service.close();
    const left = readdirSync(stateDir());
    expect(await look()).toEqual({ code: 1, codes: ['renewal_email_failed'], stderr: '' });
    expect(readdirSync(stateDir())).toEqual(left);
    const after = openStore(stateDir(), { exclusive: true });
    expect(after.list()).toEqual(before);
    after.close();
  });

  test('is not made where there is none, and then nothing is said of renewals', async () => {
    expect(await look()).toEqual({ code: 0, codes: [], stderr: '' });
    expect(existsSync(stateDir())).toBe(false);
  });

  test('that this account may not see is not taken for none', async () => {
    mkdirSync(stateDir(), { recursive: true });
    // As a directory of another account is for anybody but root.
    symlinkSync('renewals.sqlite', join(stateDir(), 'renewals.sqlite'));
    const { code, codes, stderr } = await look();
    expect([code, codes]).toEqual([0, []]);
    expect(stderr).toMatch(/^renewals are not reported: .*renewals\.sqlite: ELOOP.*\n$/);
  });

  test('that is damaged is a word on stderr, and no verdict', async () => {
    refusedRequest().close();
    writeFileSync(join(stateDir(), 'renewals.sqlite'), 'no database, but long enough to be looked into '.repeat(50));
    const { code, codes, stderr } = await look();
    expect([code, codes]).toEqual([0, []]);
    expect(stderr).toMatch(/^renewals are not reported: .*renewals\.sqlite: .*\n$/);
  });

  test('of another version is neither migrated nor read', async () => {
    refusedRequest().close();
    for (const version of [0, 99]) {
      const database = new DatabaseSync(join(stateDir(), 'renewals.sqlite'));
      database.exec(`PRAGMA user_version = ${version}`);
      database.close();
      const { code, stderr } = await look();
      expect([code, stderr]).toEqual([0, expect.stringMatching(/written by an? (older|newer) mesh-cert-monitor/)]);
    }
  });
});

describe('check', () => {
  test('one environment in order', async () => {
    const { code, stdout } = await check(['--environment', 'good', '--offline']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^OK {2}good: valid, \d+ days left \(/);
    expect(stdout).toMatch(/\n1 environment: 1 ok\n$/);
  });

  test('each environment fails alone, and the worst is the exit code', async () => {
    const { code, environments, status } = await report(['--offline']);
    expect({ code, status }).toEqual({ code: 2, status: 'critical' });
    expect(environments.map(({ name, status }) => [name, status])).toEqual([
      ['good', 'ok'],
      ['answered', 'ok'],
      ['broken', 'critical'],
      ['sandbox', 'ok'],
    ]);
    expect(environments.map(({ valid }) => valid)).toEqual([true, true, false, undefined]);
    expect(environments[2]?.findings.map(({ code }) => code)).toContain('ca_bundle_unreadable');
    expect(environments.every((environment) => environment.handshake === undefined)).toBe(true);
  });

  test('a handshake that succeeds', async () => {
    const { code, stdout } = await check(['--environment', 'answered']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/\n {2}Handshake {2}validate succeeded, HTTP 200\n/);
    expect(stdout).toMatch(/\n {13}dns [\d.]+ m?s, connect [\d.]+ m?s, tls [\d.]+ m?s, request [\d.]+ m?s\n/);
    expect(stdout).toMatch(
      /\n {13}TLSv1\.3, TLS_\w+\n {13}server localhost, until 2040-01-01 \(\d+ days left\), verified\n/,
    );
    const { environments } = await report(['--environment', 'answered']);
    expect(environments[0]?.handshake).toMatchObject({
      outcome: 'success',
      httpStatus: 200,
      phases: {
        dns: expect.any(Number),
        connect: expect.any(Number),
        tls: expect.any(Number),
        request: expect.any(Number),
      },
      serverVerified: true,
      serverCertificates: expect.arrayContaining([expect.objectContaining({ subject: 'CN=localhost' })]),
    });
  });

  test('a handshake that nobody answers is told by its reason', async () => {
    const { code, environments } = await report(['--environment', 'good', '--environment', 'sandbox']);
    expect(code).toBe(2);
    expect(environments.map(({ handshake }) => handshake?.reason)).toEqual([
      'connection_refused',
      'connection_refused',
    ]);
    expect(environments[0]).toMatchObject({ valid: true, status: 'critical' });
  });

  test('environments come in the order of the file, each once', async () => {
    const words = ['sandbox', 'good', 'sandbox'].flatMap((name) => ['--environment', name]);
    expect((await report(['--offline', ...words])).environments.map(({ name }) => name)).toEqual(['good', 'sandbox']);
  });

  test('an unknown name is refused, with the nearest there is', async () => {
    expect(await check(['--environment', 'goood', '--offline'])).toMatchObject({
      code: 3,
      stdout: '',
      stderr: expect.stringContaining('error: no environment is called "goood"\nDid you mean "good"?\n'),
    });
  });

  test('--at judges at another time, without handshakes', async () => {
    const { code, environments, generatedAt } = await report(['--environment', 'good', '--at', '2099-01-01T00:00:00Z']);
    expect(code).toBe(2);
    expect(environments[0]).toMatchObject({ valid: false, assessedAt: '2099-01-01T00:00:00Z' });
    expect(environments[0]?.findings.map(({ code }) => code)).toContain('certificate_expired');
    expect(environments[0]).not.toHaveProperty('handshake');
    expect(generatedAt).not.toBe('2099-01-01T00:00:00Z');
  });

  test('nagios: one line, worst first, data in the order of the file', async () => {
    const { code, stdout } = await check(['--offline', '--format', 'nagios']);
    expect(code).toBe(2);
    expect(stdout).toMatch(
      /^CRITICAL - broken .*ca_bundle_unreadable.*; good \d+ days left; answered \d+ days left; sandbox nothing to judge\|/,
    );
    expect(stdout).toContain(`|'good_days'=${daysLeft};45:;14: 'answered_days'=${daysLeft};45:;14: 'broken_days'=`);
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    expect(stdout).not.toContain('sandbox_days');
  });

  test('no secret in any format', async () => {
    for (const format of ['text', 'json', 'nagios']) {
      const { code, stderr, stdout } = await check(['--format', format]);
      expect(code).toBe(2);
      for (const secret of Object.values(env())) expect(stdout + stderr).not.toContain(secret);
    }
  });
});

describe('check, with a configuration that cannot be used', () => {
  const broken = 'application: Mavis\nods_code: X26\nenvironments:\n  - name: a\n    colour: red\n';

  test('every problem is on stderr, exit 3', async () => {
    const path = write('broken.yaml', broken);
    const { code, stderr, stdout } = await type(['check', '--config', path]);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toContain(`error: ${path}: `);
    expect(stderr).toContain('contact: ');
    expect(stderr).toContain('environments[0].colour: unknown key');
    expect(stderr).not.toContain('fault in');
  });

  test('nagios sees UNKNOWN on stdout as well', async () => {
    const path = write('broken.yaml', broken);
    const { code, stderr, stdout } = await type(['check', '--config', path, '--format', 'nagios']);
    expect(code).toBe(3);
    expect(stdout).toMatch(
      /^UNKNOWN - .*broken\.yaml: \d+ problems\. contact: .*\. environments\[0\]\.colour: unknown key.*\n$/,
    );
    expect(stderr).toContain('environments[0].colour');
  });

  test('a file that is not there is named, with a way to begin', async () => {
    const path = join(files.directory, 'no-such.yaml');
    const { code, stderr } = await type(['check', '--config', path]);
    expect({ code, stderr }).toMatchObject({ code: 3, stderr: expect.stringMatching(/no such file; .*init/) });
  });
});
