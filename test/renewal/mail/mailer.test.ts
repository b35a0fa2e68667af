import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import type { SMTPServerAuthentication, SMTPServerAuthenticationResponse } from 'smtp-server';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { SmtpServer } from '../../../src/config/types.ts';
import { createMailer, type SendResult } from '../../../src/renewal/mail/mailer.ts';
import { renderMime } from '../../../src/renewal/mail/mime.ts';
import { renderRequest } from '../../../src/renewal/mail/request-message.ts';
import { Secret } from '../../../src/sources/secret.ts';
import { ca, type Made, serverCertificate } from '../../support/pki.ts';
import { startMailServer, startScriptedServer } from '../../support/renewal/mail-server.ts';
import { csrPem, environmentOf, from, now, requestFor } from '../../support/renewal/samples.ts';

const password = 'pläntéd-pässwörd-4711';
const message = renderRequest(requestFor(environmentOf('production')));
const [desk, contact] = ['ssd.nationalservicedesk@nhs.net', 'ada.lovelace@example.org'];

let folder: string;
let root: Made;
let server: Made;
let trusted: SmtpServer['caBundle'];
const closing: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mesh-cert-monitor-mailer-'));
  root = await ca({ cn: 'Mail test CA' });
  server = await serverCertificate({ issuer: root });
  trusted = { kind: 'inline', value: new Secret(root.pem) };
});
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function open<T extends { close(): Promise<unknown> }>(starting: Promise<T>): Promise<T> {
  const started = await starting;
  closing.push(() => started.close());
  return started;
}
const onAuth = (
  auth: SMTPServerAuthentication,
  _session: unknown,
  done: (error: Error | null, response?: SMTPServerAuthenticationResponse) => void,
) =>
  auth.username === 'monitor' && auth.password === password
    ? done(null, { user: 'monitor' })
    : done(new Error(`535 no, not ${auth.password}`));
const credentials = { username: 'monitor', password: { kind: 'inline', value: new Secret(password) } } as const;
const withTls = () => ({ key: server.keyPem, cert: server.pem + root.pem, minVersion: 'TLSv1.2' as const });
const send = (smtp: Partial<SmtpServer> & { port: number }): Promise<SendResult> =>
  createMailer({ from, smtp: { host: '127.0.0.1', tls: 'none', ...smtp } }, folder, {}).send(message, now);
const refusal = (text: string, responseCode: number) => Object.assign(new Error(text), { responseCode });

describe('over a mail server that works', () => {
  test.each(['starttls', 'implicit'] as const)('with %s and authentication the message arrives whole', async (tls) => {
    const { port, received } = await open(
      startMailServer({ ...withTls(), secure: tls === 'implicit', authOptional: false, onAuth }),
    );
    const result = await send({ port, tls, caBundle: trusted!, ...credentials });
    expect(result).toMatchObject({ outcome: 'sent', retry: false, refused: [] });
    expect(result.reason).toContain('queued as 1');
    expect(received).toHaveLength(1);
    expect(received[0]).toMatchObject({ to: [desk, contact], secure: true, user: 'monitor' });
    expect(received[0]?.bytes).toEqual(await renderMime(message));
    const mail = await simpleParser(received[0]!.bytes);
    expect(mail.attachments[0]?.content.toString()).toBe(csrPem);
  });

  test('without TLS, when that is what is configured', async () => {
    const { port, received } = await open(startMailServer());
    expect(await send({ port })).toMatchObject({ outcome: 'sent' });
    expect(received[0]).toMatchObject({ from: 'mesh-certificates@example.org', secure: false });
  });

  test('trusting the CA from a file, with the password from a variable', async () => {
    const { port, received } = await open(startMailServer({ ...withTls(), authOptional: false, onAuth }));
    const path = join(folder, 'mail-ca.pem');
    await writeFile(path, root.pem);
    const smtp = {
      ...credentials,
      host: '127.0.0.1',
      port,
      tls: 'starttls',
      password: { kind: 'env', name: 'MAIL_PASSWORD' },
      caBundle: { kind: 'file', path },
    } as const;
    const mailer = createMailer({ from, smtp }, folder, { MAIL_PASSWORD: `${password}\n` });
    expect(await mailer.send(message, now)).toMatchObject({ outcome: 'sent' });
    expect(received).toHaveLength(1);
  });
});

describe('what must not happen in the clear or to a stranger', () => {
  test('a server that offers no STARTTLS gets neither password nor message', async () => {
    const { port, seen } = await open(startScriptedServer({}));
    const result = await send({ port, tls: 'starttls', ...credentials });
    expect(result).toMatchObject({ outcome: 'failed', retry: true });
    expect(seen).not.toContain('AUTH');
    expect(seen).not.toContain('MAIL');
  });

  test.each(['starttls', 'implicit'] as const)(
    'a server whose certificate nobody we trust signed, with %s',
    async (tls) => {
      const { port, received } = await open(startMailServer({ ...withTls(), secure: tls === 'implicit', onAuth }));
      const result = await send({ port, tls, ...credentials });
      expect(result).toMatchObject({ outcome: 'failed', retry: true });
      expect(result.reason).toMatch(/certificate/i);
      expect(received).toEqual([]);
    },
  );

  test('a server whose certificate is for another name', async () => {
    const other = await serverCertificate({ issuer: root, names: ['mail.example.net'] });
    const { port, received } = await open(startMailServer({ key: other.keyPem, cert: other.pem }));
    const result = await send({ port, tls: 'starttls', caBundle: trusted! });
    expect(result).toMatchObject({ outcome: 'failed', retry: true });
    expect(result.reason).toMatch(/altname|alternative|does not match/i);
    expect(received).toEqual([]);
  });

  test('a configured user name is not silently left out when the server offers no authentication', async () => {
    const { port, received } = await open(startMailServer({ disabledCommands: ['AUTH'] }));
    expect(await send({ port, ...credentials })).toMatchObject({ outcome: 'failed' });
    expect(received).toEqual([]);
  });
});

describe('refusals', () => {
  test('a wrong password is final, and the password is not repeated even if the server does', async () => {
    const onWrong = (auth: SMTPServerAuthentication, _session: unknown, done: (error: Error | null) => void) =>
      done(refusal(`bad password ${auth.password}`, 535));
    const { port, received } = await open(
      startMailServer({ authOptional: false, allowInsecureAuth: true, onAuth: onWrong }),
    );
    const result = await send({ port, ...credentials });
    expect(result).toMatchObject({ outcome: 'failed', retry: false });
    expect(JSON.stringify(result)).not.toContain(password);
    expect(result.reason).toMatch(
      /refused the login of monitor: 535 \(it does not accept this user name and password\)$/,
    );
    expect(received).toEqual([]);
  });

  test('the copy refused: sent, and the address is reported with the reason', async () => {
    const { port, received } = await open(
      startMailServer({
        onRcptTo: ({ address }, _session, done) => done(address === contact ? refusal('no such user', 550) : null),
      }),
    );
    const result = await send({ port });
    expect(result).toMatchObject({ outcome: 'sent', retry: false });
    expect(result.refused).toEqual([expect.stringMatching(/^ada\.lovelace@example\.org \(550 no such user\)$/)]);
    expect(received[0]?.to).toEqual([desk]);
  });

  test.each([
    ['for good', 550, false],
    ['for now', 450, true],
  ])(
    'the desk refused %s: failed, and the contact gets no copy of what the desk never got',
    async (_how, code, retry) => {
      for (const pipelining of [true, false]) {
        const { port, received } = await open(
          startMailServer({
            hidePIPELINING: !pipelining,
            onRcptTo: ({ address }, _session, done) => done(address === desk ? refusal('not here', code) : null),
          }),
        );
        const result = await send({ port });
        expect(result).toMatchObject({ outcome: 'failed', retry });
        expect(result.refused).toEqual([expect.stringContaining(desk)]);
        expect(received).toEqual([]);
      }
    },
  );

  test('of two desk addresses one refused: sent, and it is reported', async () => {
    const { port, received } = await open(
      startMailServer({
        onRcptTo: ({ address }, _session, done) => done(address === 'old@nhs.net' ? refusal('gone', 550) : null),
      }),
    );
    const to = [{ address: 'old@nhs.net' }, { address: desk }];
    const mailer = createMailer({ from, smtp: { host: '127.0.0.1', port, tls: 'none' } }, folder, {});
    const result = await mailer.send({ ...message, to }, now);
    expect(result).toMatchObject({ outcome: 'sent', refused: [expect.stringContaining('old@nhs.net')] });
    expect(received[0]?.to).toEqual([desk, contact]);
  });

  test('of two desk addresses one refused for good and one for now: worth another try', async () => {
    const { port } = await open(
      startMailServer({
        onRcptTo: ({ address }, _session, done) =>
          done(address === contact ? null : refusal('no', address === desk ? 451 : 550)),
      }),
    );
    const to = [{ address: 'old@nhs.net' }, { address: desk }];
    const mailer = createMailer({ from, smtp: { host: '127.0.0.1', port, tls: 'none' } }, folder, {});
    expect(await mailer.send({ ...message, to }, now)).toMatchObject({ outcome: 'failed', retry: true });
  });
});

describe('without a mail server', () => {
  const draft = (stateDir: string) => createMailer({ from }, stateDir, {}).send(message, now);

  test('the message is a private .eml in the outbox, the same file however often', async () => {
    const stateDir = join(folder, 'state');
    const [first, second] = [await draft(stateDir), await draft(stateDir)];
    expect(first).toMatchObject({ outcome: 'drafted', retry: false, refused: [] });
    expect(second.file).toBe(first.file);
    expect(await readdir(join(stateDir, 'outbox'))).toHaveLength(1);
    expect((await stat(first.file!)).mode & 0o777).toBe(0o600);
    expect(await readFile(first.file!)).toEqual(await renderMime(message, { unsent: true }));
  });

  test('a draft of another day replaces the earlier one, so that nobody sends both', async () => {
    const stateDir = join(folder, 'state');
    const mailer = createMailer(undefined, stateDir, {});
    const tomorrow = { ...message, date: new Date(message.date.getTime() + 86_400_000) };
    const [{ file: first }, { file: second }] = [
      await mailer.send(message, message.date),
      await mailer.send(tomorrow, tomorrow.date),
    ];
    expect(second).not.toBe(first);
    expect((await readdir(join(stateDir, 'outbox'))).map((name) => join(stateDir, 'outbox', name))).toEqual([second]);
  });

  test('an outbox that cannot be written is a failure to try again, and leaves nothing half done', async () => {
    const stateDir = join(folder, 'a-file');
    await writeFile(stateDir, '');
    expect(await draft(stateDir)).toMatchObject({ outcome: 'failed', retry: true });
  });
});
