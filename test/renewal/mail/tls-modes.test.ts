import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterEach, beforeAll, expect, test } from 'vitest';
import type { SmtpServer } from '../../../src/config/types.ts';
import { createMailer, type SendResult } from '../../../src/renewal/mail/mailer.ts';
import { renderRequest } from '../../../src/renewal/mail/request-message.ts';
import { Secret } from '../../../src/sources/secret.ts';
import { ca, type Made, serverCertificate } from '../../support/pki.ts';
import { startMailServer, startScriptedServer } from '../../support/renewal/mail-server.ts';
import { environmentOf, from, now, requestFor } from '../../support/renewal/samples.ts';

const message = renderRequest(requestFor(environmentOf('integration')));
/** For a server that says nothing; the others answer, and on a busy machine not soon. */
const impatient = { idleMs: 250, probeMs: 60_000 };
let root: Made;
let server: Made;
let trusted: Pick<SmtpServer, 'caBundle'>;
beforeAll(async () => {
  root = await ca({ cn: 'Mail test CA' });
  server = await serverCertificate({ issuer: root });
  trusted = { caBundle: { kind: 'inline', value: new Secret(root.pem) } };
});

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});
async function open<T extends { close(): Promise<unknown> }>(starting: Promise<T>): Promise<T> {
  const started = await starting;
  closing.push(() => started.close());
  return started;
}
const mailServer = (secure: boolean, made = server) =>
  open(startMailServer({ key: made.keyPem, cert: made.pem + root.pem, secure }));

/** Whatever goes wrong, nobody is shown where OpenSSL's source was compiled. */
async function send(
  smtp: Partial<SmtpServer> & { port: number },
  limits: Partial<typeof impatient> = {},
): Promise<SendResult> {
  const mailer = createMailer({ from, smtp: { host: '127.0.0.1', tls: 'starttls', ...smtp } }, '/nowhere', {}, limits);
  const result = await mailer.send(message, now);
  expect(result.reason).not.toMatch(/deps\/|\.c:|routines|[0-9A-F]{8,}:error/);
  return result;
}

test.each(['starttls', 'none'] as const)('tls: %s at a port that begins with TLS is told so', async (tls) => {
  const { port, received } = await mailServer(true);
  const result = await send({ port, tls, ...trusted }, impatient);
  expect(result).toMatchObject({ outcome: 'failed', retry: true });
  expect(result.reason).toBe(
    `127.0.0.1:${port} sends no greeting: that port begins with TLS. Set \`email.smtp.tls: implicit\``,
  );
  expect(received).toEqual([]);
});

test('tls: a server that is merely silent is not said to begin with TLS', async () => {
  const { port } = await open(startScriptedServer({ greeting: { hang: true } }));
  const { reason } = await send({ port }, { idleMs: 250, probeMs: 250 });
  expect(reason).toMatch(/:\d+ (sent no greeting in time|stopped responding)$/);
});

test('tls: one that hangs up without a greeting is not either', async () => {
  const hangsUp = createServer((socket) =>
    socket
      .on('error', () => {})
      .resume()
      .end(),
  ).listen(0, '127.0.0.1');
  await once(hangsUp, 'listening');
  closing.push(() => new Promise((resolve) => hangsUp.close(resolve)));
  const { port } = hangsUp.address() as AddressInfo;
  expect((await send({ port })).reason).toBe(`127.0.0.1:${port} ended the connection`);
});

test('tls: implicit at a port that begins in the clear is told so', async () => {
  const { port } = await mailServer(false);
  const result = await send({ port, tls: 'implicit', ...trusted });
  expect(result).toMatchObject({ outcome: 'failed', retry: true });
  expect(result.reason).toBe(
    `127.0.0.1:${port} does not speak TLS from the start on that port. Set \`email.smtp.tls: starttls\``,
  );
});

test('tls: a server without STARTTLS is tried again, and the remedy is named', async () => {
  const { port, seen } = await open(startScriptedServer({ STARTTLS: { reply: '502 no' } }));
  const result = await send({ port });
  expect(result).toMatchObject({ outcome: 'failed', retry: true });
  expect(result.reason).toMatch(/does not offer STARTTLS \(502 no\)\. Use a port that offers it, usually 587/);
  expect(seen).not.toContain('MAIL');
});

test.each(['starttls', 'implicit'] as const)('tls: a private CA is to be configured (%s)', async (tls) => {
  const { port } = await mailServer(tls === 'implicit');
  expect((await send({ port, tls })).reason).toMatch(
    /no CA trusted here has signed .* configure `email\.smtp\.ca_bundle`$/,
  );
  const other: Pick<SmtpServer, 'caBundle'> = {
    caBundle: { kind: 'inline', value: new Secret((await ca({ cn: 'Another' })).pem) },
  };
  expect((await send({ port, tls, ...other })).reason).toMatch(/no CA in `email\.smtp\.ca_bundle` has signed/);
});

test('tls: a certificate for another name, and one that has expired', async () => {
  const another = await mailServer(false, await serverCertificate({ issuer: root, names: ['mail.example.net'] }));
  expect((await send({ port: another.port, ...trusted })).reason).toMatch(/does not match the name 127\.0\.0\.1\./);
  const past = { notBefore: new Date('2020-01-01'), notAfter: new Date('2021-01-01') };
  const expired = await mailServer(false, await serverCertificate({ issuer: root, ...past }));
  expect((await send({ port: expired.port, ...trusted })).reason).toMatch(/presented a certificate that has expired$/);
});

test('tls: a server that speaks an old TLS only', async () => {
  const { port } = await open(
    startMailServer({
      key: server.keyPem,
      cert: server.pem,
      secure: true,
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    }),
  );
  expect((await send({ port, tls: 'implicit', ...trusted })).reason).toMatch(/could not agree on TLS \([a-z0-9 ]+\)$/);
});

test('tls: nobody listening, and a name that does not exist', async () => {
  // A port that has just been free may be another test's by now.
  expect((await send({ port: 1 })).reason).toBe('127.0.0.1:1 refused the connection (ECONNREFUSED)');
  expect((await send({ port: 1, host: 'mail.invalid' })).reason).toMatch(/^mail\.invalid:\d+ has a name that /);
});
