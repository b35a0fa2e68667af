import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readdirSync, rmSync, statSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openStore, type RenewalStore } from '../../../src/renewal/store/store.ts';
import { dayMs } from '../../../src/time/duration.ts';
import { type Transcript, type } from '../../support/cli.ts';
import { createNhsLikePki, leaf, nhsLikePki, type PkiFiles, writePki } from '../../support/pki.ts';
import { type MailServer, startMailServer, startScriptedServer } from '../../support/renewal/mail-server.ts';
import { needs } from '../../support/tools.ts';

const now = new Date();
let files: PkiFiles;
let mail: MailServer;
let stateDir: string;
let config: string;

beforeEach(async () => {
  files = await writePki(await nhsLikePki());
  mail = await startMailServer();
  stateDir = join(files.directory, 'state');
  config = join(files.directory, 'monitor.yaml');
  await configure({ port: mail.port });
});
afterEach(async () => {
  await mail.close();
  await files.remove();
});

async function configure({ port, ...renewal }: { port?: number; [key: string]: unknown }): Promise<void> {
  const email = { from: 'mesh-certificates@example.org', smtp: { host: '127.0.0.1', port, tls: 'none' } };
  const contact = { name: 'Ada Lovelace', email: 'ada@example.org', telephone: '020 7946 0000' };
  const credential = {
    certificate: { file: 'client.pem' },
    private_key: { file: 'private_key.pem' },
    passphrase: { env: 'PASSPHRASE' },
    ca_bundle: { file: 'ca_bundle.pem' },
  };
  const mesh = { mailbox_id: 'X26ABC1', password: { env: 'MESH_PASSWORD' }, shared_key: { env: 'MESH_SHARED_KEY' } };
  const environments = [
    { name: 'integration', preset: 'integration', mesh, credential, renewal: { mode: 'send', ...renewal } },
  ];
  const top = { application: 'Mavis', ods_code: 'X26', contact, state_dir: './state' };
  await writeFile(config, JSON.stringify({ ...top, ...(port ? { email } : {}), environments }));
}

const secrets = { MESH_PASSWORD: 'planted-password', MESH_SHARED_KEY: 'planted-key' };
async function run(...words: string[]): Promise<Transcript> {
  const said = await type([...words, '--config', config], { env: { ...secrets, PASSPHRASE: files.passphrase }, now });
  expect(said.stdout + said.stderr).not.toMatch(/planted|PRIVATE KEY/);
  expect(said.stdout + said.stderr).not.toContain(files.passphrase);
  return said;
}
const renew = (...words: string[]) => run('renew', '--environment', 'integration', ...words);
const resolve = (...words: string[]) => run('renewals', 'resolve', '--environment', 'integration', ...words);

function inStore<T>(work: (store: RenewalStore) => T): T {
  const store = openStore(stateDir, { exclusive: true });
  try {
    return work(store);
  } finally {
    store.close();
  }
}
const stateNow = () => inStore((store) => store.list().map(({ state }) => state));

describe('renew --dry-run', () => {
  test('leaves key, request and message in the directory, sends nothing and records nothing', async () => {
    const output = join(files.directory, 'draft');
    const { code, stdout, stderr } = await renew('--dry-run', '--output', output);
    expect([code, stderr]).toEqual([0, '']);
    const left = readdirSync(output).sort();
    expect(left).toEqual([
      expect.stringMatching(/^private_key-[0-9a-f]{8}\.pem$/),
      'request.eml',
      expect.stringMatching(/\.csr$/),
    ]);
    for (const file of left) {
      expect(stdout).toContain(join(output, file));
      expect(statSync(join(output, file)).mode & 0o777).toBe(0o600);
    }
    expect(stdout).toMatch(
      /^Nothing was sent and nothing was recorded. The request would go to itoc\.supportdesk@nhs\.net, ada@example\.org:/,
    );
    expect(mail.received).toEqual([]);
    expect(readdirSync(files.directory)).not.toContain('state');
  });

  test.skipIf(!needs('openssl'))(
    'writes a request that openssl verifies and a key that opens with the passphrase',
    async () => {
      const output = join(files.directory, 'draft');
      await renew('--dry-run', '--output', output);
      const named = (end: string) => join(output, readdirSync(output).find((name) => name.endsWith(end))!);
      const openssl = (...words: string[]) =>
        spawnSync('openssl', words, { encoding: 'utf8', env: { ...process.env, PASSPHRASE: files.passphrase } });
      const request = openssl('req', '-in', named('.csr'), '-verify', '-noout', '-subject', '-pubkey');
      expect(request.stderr).toMatch(/verify OK/i);
      expect(request.stdout).toMatch(/subject=CN ?= ?x26abc1\.x26\.api\.mesh-client\.nhs\.uk\n/);
      const key = openssl('pkey', '-in', named('.pem'), '-passin', 'env:PASSPHRASE', '-pubout');
      expect(key.status).toBe(0);
      expect(request.stdout).toContain(key.stdout.trim());
    },
  );

  test('with --key reuse there is no new key', async () => {
    const output = join(files.directory, 'draft');
    expect((await renew('--dry-run', '--key', 'reuse', '--output', output)).code).toBe(0);
    expect(readdirSync(output).some((name) => name.startsWith('private_key'))).toBe(false);
  });

  test('says what would be turned down, and exits critical', async () => {
    await configure({ port: mail.port, common_name: 'x26.thirdparty.nhs.uk' });
    const { code, stderr } = await renew('--dry-run', '--output', join(files.directory, 'draft'));
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^(warning: .*\n)*integration: the request cannot be drafted: the common name "x26\.thirdparty\.nhs\.uk"/,
    );
  });

  test('says why there is nothing to renew', async () => {
    await rm(files.certificate);
    const { code, stderr } = await renew('--dry-run');
    expect(code).toBe(3);
    expect(stderr).toMatch(/^error: the deployed client certificate cannot be read\n.*client\.pem/);
  });
});

describe('renew', () => {
  test('sends the request before its window, once', async () => {
    const first = await renew();
    expect(first).toEqual({
      code: 0,
      stdout: 'integration: the request was sent to itoc.supportdesk@nhs.net\n',
      stderr: '',
    });
    const second = await renew();
    expect([second.code, second.stdout]).toEqual([1, '']);
    expect(second.stderr).toBe(
      'integration: nothing is sent, because the request has been made already: the request was sent to itoc.supportdesk@nhs.net\n',
    );
    expect(mail.received.map(({ to }) => to)).toEqual([['itoc.supportdesk@nhs.net', 'ada@example.org']]);
  });

  test('says what the mail server said, exits critical, and sends when it is asked again', async () => {
    const server = await startScriptedServer({ MAIL: { reply: '550 we do not know you' } });
    await configure({ port: server.port });
    const refused = await renew();
    expect([refused.code, refused.stdout]).toEqual([2, '']);
    expect(refused.stderr).toMatch(/^integration: the request was not sent: .*550 we do not know you/);
    await server.close();
    await configure({ port: mail.port });
    expect((await renew()).code).toBe(0);
    expect(mail.received).toHaveLength(1);
  });

  test('does not wait for the pause after a failure that may pass', async () => {
    const server = await startScriptedServer({ MAIL: { reply: '451 later' } });
    await configure({ port: server.port });
    expect((await renew()).code).toBe(2);
    expect(stateNow()).toEqual(['due']);
    await server.close();
    await configure({ port: mail.port });
    expect((await renew()).code).toBe(0);
  });

  test('sends nothing for a request that a crash left open, and reports it to the contact', async () => {
    await renew();
    inStore((store) =>
      store.transition(store.list()[0]!, { from: ['requested'], to: 'sending', at: now, reason: 'crash' }),
    );
    const { code, stderr } = await renew();
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^integration: nothing is sent, because the desk may have the request already: it is not known/,
    );
    expect(mail.received.map(({ to }) => to[0])).toEqual(['itoc.supportdesk@nhs.net', 'ada@example.org']);
  });

  test('sends no second request for one that is uncertain, though its key is gone, until somebody has settled it', async () => {
    await renew();
    inStore((store) => {
      const [record] = store.list();
      store.transition(record!, { from: ['requested'], to: 'uncertain', at: now, reason: 'lost' });
      rmSync(join(stateDir, record!.keyFile!));
    });
    const requests = () => mail.received.filter(({ to }) => to[0] === 'itoc.supportdesk@nhs.net');
    const settle = `mesh-cert-monitor renewals resolve --config ${config} --environment integration`;
    const alone = await renew();
    expect([alone.code, stateNow(), requests().length]).toEqual([1, ['uncertain'], 1]);
    expect(alone.stderr).toContain(`then first run: ${settle} --sent (or --not-sent)\n`);
    const service = openStore(stateDir, { exclusive: true });
    const beside = await renew();
    service.close();
    expect([beside.code, stateNow(), requests().length]).toEqual([1, ['uncertain'], 1]);
    await resolve('--sent');
    expect([(await renew()).code, stateNow(), requests().length]).toEqual([0, ['requested'], 2]);
  });

  test('sends nothing for a new certificate while the request of the old one is open', async () => {
    await renew();
    const older = await createNhsLikePki({ now, notAfter: new Date(now.getTime() + 30 * dayMs) });
    await writeFile(files.certificate, older.client.pem);
    await writeFile(files.caBundle, older.bundlePem);
    const { code, stderr } = await renew();
    expect([code, mail.received.length]).toEqual([1, 1]);
    expect(stderr).toContain('a request is already open for the certificate with serial number');
  });

  test('leaves it to a running service: it refuses before the window, and ends the pause of a failure', async () => {
    const service = openStore(stateDir, { exclusive: true });
    const early = await renew();
    expect(early.code).toBe(3);
    expect(early.stderr).toBe(
      `error: integration: nothing is sent. The service is running on ${stateDir}, and makes the request when the renewal window opens. To make it now, stop the service, run this command again, and start the service\n`,
    );
    service.close();

    const server = await startScriptedServer({ MAIL: { reply: '550 no' } });
    await configure({ port: server.port });
    await renew();
    await server.close();
    const again = openStore(stateDir, { exclusive: true });
    expect(await renew()).toMatchObject({
      code: 0,
      stdout: 'integration: the running service sends the request at its next check\n',
    });
    expect(again.list()[0]?.state).toBe('due');
    again.close();
    expect(mail.received).toEqual([]);
  });

  test('with `mode: manual` leaves it to a running service as soon as that has checked the certificate', async () => {
    await configure({ port: mail.port, mode: 'manual' });
    const service = openStore(stateDir, { exclusive: true });
    const early = await renew();
    expect([early.code, early.stderr]).toEqual([
      3,
      `error: integration: nothing is sent. The service is running on ${stateDir}, and has not checked this certificate yet: run this command again after its next check\n`,
    ]);
    const { fingerprint256, serialNumber, validTo } = new X509Certificate(await readFile(files.certificate));
    const fingerprintSha256 = fingerprint256.replaceAll(':', '').toLowerCase();
    const key = { environment: 'integration', fingerprintSha256 };
    service.begin({ ...key, commonName: 'cn', serial: serialNumber, notAfter: new Date(validTo) }, now, 'found');
    expect(await renew('--reason', 'a leak')).toMatchObject({
      code: 0,
      stdout: 'integration: the running service sends the request at its next check\n',
    });
    expect(service.get(key)).toMatchObject({ state: 'due', askedAt: now, askedReason: 'a leak' });
    service.close();
    await renew();
    expect(mail.received).toHaveLength(1);
    expect(stateNow()).toEqual(['requested']);
  });

  test('says where the state directory cannot be used', async () => {
    await writeFile(stateDir, 'a file');
    const { code, stderr } = await renew();
    expect(code).toBe(3);
    expect(stderr).toMatch(/^error: .*state: EEXIST/);
  });
});

describe('renewals', () => {
  test('says that there are none, without making a database', async () => {
    // The directory is named, because it may be the wrong one.
    const stdout = `No renewal has been recorded in ${stateDir} yet.\n`;
    expect(await run('renewals')).toEqual({ code: 0, stdout, stderr: '' });
    expect(readdirSync(files.directory)).not.toContain('state');
  });

  test('lists every renewal with its state and its dates, also while the service runs', async () => {
    await renew();
    const service = openStore(stateDir, { exclusive: true });
    const { code, stdout } = await run('renewals');
    const [header, row, why, ...others] = stdout.trimEnd().split('\n');
    expect([code, others]).toEqual([0, []]);
    expect(header).toMatch(/^ENVIRONMENT +STATE +EXPIRES +DUE FROM +LAST SAFE DAY +REQUESTED +CLOSED$/);
    expect(row).toMatch(/^integration +requested +\S.*\S +-$/);
    expect(why).toMatch(/^ {4}.*the request was sent to itoc\.supportdesk@nhs\.net$/);

    const json = JSON.parse((await run('renewals', '--format', 'json')).stdout);
    expect(json.generatedAt).toBe(`${now.toISOString().slice(0, 19)}Z`);
    expect(json.renewals).toMatchObject([
      { state: 'requested', dueAt: expect.any(String), record: { environment: 'integration', attempts: 1 } },
    ]);
    expect(json.renewals[0].record.transitions.map(({ state }: { state: string }) => state)).toEqual([
      'not_due',
      'due',
      'sending',
      'requested',
    ]);
    service.close();
  });
});

test('renewals says why a request that is due could not be made', async () => {
  await renew();
  inStore((store) => {
    const [record] = store.list();
    store.transition(record!, { from: ['requested'], to: 'due', at: now, reason: 'it is due' });
    store.note(record!, { lastError: 'add it to renewal.enclose' });
  });
  expect((await run('renewals')).stdout).toContain('it is due; add it to renewal.enclose');
  inStore((store) => store.note(store.list()[0]!, { lastError: 'it is due' }));
  expect((await run('renewals')).stdout).not.toContain('it is due;');
});

test('renew sends nothing for a certificate of another environment, and says why', async () => {
  const { sub } = await nhsLikePki();
  const issuer = { keys: sub.keys, subject: [{ CN: ['NHS Authentication G2'] }] };
  const live = await leaf({
    issuer,
    authorityKeyIdentifier: '94a2507df7c8ea6dd5a50dc169b3cf65f898baa2',
    notAfter: new Date(now.getTime() + 30 * dayMs),
  });
  await writeFile(files.certificate, live.pem);
  const { code, stdout, stderr } = await renew();
  expect([code, mail.received, stateNow()]).toEqual([2, [], ['due']]);
  const why = 'is a live certificate, issued by NHS Authentication G2';
  expect(stdout + stderr).toContain(why);
  expect((await run('renewals')).stdout).toContain(why);
  expect((await run('check', '--offline')).stdout).toMatch(new RegExp(`renewal_email_failed[^]*${why}`));
});

describe('renewals resolve', () => {
  const crash = () =>
    inStore((store) =>
      store.transition(store.list()[0]!, { from: ['requested'], to: 'sending', at: now, reason: 'crash' }),
    );

  test('settles what a crash left in sending, before the service is back', async () => {
    await renew();
    crash();
    expect(await resolve('--sent')).toEqual({
      code: 0,
      stdout: 'integration: requested; somebody confirmed that the request was sent\n',
      stderr: '',
    });
    crash();
    expect((await resolve('--not-sent')).stdout).toBe(
      'integration: due; somebody confirmed that the request was not sent, so it can be sent\n',
    );
    expect(stateNow()).toEqual(['due']);
  });

  test('settles it while the service runs, and leaves alone what the service is sending', async () => {
    await renew();
    crash();
    const service = openStore(stateDir, { exclusive: true });
    const refused = await resolve('--not-sent');
    expect([refused.code, service.list()[0]?.state]).toEqual([3, 'sending']);
    expect(refused.stderr).toContain('is being sent at this moment');
    service.transition(service.list()[0]!, { from: ['sending'], to: 'uncertain', at: now, reason: 'lost' });
    expect((await resolve('--sent')).code).toBe(0);
    expect(service.list()[0]?.state).toBe('requested');
    service.close();
  });

  test('settles nothing that is settled, and makes no database', async () => {
    const none = await resolve('--sent');
    expect([none.code, none.stderr]).toEqual([3, `error: nothing has been recorded in ${stateDir} yet\n`]);
    await renew();
    const settled = await resolve('--not-sent');
    expect(settled.code).toBe(3);
    expect(settled.stderr).toContain('it is not sent a second time');
    expect(stateNow()).toEqual(['requested']);
  });
});
