import { describe, expect, test } from 'vitest';
import { renderClosing, renderReminder, renderReview } from '../../../src/renewal/mail/contact-messages.ts';
import { type CertificateRequest, renderRequest } from '../../../src/renewal/mail/request-message.ts';
import { literal, Untrusted } from '../../../src/text/index.ts';
import { dayMs, secondMs } from '../../../src/time/duration.ts';
import {
  certificateFacts,
  environmentOf,
  from,
  issued,
  lastDayToAsk,
  recordFor,
  requestFor,
} from '../../support/renewal/samples.ts';

const environment = environmentOf('integration');
const notAfter = new Date('2027-01-22T12:00:00Z');
const ahead = (ms: number) => new Date(notAfter.getTime() - ms);
const textAt = (now: Date, more: Partial<CertificateRequest> = {}) =>
  renderRequest(requestFor(environment, { now, ...more })).text;
const line = (text: string, start: string) => text.split('\n').find((each) => each.startsWith(start));

describe('what the desk is told of the expiry', () => {
  test.each([
    ['a second after', ahead(-secondMs), 'expired on Friday 22 January 2027 (2027-01-22);', 'has expired', 'expired'],
    ['at', notAfter, 'is about to expire;', 'is about to expire', 'expires'],
    ['90 days before', ahead(90 * dayMs), 'is about to expire;', 'is about to expire', 'expires'],
  ])('mail: %s it', (_, now, state, reason, verb) => {
    const text = textAt(now);
    expect(text).toContain(`The current certificate ${state} this is a renewal under the common name`);
    expect(line(text, 'Reason:')).toBe(`Reason: current certificate ${reason}`);
    expect(line(text, 'Current certificate exp')).toBe(
      `Current certificate ${verb}: Friday 22 January 2027 at 12:00 GMT (2027-01-22T12:00:00Z)`,
    );
  });

  test('mail: long before it nobody says that it is about to expire, nor that a window is open', () => {
    const now = ahead(899 * dayMs);
    const text = textAt(now);
    expect(text).not.toMatch(/about to expire|window/);
    expect(text).toContain('The current certificate needs to be replaced before it expires;');
    expect(line(text, 'Reason:')).toBe('Reason: renewal before the current certificate expires');
  });

  test('mail: a person’s own reason is the reason, and then it is needed as soon as possible', () => {
    const text = textAt(ahead(899 * dayMs), { reason: 'the private key was copied to a laptop that is lost' });
    expect(line(text, 'Reason:')).toBe('Reason: the private key was copied to a laptop that is lost');
    expect(line(text, 'New certificate needed by:')).toBe('New certificate needed by: as soon as possible');
  });

  test('mail: a reason cannot add a line', () => {
    expect(() => textAt(ahead(dayMs), { reason: 'lost\nBcc: thief@example.net' })).toThrow(/^reason: contains/);
  });

  // The certificate ends on a Friday, so Thursday 21 January is the last working day that is over before it.
  test.each([
    ['2027-01-20T23:59:59Z', 'Thursday 21 January 2027 (2027-01-21)'],
    ['2027-01-21T00:00:00Z', 'as soon as possible'],
    ['2027-01-22T09:00:00Z', 'as soon as possible'],
    ['2027-03-01T09:00:00Z', 'as soon as possible'],
  ])('mail: the day by which it is needed lies ahead; asked at %s it is %s', (now, day) => {
    expect(line(textAt(new Date(now)), 'New certificate needed by:')).toBe(`New certificate needed by: ${day}`);
  });
});

describe('what the desk is told of the common name', () => {
  const nameChanges = 'a client of the MESH API needs a name of another form';
  const deployed = (commonName: string | undefined) =>
    certificateFacts({
      subject: {
        text: literal('x'),
        canonical: 'x',
        ...(commonName === undefined ? {} : { commonName: new Untrusted(commonName) }),
      },
    });

  test.each([
    ['mailbox-X26.team.thirdparty.nhs.uk', 'It has the common name mailbox-X26.team.thirdparty.nhs.uk; please issue'],
    [undefined, 'It has no common name; please issue'],
    ['two\nlines', 'It has a common name that cannot be written here; please issue'],
    ['x'.repeat(65), 'It has a common name that cannot be written here; please issue'],
  ])('mail: where it changes from %j both are named, with the reason', (commonName, sentence) => {
    const text = textAt(ahead(30 * dayMs), { certificate: deployed(commonName), nameChanges });
    expect(text).toContain(sentence);
    expect(text).toContain(`please issue the new one as x26abc1.x26.api.mesh-client.nhs.uk, because ${nameChanges}.`);
    expect(text).not.toContain('this is a renewal under the common name on record');
  });
});

describe('what the contact is told', () => {
  const context = (now: Date, more = {}) => ({
    environment,
    from,
    record: recordFor(environment, more),
    configurationFile: '/etc/mesh/c.yaml',
    now,
  });
  const review = (now: Date) =>
    renderReview(renderRequest(requestFor(environment, { now })), context(now)).text.split('\n\n')[1];

  test('mail: the covering note says how the certificate stands', () => {
    expect(review(ahead(environment.renewal.windowMs))).toContain('is in its renewal window.');
    expect(review(ahead(environment.renewal.windowMs + secondMs))).toContain(
      'needs to be replaced before it expires on Friday 22 January 2027 (2027-01-22).',
    );
    expect(review(ahead(-secondMs))).toContain('expired on Friday 22 January 2027 (2027-01-22).');
  });

  test('mail: the reminder does not announce a last day that has gone by', () => {
    const at = (now: string) => renderReminder(context(new Date(now)), lastDayToAsk).text;
    expect(at('2027-01-14T12:00:00Z')).toContain(
      '\nLast day on which a request gives the desk the working days it needs: Thurs',
    );
    expect(at('2027-01-15T12:00:00Z')).toMatch(
      /\nThe last day on which .* was Thursday 14 January .*: please telephone/,
    );
  });

  test('mail: the reminder promises no copy that a mail server refused', () => {
    const at = (more: object) => renderReminder(context(ahead(9 * dayMs), more), lastDayToAsk).text;
    expect(at({})).toContain('reply to the request (you should have a copy)');
    expect(at({ lastError: literal('the mail server refused some recipients: ada@example.org') })).not.toContain(
      'have a copy',
    );
  });

  test('mail: the closing message says that MESH accepts it only where MESH has', () => {
    const at = (more: object) => renderClosing(context(ahead(dayMs), more), issued).text;
    expect(at({ acceptedAt: ahead(dayMs) })).toMatch(
      /is deployed and MESH accepts it\. Restart .* There is nothing else to do\./,
    );
    expect(at({})).toContain('is deployed and valid. No MESH handshake has confirmed it yet.');
  });

  test('mail: the closing message names where the replaced certificate is still deployed', () => {
    const { text } = renderClosing(context(ahead(dayMs)), issued, ['blue', 'green']);
    expect(text).toContain('still deployed in blue, green: please deploy the new one there too.');
    expect(text).not.toMatch(/nothing else to do|no longer needed/);
  });

  test('mail: the closing message has the application restarted, because only the monitor was seen to use the new one', () => {
    const at = (now: Date) => renderClosing({ ...context(now), now }, issued).text;
    expect(at(ahead(dayMs))).toContain(
      'Restart or reload the application, if that has not been done: one that read its files when it was started still uses the replaced certificate, which expires on Friday 22 January 2027',
    );
    expect(at(ahead(-secondMs))).toContain('the replaced certificate, which expired on Friday 22 January 2027');
  });
});
