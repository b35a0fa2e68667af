import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openStore, type RenewalStore } from '../../../src/renewal/store/store.ts';
import { dayMs } from '../../../src/time/duration.ts';
import { type Transcript, type } from '../../support/cli.ts';
import { nhsLikePki } from '../../support/pki.ts';
import { type MailServer, startMailServer, startScriptedServer } from '../../support/renewal/mail-server.ts';
import { needs } from '../../support/tools.ts';

/** A Monday. */
const now = new Date('2026-11-23T09:00:00Z');
const passphrase = 'planted-passphrase';
const desk = 'itoc.supportdesk@nhs.net';
let folder: string;
let mail: MailServer;
let config: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mesh-cert-monitor-first-'));
  mail = await startMailServer();
  config = join(folder, 'monitor.yaml');
  configure({ port: mail.port });
});
afterEach(async () => {
  await mail.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Settings {
  readonly port?: number;
  readonly environment?: object;
  readonly renewal?: object;
}

function configure({ port, environment, renewal = {} }: Settings): void {
  const email = { from: 'mesh-certificates@example.org', smtp: { host: '127.0.0.1', port, tls: 'none' } };
  const contact = { name: 'Ada Lovelace', email: 'ada@example.org', telephone: '020 7946 0000' };
  const credential = {
    certificate: { file: 'certs/client.pem' },
    private_key: { file: 'certs/private_key.pem' },
    passphrase: { env: 'PASSPHRASE' },
    ca_bundle: { file: 'certs/ca_bundle.pem' },
  };
  const mesh = { mailbox_id: 'X26ABC1', password: { env: 'MESH_PASSWORD' }, shared_key: { env: 'MESH_SHARED_KEY' } };
  const environments = [
    {
      name: 'integration',
      preset: 'integration',
      mesh,
      credential,
      renewal: { mode: 'send', ...renewal },
      ...environment,
    },
  ];
  const top = { application: 'Mavis', ods_code: 'X26', contact, state_dir: './state' };
  writeFileSync(config, JSON.stringify({ ...top, ...(port ? { email } : {}), environments }));
}

const env = { MESH_PASSWORD: 'planted-password', MESH_SHARED_KEY: 'planted-key', PASSPHRASE: passphrase };
async function run(words: readonly string[], at = now): Promise<Transcript> {
  const said = await type([...words, '--config', config], { env, now: at });
  expect(said.stdout + said.stderr).not.toMatch(/planted|PRIVATE KEY/);
  return said;
}
const request = (...words: string[]) => run(['request', '--environment', 'integration', ...words]);

async function check(
  at = now,
): Promise<{ code: number; findings: { code: string; severity: string; remedy: string }[] }> {
  const { code, stdout } = await run(['check', '--format', 'json'], at);
  return { code, findings: JSON.parse(stdout).environments[0].findings };
}

function inStore<T>(work: (store: RenewalStore) => T): T {
  const store = openStore(join(folder, 'state'), { exclusive: true });
  try {
    return work(store);
  } finally {
    store.close();
  }
}
const records = () => inStore((store) => store.list());
const openssl = (...words: string[]) => {
  const { status, stdout, stderr } = spawnSync('openssl', words, { encoding: 'utf8', env: { ...process.env, ...env } });
  return { status, said: stdout + stderr };
};

describe('an environment without files', () => {
  test('check has one finding, and what it says to type runs as printed', async () => {
    const { code, findings } = await check();
    expect({ code, findings }).toMatchObject({
      code: 1,
      findings: [{ code: 'nothing_deployed_yet', severity: 'warning' }],
    });
    expect(findings).toHaveLength(1);
    const [, command = ''] = /`mesh-cert-monitor (.*?)`/.exec(findings[0]!.remedy) ?? [];
    expect(command).toBe(`request --config ${config} --environment integration`);
    const { code: asked } = await type(command.split(' '), { env, now });
    expect([asked, mail.received.length]).toEqual([0, 1]);
  });

  test('check for people and for monitoring systems says the same', async () => {
    const people = await run(['check']);
    expect(people.stdout).toMatch(/^WARNING {2}integration: No certificate yet, and none requested\n/);
    expect(people.stdout).not.toContain('FAILED');
    const nagios = await run(['check', '--format', 'nagios']);
    expect(nagios.stdout).toBe(
      "WARNING - integration no certificate yet, nothing_deployed_yet: No certificate yet, and none requested|'integration_days'=U;45:;14:\n",
    );
  });

  test('check --offline leaves no trace', async () => {
    await run(['check', '--offline']);
    expect(readdirSync(folder)).toEqual(['monitor.yaml']);
  });

  test('one file that is there and cannot be used is a failure all the same', async () => {
    mkdirSync(join(folder, 'certs'));
    writeFileSync(join(folder, 'certs', 'ca_bundle.pem'), 'not PEM');
    const { code, findings } = await check();
    expect(code).toBe(2);
    expect(findings.map((each) => each.code)).toEqual(['ca_bundle_malformed', 'nothing_deployed_yet']);
  });

  test('a certificate that is missing beside its key is a failure: it may have vanished', async () => {
    mkdirSync(join(folder, 'certs'));
    writeFileSync(join(folder, 'certs', 'private_key.pem'), (await nhsLikePki()).client.encryptedKeyPem(passphrase));
    const { code, findings } = await check();
    expect(code).toBe(2);
    expect(findings.map((each) => each.code)).toContain('certificate_unreadable');
  });

  test('with awaiting_first_certificate it waits, and nothing is wrong', async () => {
    configure({ environment: { awaiting_first_certificate: true } });
    const { code, findings } = await check();
    expect({ code, findings }).toMatchObject({
      code: 0,
      findings: [{ code: 'first_certificate_awaited', severity: 'info' }],
    });
    expect(findings).toHaveLength(1);
  });
});

describe('request', () => {
  test('sends one message in its own words, with a CSR, to the desk and the contact', async () => {
    const { code, stdout, stderr } = await request();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^integration: /);
    expect(mail.received.map(({ to }) => to)).toEqual([[desk, 'ada@example.org']]);
    const { subject, text, attachments } = await simpleParser(mail.received[0]!.bytes);
    expect(subject).toBe('MESH certificate request: Mavis, integration, mailbox X26ABC1');
    const csr = attachments[0]!.content.toString().trimEnd();
    expect(text).toContain(csr);
    await expect(text?.replace(csr, '<the CSR that is attached>')).toMatchFileSnapshot('golden/request.txt');
    expect(attachments.map(({ filename }) => filename)).toEqual(['X26ABC1.X26.api.mesh-client.nhs.uk.csr']);
    expect(mail.received[0]!.bytes.toString()).not.toContain('PRIVATE KEY');
    expect(records()).toMatchObject([{ state: 'requested', delivery: 'sent', mailboxId: 'X26ABC1', attempts: 1 }]);
    expect(records()[0]).not.toHaveProperty('notAfter');
  });

  test.skipIf(!needs('openssl'))('makes a key and a CSR as the guide does, and openssl agrees', async () => {
    await request();
    const { keyFile = '', csrFile = '' } = records()[0]!;
    const [key, csr] = [join(folder, 'state', keyFile), join(folder, 'state', csrFile)];
    expect(statSync(key).mode & 0o777).toBe(0o600);
    expect(readFileSync(key, 'utf8')).toMatch(/^-----BEGIN ENCRYPTED PRIVATE KEY-----/);
    expect(openssl('pkey', '-in', key, '-passin', 'env:PASSPHRASE', '-check', '-noout').said).toContain('Key is valid');
    expect(openssl('asn1parse', '-in', key).said).toContain('aes-256-cbc');
    const verified = openssl('req', '-in', csr, '-verify', '-noout', '-subject').said;
    expect(verified).toMatch(/verify OK/i);
    expect(verified).toMatch(/subject=CN ?= ?X26ABC1\.X26\.api\.mesh-client\.nhs\.uk\n/);
  });

  test('asks once, however often it is run', async () => {
    await request();
    const again = await request();
    expect(again).toMatchObject({ code: 1, stdout: '' });
    expect(again.stderr).toMatch(/^integration: nothing is sent, because the request has been made already/);
    expect(mail.received).toHaveLength(1);
  });

  test('in review mode goes to the contact alone, to be forwarded', async () => {
    configure({ port: mail.port, renewal: { mode: 'review' } });
    expect((await request()).code).toBe(0);
    expect(mail.received.map(({ to }) => to)).toEqual([['ada@example.org']]);
    const { subject, text, attachments } = await simpleParser(mail.received[0]!.bytes);
    expect(subject).toBe('MESH certificate request for you to review and forward: Mavis, integration, mailbox X26ABC1');
    await expect(text?.replaceAll(folder, '/etc/mesh')).toMatchFileSnapshot('golden/review.txt');
    expect(attachments.map(({ filename }) => filename)).toEqual(['certificate-request.eml']);
    const { findings } = await check();
    expect(findings).toMatchObject([{ code: 'first_certificate_awaited', severity: 'warning' }]);
    expect(findings[0]!.remedy).toContain(`resolve --config ${config} --environment integration --sent`);
    const settled = await run(['renewals', 'resolve', '--environment', 'integration', '--sent']);
    expect(settled.code).toBe(0);
    expect(records()).toMatchObject([{ state: 'requested', delivery: 'sent' }]);
  });

  test('without a mail server leaves the message in the outbox', async () => {
    configure({});
    expect((await request()).code).toBe(0);
    expect(readdirSync(join(folder, 'state', 'outbox'))).toEqual([expect.stringMatching(/\.eml$/)]);
    expect(records()).toMatchObject([{ state: 'requested', delivery: 'drafted' }]);
  });

  test('--dry-run leaves the files in a directory, sends and records nothing', async () => {
    const output = join(folder, 'draft');
    const { code, stdout } = await request('--dry-run', '--output', output);
    expect(code).toBe(0);
    expect(stdout).toContain('Nothing was sent and nothing was recorded.');
    expect(readdirSync(output).sort()).toEqual([
      'X26ABC1.X26.api.mesh-client.nhs.uk.csr',
      expect.stringMatching(/^private_key-[0-9a-f]{8}\.pem$/),
      'request.eml',
    ]);
    expect(readdirSync(folder)).not.toContain('state');
    expect(mail.received).toEqual([]);
  });

  test('--dry-run in review mode says who would forward it, and leaves the email to the desk', async () => {
    configure({ port: mail.port, renewal: { mode: 'review' } });
    const output = join(folder, 'draft');
    const { stdout } = await request('--dry-run', '--output', output);
    expect(stdout).toContain(
      'The request would go to ada@example.org, to be forwarded to itoc.supportdesk@nhs.net:\n  MESH certificate request: ',
    );
    const draft = await simpleParser(readFileSync(join(output, 'request.eml')));
    expect(draft.to).toMatchObject({ text: 'itoc.supportdesk@nhs.net' });
    expect(draft.headers.get('x-unsent')).toBe('1');
  });

  test('for production is refused without the conformance certificate', async () => {
    configure({ port: mail.port, environment: { preset: 'production' } });
    const { code, stderr } = await request();
    expect(code).toBe(2);
    expect(stderr).toContain('technical conformance certificate');
    expect(mail.received).toEqual([]);
  });

  test('is sent again with the same key after the mail server had no time, and once', async () => {
    const busy = await startScriptedServer({ greeting: { reply: '421 too busy' } });
    configure({ port: busy.port });
    expect((await request()).code).toBe(2);
    const { spkiSha256 } = records()[0]!;
    expect(records()).toMatchObject([{ state: 'due' }]);
    expect((await check()).findings.map((each) => each.code)).toEqual([
      'renewal_email_failed',
      'first_certificate_awaited',
    ]);
    await busy.close();
    configure({ port: mail.port });
    expect((await request()).code).toBe(0);
    expect(records()).toMatchObject([{ state: 'requested', spkiSha256 }]);
    expect(mail.received).toHaveLength(1);
  });
});

describe('request refuses', () => {
  test('where a certificate is deployed', async () => {
    const { client } = await nhsLikePki();
    mkdirSync(join(folder, 'certs'));
    writeFileSync(join(folder, 'certs', 'client.pem'), client.pem);
    const { code, stderr } = await request();
    expect(code).toBe(3);
    expect(stderr).toContain('integration has a certificate already; use: mesh-cert-monitor renew --config');
  });

  test('where one cannot be read', async () => {
    mkdirSync(join(folder, 'certs', 'client.pem'), { recursive: true });
    expect(await request()).toMatchObject({ code: 3, stderr: expect.stringContaining('cannot be read') });
  });

  test('where one was seen and has vanished, which stays critical', async () => {
    inStore((store) => {
      const key = { environment: 'integration', fingerprintSha256: 'ab'.repeat(32) };
      store.begin({ ...key, commonName: 'x', serial: '01', notAfter: new Date('2028-01-01') }, now, 'seen');
    });
    expect(await request()).toMatchObject({ code: 3, stderr: expect.stringContaining('was deployed before') });
    const { code, findings } = await check();
    expect(code).toBe(2);
    expect(findings.map((each) => each.code)).toContain('certificate_unreadable');
    expect(findings.map((each) => each.code)).not.toContain('nothing_deployed_yet');
    expect(mail.received).toEqual([]);
  });

  test('where there is no desk', async () => {
    configure({ environment: { preset: 'sandbox' } });
    expect(await request()).toMatchObject({ code: 3, stderr: expect.stringContaining('no certificate desk') });
  });

  test('to use or to replace a key unsaid', async () => {
    mkdirSync(join(folder, 'certs'));
    writeFileSync(join(folder, 'certs', 'private_key.pem'), (await nhsLikePki()).client.encryptedKeyPem(passphrase));
    expect(await request()).toMatchObject({ code: 3, stderr: expect.stringContaining('Say --key existing') });
    expect(await request('--key', 'new', '--dry-run', '--output', join(folder, 'draft'))).toMatchObject({ code: 0 });
  });

  test('a key that is not there', async () => {
    expect(await request('--key', 'existing')).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/the private key of integration cannot be read\n.*private_key\.pem does not exist/),
    });
    expect(readdirSync(folder)).not.toContain('state');
    expect(mail.received).toEqual([]);
  });
});

test.skipIf(!needs('openssl'))('the key and the CSR that the guide makes by hand are taken over', async () => {
  const [key, csr] = [join(folder, 'certs', 'private_key.pem'), join(folder, 'request.csr')];
  mkdirSync(join(folder, 'certs'));
  openssl('genpkey', '-algorithm', 'RSA', '-out', key, '-aes256', '-pass', 'env:PASSPHRASE');
  openssl(
    'req',
    '-new',
    '-key',
    key,
    '-passin',
    'env:PASSPHRASE',
    '-out',
    csr,
    '-subj',
    '/CN=mailboxid.n1g3b.api.mesh-client.nhs.uk',
  );
  expect((await request('--key', 'existing')).code).toBe(0);
  const { csrFile = '', keyFile } = records()[0]!;
  expect(keyFile).toBeUndefined();
  const publicKeyOf = (file: string) => openssl('req', '-in', file, '-noout', '-pubkey').said;
  expect(publicKeyOf(join(folder, 'state', csrFile))).toBe(publicKeyOf(csr));
  const { code, findings } = await check();
  expect({ code, findings }).toMatchObject({ code: 0, findings: [{ code: 'first_certificate_awaited' }] });
});

describe('an environment that waits', () => {
  test('is not broken, and once the desk is late it is a warning', async () => {
    await request();
    const soon = await check(new Date(now.getTime() + 2 * dayMs));
    expect(soon).toMatchObject({ code: 0, findings: [{ code: 'first_certificate_awaited', severity: 'info' }] });
    const late = await check(new Date(now.getTime() + 9 * dayMs));
    expect(late).toMatchObject({ code: 1, findings: [{ code: 'first_certificate_awaited', severity: 'warning' }] });
    expect(late.findings).toHaveLength(1);
    const said = await run(['check']);
    expect(said.stdout).toMatch(/^OK {2}integration: waiting for its first certificate\n/);
  });

  test('is listed among the renewals', async () => {
    await request();
    expect((await run(['renewals'])).stdout).toMatch(/integration +requested +- +- +- +2026-11-23/);
    const { renewals } = JSON.parse((await run(['renewals', '--format', 'json'])).stdout);
    expect(renewals[0].record).not.toHaveProperty('notAfter');
    expect(renewals[0].record).not.toHaveProperty('fingerprintSha256');
  });
});
