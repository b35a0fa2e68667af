import { type AddressObject, simpleParser } from 'mailparser';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createMailer } from '../../../src/renewal/mail/mailer.ts';
import { renderRequest } from '../../../src/renewal/mail/request-message.ts';
import { Secret } from '../../../src/sources/secret.ts';
import { ca, serverCertificate } from '../../support/pki.ts';
import { csrPem, environmentOf, from, now, requestFor } from '../../support/renewal/samples.ts';
import { needs } from '../../support/tools.ts';
import { type Exim, startExim } from './exim.ts';

const [user, password, refused] = ['monitor', 'planted-smtp-password', 'nobody@nhs.net'];

/** Exim lets only root start a daemon; whoever runs the tests as somebody else at home has the other mail servers. */
function mayServe(): boolean {
  const may = process.getuid?.() === 0 || process.env.CI === 'true';
  if (!may) process.stderr.write('skipped: tests that need exim4, which only root can start\n');
  return may;
}

describe.skipIf(!needs('exim4') || !mayServe())('over Debian’s exim, with STARTTLS and authentication', () => {
  let exim: Exim;
  let trusted: string;
  beforeAll(async () => {
    const root = await ca({ cn: 'Exim test CA' });
    const server = await serverCertificate({ issuer: root });
    trusted = root.pem;
    exim = await startExim({ key: server.keyPem, certificate: server.pem, user, password, refused });
  });
  afterAll(() => exim?.close());

  const mailer = (secret: string) =>
    createMailer(
      {
        from,
        smtp: {
          host: '127.0.0.1',
          port: exim.port,
          tls: 'starttls',
          username: user,
          password: { kind: 'inline', value: new Secret(secret) },
          caBundle: { kind: 'inline', value: new Secret(trusted) },
        },
      },
      '/nonexistent',
      {},
    );

  test('the request is one message in the mailbox, to desk and contact, and reads back as it was written', async () => {
    const message = renderRequest(requestFor(environmentOf('production')));
    const result = await mailer(password).send(message, now);
    expect(result).toMatchObject({ outcome: 'sent', refused: [] });
    expect(result.reason).toMatch(/250 OK id=/);

    const delivered = await exim.mailbox(1);
    expect(delivered).toHaveLength(1);
    const mail = await simpleParser(delivered[0]!);
    expect(mail.headers.get('envelope-to')).toBe('ssd.nationalservicedesk@nhs.net, ada.lovelace@example.org');
    const addresses = (field: AddressObject | AddressObject[] | undefined) =>
      [field ?? []].flat().flatMap(({ value }) => value.map(({ address }) => address));
    expect(addresses(mail.to)).toEqual(['ssd.nationalservicedesk@nhs.net']);
    expect(addresses(mail.cc)).toEqual(['ada.lovelace@example.org']);
    expect(addresses(mail.replyTo)).toEqual(['ada.lovelace@example.org']);
    expect(mail.messageId).toBe(message.messageId);
    expect(mail.subject).toBe(message.subject);
    expect(mail.text?.trimEnd()).toBe(message.text.trimEnd());
    expect(mail.attachments.map(({ filename }) => filename)).toEqual(
      message.attachments.map(({ filename }) => filename),
    );
    expect(mail.attachments[0]?.content.toString()).toBe(csrPem);
    expect(delivered[0]!.toString()).not.toContain(password);
  });

  test('a desk address that exim refuses is reported, and nothing is delivered', async () => {
    const message = { ...renderRequest(requestFor(environmentOf('integration'))), to: [{ address: refused }] };
    const before = await exim.mailbox(0);
    const result = await mailer(password).send(message, now);
    expect(result).toMatchObject({ outcome: 'failed', retry: false });
    expect(result.refused).toEqual([expect.stringContaining('no such user here')]);
    // Had exim taken it, it would be the first of what is delivered from now on.
    const next = renderRequest(requestFor(environmentOf('deployment')));
    expect(await mailer(password).send(next, now)).toMatchObject({ outcome: 'sent' });
    const delivered = (await exim.mailbox(before.length + 1)).slice(before.length);
    const ids = await Promise.all(delivered.map(async (each) => (await simpleParser(each)).messageId));
    expect(ids).toEqual([next.messageId]);
  });

  test('a wrong password fails for good', async () => {
    const result = await mailer('wrong').send(renderRequest(requestFor(environmentOf('integration'))), now);
    expect(result).toMatchObject({ outcome: 'failed', retry: false });
    expect(result.reason).toMatch(/535/);
  });
});
