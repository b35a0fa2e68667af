import { simpleParser } from 'mailparser';
import { describe, expect, test } from 'vitest';
import type { FindingCode } from '../../../src/findings/catalogue.ts';
import { firstKey } from '../../../src/renewal/first.ts';
import {
  renderClosing,
  renderReminder,
  renderReview,
  renderUncertain,
} from '../../../src/renewal/mail/contact-messages.ts';
import { UnsafeMessageFieldError } from '../../../src/renewal/mail/header-safety.ts';
import { renderMime } from '../../../src/renewal/mail/mime.ts';
import { messageIdFor, renderRequest } from '../../../src/renewal/mail/request-message.ts';
import type { Told } from '../../../src/renewal/types.ts';
import { escaped } from '../../../src/text/index.ts';
import {
  commonName,
  csrPem,
  environmentOf,
  from,
  issued,
  lastDayToAsk,
  later,
  now,
  recordFor,
  replaced,
  requestFor,
} from '../../support/renewal/samples.ts';

const presets = ['integration', 'deployment', 'production'] as const;
const lf = (bytes: Buffer) => bytes.toString('utf8').replaceAll('\r\n', '\n');

describe('the request', () => {
  test.each(presets)('to the desk of %s is this, byte for byte', async (preset) => {
    const bytes = await renderMime(renderRequest(requestFor(environmentOf(preset))));
    await expect(lf(bytes)).toMatchFileSnapshot(`golden/request-${preset}.eml`);
  });

  test.each([
    ['integration', ['itoc.supportdesk@nhs.net']],
    ['deployment', ['itoc.supportdesk@nhs.net']],
    ['production', ['ssd.nationalservicedesk@nhs.net']],
  ] as const)('for %s goes to its desk, with the contact in Cc and Reply-To', (preset, desk) => {
    const message = renderRequest(requestFor(environmentOf(preset)));
    expect(message.to.map(({ address }) => address)).toEqual(desk);
    expect(message.cc).toEqual([{ name: 'Ada Lovelace', address: 'ada.lovelace@example.org' }]);
    expect(message.replyTo).toEqual(message.cc[0]);
    expect(message.from).toEqual({ name: 'MESH certificates', address: 'mesh-certificates@example.org' });
  });

  test('names application, environment and mailbox in its subject', () => {
    expect(renderRequest(requestFor(environmentOf('integration'))).subject).toBe(
      'MESH certificate renewal request: Mavis, integration, mailbox X26ABC1',
    );
  });

  test('says each thing that the desk asks for on a line of its own', () => {
    const lines = renderRequest(requestFor(environmentOf('integration'))).text.split('\n');
    for (const line of [
      'Application: Mavis',
      'Organisation ODS code: X26',
      'Environment: integration',
      'Mailbox ID: X26ABC1',
      `Common name: ${commonName}`,
      'Reason: current certificate is about to expire',
      `Current certificate serial number: ${replaced.serial}`,
      `Current certificate SHA-256 fingerprint: ${replaced.fingerprintSha256}`,
      'Current certificate expires: Friday 22 January 2027 at 12:00 GMT (2027-01-22T12:00:00Z)',
      'New certificate needed by: Thursday 21 January 2027 (2027-01-21)',
      'Contact: Ada Lovelace, ada.lovelace@example.org, telephone 020 7946 0000',
    ])
      expect(lines).toContain(line);
  });

  test('arrives with the CSR as it was made, under the common name, and then the enclosures', async () => {
    const bytes = await renderMime(renderRequest(requestFor(environmentOf('production'))));
    const mail = await simpleParser(bytes);
    expect(mail.attachments.map(({ filename, contentType }) => [filename, contentType])).toEqual([
      [`${commonName}.csr`, 'application/pkcs10'],
      ['conformance.pdf', 'application/pdf'],
    ]);
    expect(mail.attachments[0]?.content.toString()).toBe(csrPem);
  });

  test('says which of MESH’s environments it is where the name does not', () => {
    const text = (name: string) => renderRequest(requestFor(environmentOf('integration', { name }))).text;
    expect(text('blue')).toContain('\nEnvironment: blue (MESH integration)\n');
    expect(text('Integration 2')).toContain('\nEnvironment: Integration 2\n');
  });

  test('keeps a name that is not ASCII', async () => {
    const contact = { name: 'Zoë Brontë', email: 'zoe@example.org', telephone: '020 7946 0001' };
    const mail = await simpleParser(
      await renderMime(renderRequest(requestFor(environmentOf('integration', { contact, application: 'Café £5' })))),
    );
    expect(mail.replyTo?.value).toEqual([{ name: 'Zoë Brontë', address: 'zoe@example.org' }]);
    expect(mail.subject).toContain('Café £5');
    expect(mail.text).toContain('Contact: Zoë Brontë, zoe@example.org');
  });

  test('with anything but one CSR as its CSR is a bug, and throws', () => {
    const key = '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n';
    for (const pem of [key, csrPem + key, '', `${csrPem}${csrPem}`])
      expect(() => renderRequest(requestFor(environmentOf('integration'), { csrPem: pem }))).toThrow(
        /certificate request/,
      );
  });
});

describe('the Message-ID', () => {
  const key = { environment: 'integration', fingerprintSha256: 'a'.repeat(64) };

  test('is the same for the same request at any time, in the domain of the sender', () => {
    const [early, late] = [now, new Date(now.getTime() + 1e9)].map((at) =>
      renderRequest(requestFor(environmentOf('integration'), { now: at })),
    );
    expect(early?.messageId).toBe(late?.messageId);
    expect(early?.messageId).toMatch(/^<request\.[0-9a-f]{32}@example\.org>$/);
  });

  test('differs for another environment, certificate, kind or occasion', () => {
    const ids = [
      messageIdFor(key, 'request', from),
      messageIdFor({ ...key, environment: 'production' }, 'request', from),
      messageIdFor({ ...key, fingerprintSha256: 'b'.repeat(64) }, 'request', from),
      messageIdFor(key, 'reminder', from),
      messageIdFor(key, 'uncertain', from, 1),
      messageIdFor(key, 'uncertain', from, 2),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('and the whole rendering are the same bytes twice', async () => {
    const message = renderRequest(requestFor(environmentOf('production')));
    expect(await renderMime(message)).toEqual(await renderMime(message));
  });
});

test('the end of a first request promises a renewal only where one is made', () => {
  const closing = (mode: 'review' | 'manual') => {
    const base = environmentOf('integration');
    const environment = environmentOf('integration', { renewal: { ...base.renewal, mode } });
    const { notAfter: _, ...record } = recordFor(environment, { acceptedAt: later });
    const first = { ...record, ...firstKey(environment) };
    return renderClosing({ environment, from, record: first, configurationFile: '/etc/m.yaml', now: later }, issued)
      .text;
  };
  expect(closing('review')).toContain('It is now monitored, and will be renewed in time.');
  expect(closing('manual')).toContain('Its successor is not requested until somebody asks for it');
  expect(closing('manual')).not.toContain('will be renewed');
});

describe('messages to the contact', () => {
  const environment = environmentOf('integration');
  const configurationFile = '/etc/mesh/mesh-cert-monitor.yaml';
  const context = { environment, from, record: recordFor(environment), configurationFile, now: later };
  const all = {
    reminder: renderReminder(context, lastDayToAsk),
    uncertain: renderUncertain(context),
    closing: renderClosing({ ...context, record: recordFor(environment, { acceptedAt: later }) }, issued),
    review: renderReview(renderRequest(requestFor(environment)), context),
  };

  test.each(Object.entries(all))('%s is this, byte for byte', async (kind, message) => {
    await expect(lf(await renderMime(message))).toMatchFileSnapshot(`golden/${kind}.eml`);
  });

  test.each(Object.entries(all))('%s goes to nobody but the contact', (_kind, message) => {
    expect([...message.to, ...message.cc].map(({ address }) => address)).toEqual(['ada.lovelace@example.org']);
  });

  test('reminder, uncertain and closing follow up the request; review does not, for it is not sent yet', () => {
    for (const kind of ['reminder', 'uncertain', 'closing'] as const)
      expect(all[kind].inReplyTo).toBe(context.record.messageId);
    expect(all.review.inReplyTo).toBeUndefined();
  });

  test('reminder says how long this desk usually takes', () => {
    const slow = { ...environment, renewal: { ...environment.renewal, deskWorkingDays: 1 } };
    expect(renderReminder({ ...context, environment: slow }, lastDayToAsk).text).toContain('within 1 working day.');
  });

  test('reminder says who was to send the request', () => {
    const drafted = { ...context, record: recordFor(environment, { delivery: 'drafted' }) };
    expect(renderReminder(drafted, lastDayToAsk).text).toContain(
      'was drafted for you to send to the desk on Tuesday 24',
    );
    expect(all.reminder.text).toContain('was sent to the desk on Tuesday 24 November 2026');
  });

  const told = (code: FindingCode, headline: string, lastingAction: string, command?: string): Told => ({
    cause: { code },
    headline: escaped(headline),
    lastingAction: escaped(lastingAction),
    ...(command === undefined ? {} : { command: escaped(command) }),
  });

  test('reminder says what the diagnosis says, where that is about the renewal', () => {
    const late = told('renewal_unanswered', 'The desk has not answered', 'Telephone the desk.', 'mesh-cert-monitor x');
    expect(renderReminder({ ...context, told: late }, lastDayToAsk).text).toContain(
      '\nIf it has not, telephone the desk.\n\nmesh-cert-monitor x\n',
    );
  });

  test('every message says what else is wrong, and none that nothing is to be done', () => {
    const other = { ...context, told: told('chain_order_wrong', 'Wrong order', 'Swap them.', 'mesh-cert-monitor y') };
    const closed = { ...other, record: recordFor(environment, { acceptedAt: later }) };
    for (const { text } of [
      renderReminder(other, lastDayToAsk),
      renderUncertain(other),
      renderClosing(closed, issued),
      renderReview(renderRequest(requestFor(environment)), other),
    ]) {
      expect(text).toContain('comes first: Wrong order. Swap them.\n\nmesh-cert-monitor y\n');
      expect(text).not.toContain('nothing else to do.');
    }
    expect(renderClosing(closed, issued).text).toContain('nothing else to do for this renewal.');
    expect(all.closing.text).toContain('nothing else to do.');
  });

  test('uncertain says that the certificate has expired, so that the desk is told', () => {
    const expired = told('certificate_expired', 'The client certificate expired on Monday', 'Ask the desk.');
    expect(renderUncertain({ ...context, told: expired }).text).toContain(
      '\nThe client certificate expired on Monday. Telephone the desk, and say so.\n',
    );
  });

  test('uncertain, in review mode, says that the request was for the contact', () => {
    const review = { ...environment, renewal: { ...environment.renewal, mode: 'review' as const } };
    const { text } = renderUncertain({ ...context, environment: review });
    expect(text).toContain('It was addressed to you, to be sent on to the desk');
    expect(text).toContain('If you have it, send it to the desk, then run:');
    expect(text).not.toContain('ask the desk');
  });

  test('commands name the environment as it is configured', () => {
    const blue = { ...context, environment: environmentOf('integration', { name: 'blue' }) };
    expect(renderUncertain(blue).text).toContain('--environment blue --sent\n');
  });

  test('review encloses the very request, ready to forward', async () => {
    const mail = await simpleParser(await renderMime(all.review));
    const [attachment] = mail.attachments;
    expect(attachment?.contentType).toBe('message/rfc822');
    expect(attachment?.filename).toBe('renewal-request.eml');
    const inner = await simpleParser(attachment?.content ?? '');
    expect(inner.messageId).toBe(all.review.enclosed?.message.messageId);
    expect(inner.attachments[0]?.content.toString()).toBe(csrPem);
    expect(mail.text).toContain('itoc.supportdesk@nhs.net');
  });
});

describe('header injection', () => {
  const contact = { name: 'Ada', email: 'ada@example.org', telephone: '020' };
  const mesh = environmentOf('integration').mesh;
  const renewal = environmentOf('integration').renewal;
  const attacks = ['x\r\nBcc: thief@example.net', 'x\nX', 'x\rX', 'x\0', 'x\u2028X', 'x\u202Ecod'];
  const fields = (bad: string) =>
    [
      ['application', { application: bad }],
      ['organisation', { organisation: bad }],
      ['ods_code', { odsCode: bad }],
      ['environment name', { name: bad }],
      ['mesh.mailbox_id', { mesh: { ...mesh, mailboxId: bad } }],
      ['contact.name', { contact: { ...contact, name: bad } }],
      ['contact.email', { contact: { ...contact, email: `${bad}@example.org` } }],
      ['contact.telephone', { contact: { ...contact, telephone: bad } }],
      ['renewal.desk', { renewal: { ...renewal, desk: [`${bad}@nhs.net`] } }],
    ] as const;

  test.each(fields('').map(([field]) => field))(
    'through %s is refused, naming the field and not its value',
    (field) => {
      for (const attack of attacks) {
        const changes = fields(attack).find(([each]) => each === field)?.[1];
        const render = () => renderRequest(requestFor(environmentOf('integration', changes)));
        expect(render).toThrow(UnsafeMessageFieldError);
        expect(render).toThrow(expect.objectContaining({ field, message: expect.not.stringContaining('thief') }));
      }
    },
  );

  test.each([
    ['common name', { commonName: 'x\r\nBcc: y@z' }],
    ['email.from', { from: 'Me\r\nBcc: y@z <me@example.org>' }],
    [
      'renewal.enclose',
      { enclosures: [{ filename: 'a\r\nb.pdf', contentType: 'application/pdf', content: Buffer.of() }] },
    ],
  ])('through %s is refused', (field, changes) => {
    expect(() => renderRequest(requestFor(environmentOf('integration'), changes))).toThrow(
      expect.objectContaining({ name: 'UnsafeMessageFieldError', field }),
    );
  });

  test.each(['a@b.uk, thief@example.net', 'a@b.uk;c@d.uk', 'A <a@b.uk>', '"a b"@c.uk', 'nobody', ''])(
    'a second recipient in an address (%s) is refused',
    (email) => {
      const environment = environmentOf('integration', { contact: { ...contact, email } });
      expect(() => renderRequest(requestFor(environment))).toThrow(/contact\.email/);
    },
  );

  test('names with quotes, commas and angle brackets arrive as they are, adding nobody', async () => {
    const environment = environmentOf('integration', { contact: { ...contact, name: 'Ada "A." <x@y.uk>, Esq.' } });
    const mail = await simpleParser(await renderMime(renderRequest(requestFor(environment))));
    const cc = mail.cc && !Array.isArray(mail.cc) ? mail.cc.value : [];
    expect(cc).toEqual([{ name: 'Ada "A." <x@y.uk>, Esq.', address: 'ada@example.org' }]);
  });
});
