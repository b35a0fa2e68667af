/** Each kind of mail in each of its states, byte for byte, and what every one of them has in its head. */
import { simpleParser } from 'mailparser';
import { describe, expect, test } from 'vitest';
import { type HandshakeReason, judgeHandshake } from '../../../src/mesh/index.ts';
import {
  renderClosing,
  renderReminder,
  renderReview,
  renderUncertain,
  renderUnsent,
} from '../../../src/renewal/mail/contact-messages.ts';
import { renderExpiry } from '../../../src/renewal/mail/expiry-message.ts';
import { renderMime } from '../../../src/renewal/mail/mime.ts';
import { type Message, renderRequest } from '../../../src/renewal/mail/request-message.ts';
import { literal } from '../../../src/text/index.ts';
import {
  certificateFacts,
  csrPem,
  environmentOf,
  from,
  issued,
  lastDayToAsk,
  recordFor,
  replaced,
  requestFor,
} from '../../support/renewal/samples.ts';
import { sampleFailedHandshake, sampleNow } from '../../support/status.ts';

const environment = environmentOf('integration', { organisation: 'Leeds Teaching Hospitals NHS Trust' });
/** The certificate expires on Friday 22 January 2027 at noon; Thursday 14 January is the last safe day. */
const times = {
  'in-time': new Date('2026-11-24T09:00:00Z'),
  'last-safe-day': new Date('2027-01-14T17:00:00Z'),
  urgent: new Date('2027-01-18T09:00:00Z'),
  expired: new Date('2027-01-25T09:00:00Z'),
} as const;
type Moment = keyof typeof times;
const moments = Object.keys(times) as Moment[];

const context = (now: Date, more: Parameters<typeof recordFor>[1] = {}) => ({
  environment,
  from,
  record: recordFor(environment, more),
  configurationFile: '/etc/mesh/mesh-cert-monitor.yaml',
  now,
});
const request = (now: Date) => renderRequest(requestFor(environment, { now }));
const expiry = (now: Date, renewal: string, stage: number) => {
  const { fingerprintSha256, notAfter, serial } = replaced;
  const certificate = { role: 'client' as const, subject: 'CN=x26abc1', serial, fingerprintSha256, notAfter };
  const told = {
    cause: { code: 'certificate_expires_soon' as const },
    headline: literal('The client certificate expires soon'),
    lastingAction: literal('Telephone the desk.'),
  };
  return renderExpiry({ environment, from, certificate, stage, renewal, told, now });
};

const notEnclosed = literal(
  'The desk rejects a request without the technical conformance certificate: add it to renewal.enclose',
);

const kinds: Record<string, (moment: Moment) => Message> = {
  request: (moment) => request(times[moment]),
  review: (moment) => renderReview(request(times[moment]), context(times[moment])),
  'reminder-sent': (moment) => renderReminder(context(times[moment], { delivery: 'sent' }), lastDayToAsk),
  'reminder-drafted': (moment) => renderReminder(context(times[moment], { delivery: 'drafted' }), lastDayToAsk),
  uncertain: (moment) => renderUncertain(context(times[moment])),
  unsent: (moment) => renderUnsent(context(times[moment], { lastError: notEnclosed }), lastDayToAsk),
  'closing-accepted': (moment) => renderClosing(context(times[moment], { acceptedAt: times[moment] }), issued),
  'closing-not-confirmed': (moment) => renderClosing(context(times[moment]), issued),
  'expiry-not-due': (moment) => expiry(times[moment], 'The renewal window opens on 23 November 2026.', 60),
  'expiry-drafted': (moment) => expiry(times[moment], 'The request was drafted and nobody has sent it yet.', 30),
  'expiry-sent': (moment) => expiry(times[moment], 'The request was sent to itoc.supportdesk@nhs.net.', 14),
  'expiry-uncertain': (moment) => expiry(times[moment], 'It is not known whether the request was sent.', 7),
  'expiry-failed': (moment) => expiry(times[moment], 'The mail server refused the request: 550 no such user.', 3),
};
const cases = Object.entries(kinds).flatMap(([kind, render]) =>
  moments.map((moment) => [`${kind}-${moment}`, kind, moment, render(moment)] as const),
);

const lf = (bytes: Buffer) => bytes.toString('utf8').replaceAll('\r\n', '\n');
/** Head and text are what differs; the CSR is locked by the other golden files. */
async function headAndText(message: Message): Promise<string> {
  const [head = ''] = lf(await renderMime(message)).split('\n\n');
  return `${head.replaceAll(/\n[ \t]/g, ' ')}\n\n${message.text}`;
}

test.each(cases)('%s reads like this', async (name, _kind, _moment, message) => {
  await expect(await headAndText(message)).toMatchFileSnapshot(`golden/states/${name}.txt`);
});

describe('urgency', () => {
  test.each(cases)(
    '%s: is in the subject once the desk has too few working days, and not before',
    (_, kind, moment, message) => {
      const mayBe = /^(request|review|reminder|uncertain|unsent)/.test(kind);
      const isLate = moment === 'urgent' || moment === 'expired';
      expect(message.subject.startsWith('URGENT: ')).toBe(mayBe && isLate);
    },
  );

  test('the desk is told what is cut off, and since when or from when on', () => {
    expect(request(times.urgent).text).toContain(
      'This is urgent. Fewer than 5 working days are left before the certificate expires on Friday 22 January 2027 at 12:00 GMT (2027-01-22T12:00:00Z). From then on the mailbox is cut off until a new one is in place.',
    );
    expect(request(times.expired).text).toContain(
      'This is urgent. MESH does not accept an expired certificate: the mailbox is cut off until a new one is in place.',
    );
    expect(request(times['last-safe-day']).text).not.toContain('urgent');
  });

  /** In the words of the finding itself. */
  const handshakeFailed = (reason: HandshakeReason) => ({
    cause: judgeHandshake(
      environment,
      { last: sampleFailedHandshake(reason), watchingSince: sampleNow },
      sampleNow,
    )[0]!,
    headline: literal('The handshake fails'),
    lastingAction: literal('Look.'),
  });

  test.each(['client_certificate_rejected', 'client_certificate_revoked', 'client_certificate_expired'] as const)(
    'a certificate that MESH refuses (%s) is urgent, however long it is valid',
    (reason) => {
      const told = handshakeFailed(reason);
      const { subject, text } = renderRequest(requestFor(environment, { now: times['in-time'], told }));
      expect(subject).toMatch(/^URGENT: /);
      expect(text).toContain(
        '\nThis is urgent. MESH refuses the current certificate: the mailbox is cut off until a new one is in place.\n',
      );
      expect(renderReview(request(times['in-time']), { ...context(times['in-time']), told }).subject).toMatch(
        /^URGENT: /,
      );
    },
  );

  test.each(['connection_refused', 'authentication_failed', 'server_error'] as const)(
    'a handshake that fails for another reason (%s) is none of the desk’s',
    (reason) => {
      const asked = { now: times['in-time'], told: handshakeFailed(reason) };
      expect(renderRequest(requestFor(environment, asked)).subject).not.toMatch(/urgent/i);
    },
  );

  test('a first request is never urgent: nothing stops working', () => {
    const { certificate: _, ...first } = requestFor(environment, { now: times.expired });
    const { subject, text } = renderRequest(first);
    expect(subject + text).not.toMatch(/urgent/i);
  });

  test('how many working days a desk needs is configured', () => {
    const renewal = { ...environment.renewal, deskWorkingDays: 1 };
    const quick = { ...environment, renewal };
    expect(renderRequest(requestFor(quick, { now: times.urgent })).subject).not.toMatch(/urgent/i);
    const day = renderRequest(requestFor(quick, { now: new Date('2027-01-21T09:00:00Z') })).text;
    expect(day).toContain('Fewer than 1 working day are left');
  });

  test('a reason of one’s own does not hide that it is urgent', () => {
    expect(renderRequest(requestFor(environment, { now: times.urgent, reason: 'key lost' })).subject).toMatch(
      /^URGENT/,
    );
  });
});

describe('what every message has', () => {
  test.each(cases)(
    '%s: says Auto-Submitted exactly if it goes to the contact alone (RFC 3834)',
    async (_, kind, _moment, message) => {
      const { headers } = await simpleParser(await renderMime(message));
      expect(headers.get('auto-submitted')).toBe(kind === 'request' ? undefined : 'auto-generated');
      expect(headers.has('x-unsent')).toBe(false);
    },
  );

  test('the organisation is named beside its code, where it is configured', () => {
    const lines = request(times['in-time']).text.split('\n');
    expect(lines.slice(lines.indexOf('Application: Mavis'), lines.indexOf('Environment: integration'))).toEqual([
      'Application: Mavis',
      'Organisation: Leeds Teaching Hospitals NHS Trust',
      'Organisation ODS code: X26',
    ]);
    expect(lines).toContain('Mavis (Leeds Teaching Hospitals NHS Trust, X26)');
    const without = renderRequest(requestFor(environmentOf('integration'))).text;
    expect(without).not.toContain('Organisation:');
    expect(without).toContain('\nMavis (X26)\n');
  });

  test('the CSR is in the text too, for systems that drop attachments, and survives the way', async () => {
    const mail = await simpleParser(await renderMime(request(times['in-time'])));
    expect(mail.text).toContain(csrPem.trimEnd());
  });

  test('the desk is asked for files that Outlook lets through', () => {
    expect(request(times['in-time']).text).toContain('.pem or .txt files, or in a .zip archive');
  });
});

describe('drafts', () => {
  test('open as drafts, with X-Unsent, and so does what a review encloses', async () => {
    const draft = await simpleParser(await renderMime(request(times['in-time']), { unsent: true }));
    expect(draft.headers.get('x-unsent')).toBe('1');
    const review = await simpleParser(await renderMime(kinds.review!('in-time')));
    const enclosed = await simpleParser(review.attachments[0]?.content ?? '');
    expect(enclosed.headers.get('x-unsent')).toBe('1');
    expect(enclosed.headers.has('auto-submitted')).toBe(false);
  });
});

describe('enclosures', () => {
  const enclosed = async (contentType: string, content: Buffer) => {
    const enclosures = [{ filename: 'note.txt', contentType, content }];
    const bytes = await renderMime(renderRequest(requestFor(environment, { enclosures })));
    const [, part = ''] = lf(bytes).split(/name=note\.txt\n/);
    const mail = await simpleParser(bytes);
    return { encoding: /^Content-Transfer-Encoding: (\S+)/m.exec(part)?.[1], content: mail.attachments[1]?.content };
  };

  test('a text is not base64: filters look into it', async () => {
    const { encoding, content } = await enclosed('text/plain', Buffer.from('Wir grüßen = 100 %\nzwei'));
    expect(encoding).toBe('quoted-printable');
    expect(content?.toString().replaceAll('\r\n', '\n')).toBe('Wir grüßen = 100 %\nzwei');
  });

  test('anything else arrives byte for byte', async () => {
    const bytes = Buffer.from([0, 13, 10, 13, 255, 10]);
    const { encoding, content } = await enclosed('application/octet-stream', bytes);
    expect([encoding, content?.equals(bytes)]).toEqual(['base64', true]);
  });
});

test('a certificate that is replaced long before its end is in time', () => {
  const certificate = certificateFacts({ notAfter: new Date('2029-01-01T00:00:00Z') });
  expect(renderRequest(requestFor(environment, { certificate, now: times.expired })).subject).not.toMatch(/urgent/i);
});
