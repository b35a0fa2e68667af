import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Configuration, ResolvedEnvironment } from '../../src/config/types.ts';
import { readCredential } from '../../src/credential/read.ts';
import { handshake } from '../../src/mesh/handshake.ts';
import type { HandshakeResult } from '../../src/mesh/types.ts';
import { acceptIssued } from '../../src/renewal/issued/accept.ts';
import { createRenewals, type Renewals } from '../../src/renewal/renewals.ts';
import { openStore } from '../../src/renewal/store/store.ts';
import { dayMs, hourMs, minuteMs } from '../../src/time/duration.ts';
import { assess } from '../../src/verify/assess.ts';
import { policyFor } from '../../src/verify/policy.ts';
import {
  createNhsLikePki,
  type NhsLikePki,
  type PkiFiles,
  serverCertificate,
  signRequest,
  writePki,
} from '../support/pki.ts';
import { type MailServer, startMailServer } from '../support/renewal/mail-server.ts';
import { environmentOf } from '../support/renewal/samples.ts';

/** Certificates have to be valid by the system's clock too, for OpenSSL looks at no other. */
const start = new Date(Math.floor(Date.now() / 1000) * 1000);
const notAfter = new Date(start.getTime() + 61 * dayMs);
const day = (number: number, ms = 0) => new Date(start.getTime() + number * dayMs + ms);

let pki: NhsLikePki;
let files: PkiFiles;
let mail: MailServer;
let mesh: Server;
let stateDir: string;

beforeAll(async () => {
  pki = await createNhsLikePki({ now: start, notAfter });
  files = await writePki(pki);
  mail = await startMailServer();
  stateDir = mkdtempSync(join(tmpdir(), 'renewal-life-'));
  const server = await serverCertificate({ issuer: pki.root });
  mesh = createServer(
    { cert: server.pem, key: server.keyPem, ca: pki.bundlePem, requestCert: true, rejectUnauthorized: true },
    (_, response) => response.setHeader('content-type', 'application/json').end('{"status":"running"}'),
  );
  mesh.listen(0, '127.0.0.1');
  await once(mesh, 'listening');
});
afterAll(async () => {
  await mail.close();
  mesh.closeAllConnections();
  mesh.close();
  await files.remove();
  rmSync(stateDir, { recursive: true, force: true });
});

/** It answers, and on a busy machine not soon. */
const patient = { connectMs: minuteMs, tlsMs: minuteMs, requestMs: minuteMs };

function environment(): ResolvedEnvironment {
  const base = environmentOf('integration');
  const passphrase = { kind: 'env', name: 'PASSPHRASE' } as const;
  const { port } = mesh.address() as AddressInfo;
  return {
    ...base,
    mesh: { ...base.mesh, url: `https://localhost:${port}`, probe: 'ping', timeouts: patient },
    credential: {
      kind: 'pem',
      certificate: { kind: 'file', path: files.certificate },
      privateKey: { kind: 'file', path: files.privateKey },
      passphrase,
      caBundle: { kind: 'file', path: files.caBundle },
    },
  };
}
const env = {
  get PASSPHRASE() {
    return files.passphrase;
  },
};

function configuration(): Configuration {
  const { application, odsCode, contact } = environment();
  return {
    path: '/nowhere.yaml',
    application,
    odsCode,
    contact,
    stateDir,
    http: { host: '127.0.0.1', port: 0 },
    schedule: { check: '*/5 * * * *', handshake: '17 * * * *', timezone: 'Europe/London' } as Configuration['schedule'],
    email: { from: 'mesh-certificates@example.org', smtp: { host: '127.0.0.1', port: mail.port, tls: 'none' } },
    environments: [environment()],
    warnings: [],
    contentHash: '',
  };
}

const log = { info: () => {}, warn: () => {} };
let lastHandshake: HandshakeResult | undefined;

/** One cycle of the service: read, assess, and one step of the renewal. */
async function cycle(renewals: Renewals, now: Date) {
  const target = environment();
  const credential = await readCredential(target.credential!, env);
  const assessment = assess(credential, policyFor(target), undefined, now);
  const known = lastHandshake ? { handshake: lastHandshake } : {};
  return renewals.step({ environment: target, assessment, credential, ...known }, now);
}

async function shakeHands(now: Date): Promise<void> {
  const target = environment();
  const credential = await readCredential(target.credential!, env);
  lastHandshake = await handshake(target, credential, { now: () => now, env });
}

test('life: nothing at 61 days, one request at 60, a reminder, the certificate, the handshake, one closing message, and the next renewal', async () => {
  // Two months pass by every clock.
  let at = day(0);
  const renew = () => createRenewals(configuration(), env, log, at, () => at.getTime());
  const cycleAt = (renewals: Renewals, now: Date) => {
    at = now;
    return cycle(renewals, now);
  };
  let renewals = renew();
  const codes = (step: Awaited<ReturnType<typeof cycle>>) => step.findings.map(({ code }) => code);

  await shakeHands(day(0));
  expect(lastHandshake?.outcome).toBe('success');
  const early = await cycleAt(renewals, day(0));
  expect([early.status.state, early.status.dueAt, codes(early)]).toEqual(['not_due', day(1), []]);
  const lastSecond = await cycleAt(renewals, day(1, -1000));
  expect([lastSecond.status.state, mail.received.length]).toEqual(['not_due', 0]);

  const sent = await cycleAt(renewals, day(1));
  expect([sent.status.state, sent.emailed, sent.status.requestedAt]).toEqual(['requested', ['sent'], day(1)]);
  expect(mail.received.map(({ to }) => to)).toEqual([['itoc.supportdesk@nhs.net', 'ada.lovelace@example.org']]);

  // Restarts, and a cycle every five minutes, send nothing more.
  await renewals.close();
  at = day(1, minuteMs);
  renewals = renew();
  for (let minutes = 5; minutes <= 60; minutes += 5)
    expect((await cycleAt(renewals, day(1, minutes * minuteMs))).emailed).toEqual([]);

  // Two weeks hold five working days at any time of the year.
  const unanswered = await cycleAt(renewals, day(15));
  expect([unanswered.status.state, unanswered.emailed, codes(unanswered)]).toEqual([
    'requested',
    ['sent'],
    ['renewal_unanswered'],
  ]);
  expect((await cycleAt(renewals, day(15, 5 * minuteMs))).emailed).toEqual([]);
  expect(mail.received[1]).toMatchObject({ to: ['ada.lovelace@example.org'] });

  // The desk signs what was in the message; the contact accepts what comes back while the service runs.
  const { attachments, messageId } = await simpleParser(mail.received[0]!.bytes);
  const csr = attachments.find(({ filename }) => filename === 'x26abc1.x26.api.mesh-client.nhs.uk.csr');
  const issued = await signRequest(pki.sub, csr!.content.toString(), { notBefore: new Date(start.getTime() - hourMs) });
  const other = openStore(stateDir, { exclusive: false });
  const accepted = await acceptIssued(other, {
    environment: environment(),
    environments: [environment()],
    issued: Buffer.from(issued.pem),
    issuedFile: '/tmp/issued.pem',
    configurationFile: '/etc/monitor.yaml',
    install: true,
    stateDir,
    env,
    now: day(16),
  });
  other.close();
  expect(accepted).toMatchObject({ accepted: true, install: { installed: expect.anything() } });
  expect(readFileSync(files.certificate, 'utf8')).toContain(issued.pem.trim());

  // Deployed, but MESH has not seen it: the handshake before does not count.
  const deployed = await cycleAt(renewals, day(16, 5 * minuteMs));
  expect([deployed.status.state, codes(deployed), deployed.emailed]).toEqual(['issued', [], []]);
  expect(deployed.status.reason).toBe('a new certificate is deployed; MESH has not accepted it yet');

  await shakeHands(day(16, 17 * minuteMs));
  expect(lastHandshake?.outcome).toBe('success');
  const closed = await cycleAt(renewals, day(16, 20 * minuteMs));
  expect([closed.status.state, closed.emailed, codes(closed)]).toEqual(['deployed', ['sent'], []]);
  const next = await cycleAt(renewals, day(16, 25 * minuteMs));
  expect([next.status.state, next.emailed, codes(next)]).toEqual(['not_due', [], []]);
  expect(next.status.dueAt?.getTime()).toBeGreaterThan(day(900).getTime());
  await renewals.close();

  const subjects = await Promise.all(mail.received.map(async ({ bytes }) => (await simpleParser(bytes)).subject));
  expect(subjects.map((subject) => subject?.split(':')[0])).toEqual([
    'MESH certificate renewal request',
    'No new MESH certificate yet',
    'MESH certificate renewed',
  ]);
  const store = openStore(stateDir, { exclusive: true });
  const [record] = store.list();
  store.close();
  expect(record).toMatchObject({ messageId, closedAt: day(16, 20 * minuteMs), attempts: 1 });
  expect(record?.transitions.map(({ state, at }) => [state, at])).toEqual([
    ['not_due', day(0)],
    ['due', day(1)],
    ['sending', day(1)],
    ['requested', day(1)],
    ['issued', day(16)],
    ['deployed', day(16, 20 * minuteMs)],
  ]);
}, 300_000);

test('life: no secret and no private key is in a message, a record or a name below the state directory', () => {
  const rows = ['renewals.sqlite', 'renewals.sqlite-wal'].flatMap((name) => {
    try {
      return [readFileSync(join(stateDir, name)).toString('latin1')];
    } catch {
      return [];
    }
  });
  expect(rows.length).toBeGreaterThan(0);
  const everything = [...rows, ...mail.received.map(({ bytes }) => bytes.toString('latin1'))];
  const deployedKey = readFileSync(files.privateKey, 'utf8').split('\n')[3]!;
  for (const secret of [files.passphrase, Buffer.from(files.passphrase).toString('base64'), 'PRIVATE KEY', deployedKey])
    for (const text of everything) expect(text.includes(secret)).toBe(false);
  const names = readdirSync(stateDir, { recursive: true, encoding: 'utf8' });
  expect(names.some((name) => name.includes(files.passphrase))).toBe(false);
});
