/** From an empty folder to a certificate that MESH accepts, and on into its first renewal: with real mail, real openssl and the real sandbox. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { loadConfiguration } from '../../../src/config/load.ts';
import { examine } from '../../../src/examine/examine.ts';
import { createRenewals } from '../../../src/renewal/renewals.ts';
import { dayMs } from '../../../src/time/duration.ts';
import { type Transcript, type } from '../../support/cli.ts';
import {
  hasNginx,
  hasSandbox,
  type Server,
  sandboxSecrets,
  startNginx,
  startSandbox,
} from '../../support/mesh/sandbox.ts';
import { createNhsLikePki, type NhsLikePki, serverCertificate, signRequest } from '../../support/pki.ts';
import { type MailServer, startMailServer } from '../../support/renewal/mail-server.ts';
import { needs } from '../../support/tools.ts';

const able = hasSandbox() && hasNginx() && needs('openssl');
const env = {
  MESH_INT_PASSWORD: sandboxSecrets.password,
  MESH_INT_SHARED_KEY: sandboxSecrets.sharedKey,
  MESH_INT_KEY_PASSPHRASE: 'planted-passphrase',
  PATH: process.env.PATH,
};
let [folder, config] = ['', ''];
let pki: NhsLikePki;
let mail: MailServer;
const servers: Server[] = [];
let mesh: Server;

beforeAll(async () => {
  if (!able) return;
  folder = mkdtempSync(join(tmpdir(), 'mesh-cert-monitor-way-'));
  config = join(folder, 'monitor.yaml');
  [pki, mail] = [await createNhsLikePki(), await startMailServer()];
  const server = await serverCertificate({ issuer: pki.root });
  const [certificate, key, clientCa] = [
    save('server.pem', server.pem),
    save('server.key', server.keyPem),
    save('ca.pem', pki.bundlePem),
  ];
  const sandbox = await startSandbox();
  servers.push(sandbox);
  mesh = await startNginx({ certificate, key, clientCa, upstream: sandbox.url, protocols: 'TLSv1.2 TLSv1.3' });
  servers.unshift(mesh);
}, 180_000);
afterAll(async () => {
  for (const server of servers) await server.stop();
  await mail?.close();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

function save(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function run(...words: string[]): Promise<Transcript> {
  const said = await type(words, { env });
  expect(said.stdout + said.stderr).not.toMatch(/planted-passphrase|TestKey|PRIVATE KEY/);
  return said;
}
const here = (command: string, ...words: string[]) =>
  run(command, ...words, '--config', config, '--environment', 'integration');
const openssl = (...words: string[]) => execFileSync('openssl', words, { encoding: 'utf8', env, stdio: 'pipe' });

/** What a desk replies with: the certificate and its chain, attached. */
function reply(certificate: string): string {
  const attached = (name: string, content: string) => `--x
Content-Type: application/octet-stream
Content-Disposition: attachment; filename="${name}"
Content-Transfer-Encoding: base64

${Buffer.from(content).toString('base64').replaceAll(/.{76}/g, '$&\n')}
`;
  return `From: ITOC <itoc.supportdesk@nhs.net>
To: ada@example.org
Subject: RE: MESH certificate request
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=x

--x
Content-Type: text/plain

Please find the certificate attached.

${attached('SubCA.crt', pki.sub.pem)}${attached('certificate.crt', certificate)}--x--
`;
}

test.skipIf(!able)(
  'from nothing to the first working certificate, and into its renewal',
  async () => {
    const values = {
      environment: 'integration',
      mailbox: 'X26ABC1',
      'ods-code': 'X26',
      application: 'Mavis',
      'contact-name': 'Ada Lovelace',
      'contact-email': 'ada@example.org',
      'contact-telephone': '020 7946 0000',
      files: 'certs',
    };
    const options = Object.entries(values).flatMap(([name, value]) => [`--${name}`, value]);
    expect((await run('init', '--output', config, ...options)).code).toBe(0);

    // The test's own MESH and mail server, in the place of NHS England's and the organisation's.
    const file = parse(readFileSync(config, 'utf8'));
    file.email = { from: 'mesh@example.org', smtp: { host: '127.0.0.1', port: mail.port, tls: 'none' } };
    file.environments[0].mesh.url = mesh.url;
    file.environments[0].mesh.timeouts = { connect: '1m', tls: '1m', request: '1m' };
    file.environments[0].renewal.mode = 'send';
    writeFileSync(config, stringify(file));

    const nothing = await here('check', '--format', 'json');
    const [before] = JSON.parse(nothing.stdout).environments;
    expect([nothing.code, before.findings.map((each: { code: string }) => each.code)]).toEqual([
      1,
      ['nothing_deployed_yet'],
    ]);

    expect((await here('request')).code).toBe(0);
    expect(mail.received).toHaveLength(1);
    const { attachments } = await simpleParser(mail.received[0]!.bytes);
    const csr = save('request.csr', attachments[0]!.content);
    expect(openssl('req', '-in', csr, '-noout', '-subject')).toMatch(/CN ?= ?X26ABC1\.X26\.api\.mesh-client\.nhs\.uk/);
    openssl('req', '-in', csr, '-verify', '-noout');
    const waiting = await here('check', '--format', 'json');
    expect(waiting.code).toBe(0);

    // The CA certificates come first: whom to trust is not for an email to say.
    const given = [save('SubCA.pem', pki.sub.pem), save('RootCA.pem', pki.root.pem)];
    const caBundle = join(folder, 'certs', 'ca_bundle.pem');
    execFileSync('mkdir', [join(folder, 'certs')]);
    expect((await run('bundle', ...given, '--output', caBundle)).code).toBe(0);
    expect(readFileSync(caBundle, 'utf8')).toBe(pki.bundlePem);

    const issued = await signRequest(pki.sub, attachments[0]!.content.toString(), {
      notBefore: new Date(Date.now() - 60_000),
    });
    const accepted = await here('accept', save('reply.eml', reply(issued.pem)), '--install');
    expect(accepted).toMatchObject({ code: 0, stderr: '' });
    const [certificate, key] = [join(folder, 'certs', 'client.pem'), join(folder, 'certs', 'private_key.pem')];
    expect(accepted.stdout).toContain(`Installed:\n  ${key}\n  ${certificate}\n`);
    expect(statSync(key).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(folder, 'certs')).sort()).toEqual(['ca_bundle.pem', 'client.pem', 'private_key.pem']);
    expect(openssl('verify', '-CAfile', caBundle, certificate)).toBe(`${certificate}: OK\n`);
    openssl('pkey', '-in', key, '-passin', 'env:MESH_INT_KEY_PASSPHRASE', '-check', '-noout');
    expect((await run('bundle', caBundle, '--for', certificate)).code).toBe(0);

    const green = await here('check', '--format', 'json');
    const [after] = JSON.parse(green.stdout).environments;
    expect({
      code: green.code,
      valid: after.valid,
      outcome: after.handshake.outcome,
      findings: after.findings,
    }).toEqual({
      code: 0,
      valid: true,
      outcome: 'success',
      findings: [],
    });

    const configuration = await loadConfiguration(config);
    const environment = configuration.environments[0]!;
    const notAfter = (await examine(environment, undefined, env, new Date()))!.credential.certificate!.notAfter;
    const renewals = createRenewals(configuration, env, { info: () => {}, warn: () => {} }, new Date());
    const step = async (at: Date) => {
      const { assessment, credential } = (await examine(environment, undefined, env, at))!;
      const handshake = { startedAt: at, outcome: 'success', serverVerified: true, clockSkewSeconds: 0 } as const;
      return renewals.step({ environment, assessment, credential, handshake }, at);
    };
    try {
      const start = Date.now();
      await step(new Date(start));
      await step(new Date(start + 1_000));
      const closed = await step(new Date(start + 2_000));
      expect(closed.status).toMatchObject({ state: 'not_due' });
      expect(
        renewals
          .records()
          .of('integration')
          .map(({ state }) => state),
      ).toEqual(['deployed', 'not_due']);
      const received = await Promise.all(mail.received.map(({ bytes }) => simpleParser(bytes)));
      expect(received.map(({ subject }) => subject)).toEqual([
        'MESH certificate request: Mavis, integration, mailbox X26ABC1',
        'MESH certificate deployed: Mavis, integration, mailbox X26ABC1',
      ]);
      expect((await step(new Date(notAfter.getTime() - 61 * dayMs))).status.state).toBe('not_due');
      expect((await step(new Date(notAfter.getTime() - 60 * dayMs))).status.state).toBe('requested');
      const { subject } = await simpleParser(mail.received.at(-1)!.bytes);
      expect(subject).toBe('MESH certificate renewal request: Mavis, integration, mailbox X26ABC1');
      expect(mail.received).toHaveLength(3);
    } finally {
      await renewals.close();
    }
  },
  300_000,
);
