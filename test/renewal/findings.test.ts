import { describe, expect, test } from 'vitest';
import { type RenewalCircumstances, renewalFindings } from '../../src/renewal/findings.ts';
import { type RenewalState, renewalStates, type StoredRenewal } from '../../src/renewal/types.ts';
import { literal } from '../../src/text/index.ts';
import { dayMs, secondMs } from '../../src/time/duration.ts';
import { environmentOf, issued, recordFor, replaced } from '../support/renewal/samples.ts';
import { sampleAssessment } from '../support/status.ts';

const environment = environmentOf('integration');
const stored = (state: RenewalState, more: Partial<StoredRenewal> = {}): StoredRenewal => ({
  ...recordFor(environment),
  state,
  notices: [],
  ...more,
});
const assessmentOf = (certificate: typeof replaced) =>
  sampleAssessment({ certificates: [{ role: 'client', onPath: true, certificate }] });
const circumstances = (more: Partial<RenewalCircumstances>): RenewalCircumstances => ({
  environment,
  assessment: assessmentOf(replaced),
  records: [],
  related: [],
  names: new Set([environment.name]),
  configurationFile: '/etc/monitor.yaml',
  reason: 'the reason',
  keyMissing: false,
  ...more,
});
const codes = (more: Partial<RenewalCircumstances>, now: Date) =>
  renewalFindings(circumstances(more), now).map(({ code, severity }) => `${code} ${severity}`);

const opening = new Date(replaced.notAfter.getTime() - 60 * dayMs);
const asked = new Date('2026-12-02T09:00:00Z');
const inWindow = new Date('2026-12-03T09:00:00Z');
// The certificate ends on Friday 22 January 2027: 15, 18, 19, 20 and 21 are the desk's, so the 14th is the last safe day.
const lastSafeMoment = new Date('2027-01-14T23:59:59Z');
const tooLate = new Date('2027-01-15T00:00:00Z');

describe('renewal_due', () => {
  test('findings: from the first second of the window, while nothing has gone to the desk', () => {
    expect(codes({ record: stored('not_due') }, new Date(opening.getTime() - secondMs))).toEqual([]);
    expect(codes({ record: stored('due') }, opening)).toEqual(['renewal_due warning']);
    expect(codes({ record: stored('requested') }, opening)).toEqual([]);
  });

  test('findings: stands while a drafted request waits for a person to forward it', () => {
    const [due] = renewalFindings(
      circumstances({ record: stored('requested', { delivery: 'drafted', requestedAt: inWindow }) }),
      inWindow,
    );
    expect(due).toMatchObject({ code: 'renewal_due', remedy: expect.stringContaining('renewals resolve --sent') });
    const messageFile = 'pending/integration/request.eml';
    const drafted = stored('requested', { delivery: 'drafted', requestedAt: inWindow, messageFile });
    expect(renewalFindings(circumstances({ record: drafted }), inWindow)[0]?.remedy).toContain(
      `to ${circumstances({}).environment.renewal.desk.join(', ')}: it is ${messageFile} in the state directory. Once`,
    );
    expect(codes({ record: stored('requested', { delivery: 'sent', requestedAt: inWindow }) }, inWindow)).toEqual([]);
  });

  test('findings: stands when the certificate that was replaced is deployed again', () => {
    const record = stored('deployed', { successorFingerprintSha256: issued.fingerprintSha256 });
    expect(codes({ record }, inWindow)).toEqual(['renewal_due warning']);
    expect(renewalFindings(circumstances({ record }), inWindow)[0]?.remedy).toContain(
      'or run `mesh-cert-monitor renew`',
    );
    expect(codes({ record, assessment: assessmentOf(issued) }, inWindow)).toEqual([]);
  });

  test('findings: becomes critical when fewer working days are left than the desk needs', () => {
    expect(codes({ record: stored('due') }, lastSafeMoment)).toEqual(['renewal_due warning']);
    expect(codes({ record: stored('due') }, tooLate)).toEqual(['renewal_due critical', 'renewal_overdue critical']);
  });
});

describe('renewal_not_deployed', () => {
  const remedy = literal('Deploy it.');
  const accepted = stored('issued', {
    transitions: [{ state: 'issued', at: inWindow, reason: literal('accepted') }],
  });

  test('findings: a certificate that was accepted waits to be deployed, as information', () => {
    const found = renewalFindings(
      circumstances({ record: accepted, deployment: { remedy, command: literal('true') } }),
      inWindow,
    );
    expect(found).toMatchObject([
      {
        code: 'renewal_not_deployed',
        severity: 'info',
        message: 'A certificate was accepted on Thursday 3 December 2026 (2026-12-03) and is not deployed yet',
        remedy,
      },
    ]);
    expect(codes({ record: accepted }, tooLate)).toEqual(['renewal_overdue critical', 'renewal_not_deployed info']);
  });

  test('findings: no longer once it is deployed, though MESH has not accepted it yet', () => {
    const record = { ...accepted, successorFingerprintSha256: issued.fingerprintSha256 };
    expect(codes({ record, assessment: assessmentOf(issued) }, inWindow)).toEqual([]);
    // `check` may look before the service has seen it.
    const unseen = { ...accepted, issuedFingerprintSha256: issued.fingerprintSha256 };
    expect(codes({ record: unseen, assessment: assessmentOf(issued) }, inWindow)).toEqual([]);
    expect(codes({ record: unseen }, inWindow)).toEqual(['renewal_not_deployed info']);
  });

  test('findings: a first certificate that was accepted waits as well', () => {
    const { assessment: _, ...without } = circumstances({ record: accepted, first: 'awaited' });
    expect(renewalFindings(without, inWindow).map(({ code, severity }) => `${code} ${severity}`)).toEqual([
      'first_certificate_awaited info',
      'renewal_not_deployed info',
    ]);
  });
});

describe('renewal_overdue', () => {
  test('findings: from the midnight after the last safe day, with the days that are left', () => {
    const record = stored('requested', { requestedAt: tooLate });
    expect(codes({ record }, lastSafeMoment)).toEqual([]);
    const [overdue] = renewalFindings(circumstances({ record }), tooLate);
    expect(overdue).toMatchObject({ code: 'renewal_overdue', severity: 'critical' });
    expect(overdue?.message).toBe(
      'The certificate expires on Friday 22 January 2027 (2027-01-22) and the last day that gave the desk its 5 working days was Thursday 14 January 2027 (2027-01-14); full working days left: 4',
    );
  });

  test('findings: says to deploy what has been issued instead of telephoning the desk', () => {
    const deployment = { remedy: literal('Deploy it.'), command: literal('cat it') };
    const [overdue] = renewalFindings(circumstances({ record: stored('issued'), deployment }), tooLate);
    expect(overdue?.remedy).toBe('Deploy it.');
  });

  test('findings: says to send a draft now, and then to telephone', () => {
    const record = stored('requested', {
      delivery: 'drafted',
      requestedAt: asked,
      messageFile: 'pending/integration/request.eml',
    });
    const found = renewalFindings(circumstances({ record }), tooLate);
    expect(found.map(({ code, severity }) => `${code} ${severity}`)).toEqual([
      'renewal_due critical',
      'renewal_overdue critical',
    ]);
    expect(found[1]?.remedy).toMatch(
      /^Send the drafted request, .* now: it is pending\/integration\/request\.eml in the state directory\. Then telephone the desk/,
    );
  });

  test('findings: is silent in not_due and deployed', () => {
    const long = { notAfter: new Date('2029-01-01T00:00:00Z') };
    expect(codes({ record: stored('not_due', long) }, tooLate)).toEqual([]);
    const record = stored('deployed', { successorFingerprintSha256: issued.fingerprintSha256 });
    expect(codes({ record, assessment: assessmentOf(issued) }, tooLate)).toEqual([]);
  });
});

describe('renewal_unanswered', () => {
  test('findings: from the day after the fifth working day, and only while the desk is to answer', () => {
    const record = stored('requested', { requestedAt: asked });
    expect(codes({ record }, new Date('2026-12-09T23:59:59Z'))).toEqual([]);
    expect(codes({ record }, new Date('2026-12-10T00:00:00Z'))).toEqual(['renewal_unanswered warning']);
    expect(codes({ record: { ...record, state: 'issued' } }, new Date('2026-12-10T00:00:00Z'))).toEqual([
      'renewal_not_deployed info',
    ]);
  });

  test('findings: never of a draft that nobody has sent, which the desk does not have', () => {
    const record = stored('requested', { requestedAt: asked, delivery: 'drafted' });
    expect(codes({ record }, new Date('2026-12-10T00:00:00Z'))).toEqual(['renewal_due warning']);
  });
});

describe('the working days of the desk are configured', () => {
  const slow = { ...environment, renewal: { ...environment.renewal, deskWorkingDays: 10, reminderWorkingDays: 1 } };
  // Ten before Friday 22 January 2027: the last safe day is Thursday the 7th.
  const lastMoment = new Date('2027-01-07T23:59:59Z');
  const after = new Date('2027-01-08T00:00:00Z');

  test('findings: a slower desk makes a renewal critical earlier, and the sentence says so', () => {
    const record = stored('requested', { requestedAt: after });
    expect(codes({ environment: slow, record }, lastMoment)).toEqual([]);
    const [overdue] = renewalFindings(circumstances({ environment: slow, record }), after);
    expect(overdue).toMatchObject({ code: 'renewal_overdue', severity: 'critical' });
    expect(overdue?.message).toContain('gave the desk its 10 working days was Thursday 7 January 2027 (2027-01-07)');
    expect(codes({ record }, after)).toEqual([]);
  });

  test('findings: an answer is missed after the working days of the reminder', () => {
    const record = stored('requested', { requestedAt: asked });
    expect(codes({ environment: slow, record }, new Date('2026-12-03T23:59:59Z'))).toEqual([]);
    expect(codes({ environment: slow, record }, new Date('2026-12-04T00:00:00Z'))).toEqual([
      'renewal_unanswered warning',
    ]);
  });
});

describe('renewal_email_failed', () => {
  test.each(['due', 'failed', 'uncertain', 'requested'] as const)(
    'findings: %s says what the mail server said',
    (state) => {
      const record = stored(state, { lastError: literal('550 no such user') });
      const found = renewalFindings(circumstances({ record }), inWindow).find(
        ({ code }) => code === 'renewal_email_failed',
      );
      expect(found).toMatchObject({ severity: 'warning', message: '550 no such user' });
      const late = renewalFindings(circumstances({ record }), tooLate).find(
        ({ code }) => code === 'renewal_email_failed',
      );
      expect(late?.severity).toBe('critical');
    },
  );

  test('findings: a record that cannot be written is a reason for nothing being sent', () => {
    const found = renewalFindings(circumstances({ storeProblem: 'renewals.sqlite: the disk is full' }), inWindow);
    expect(found.map(({ code, message }) => [code, message])).toEqual([
      ['renewal_email_failed', 'Nothing is sent: renewals.sqlite: the disk is full'],
      ['renewal_due', 'The reason'],
    ]);
  });
});

describe('renewal_key_missing', () => {
  test('findings: while the certificate for that key is awaited or to be deployed', () => {
    const keyFile = 'pending/integration/private_key.pem';
    const expected = { requested: true, uncertain: true, issued: true } as Partial<Record<RenewalState, boolean>>;
    for (const state of renewalStates) {
      const record = stored(state, { keyFile, requestedAt: inWindow });
      const found = renewalFindings(circumstances({ record, keyMissing: true }), inWindow);
      expect([state, found.some(({ code }) => code === 'renewal_key_missing')]).toEqual([
        state,
        expected[state] ?? false,
      ]);
    }
    expect(
      codes({ record: stored('requested', { keyFile, requestedAt: inWindow }), keyMissing: false }, inWindow),
    ).toEqual([]);
  });
});

test('findings: once the new certificate is deployed, only the handshake has anything to say', () => {
  const record = stored('requested', {
    requestedAt: asked,
    delivery: 'drafted',
    lastError: literal('one recipient was refused'),
    successorFingerprintSha256: issued.fingerprintSha256,
  });
  expect(codes({ record, assessment: assessmentOf(issued), keyMissing: true }, tooLate)).toEqual([]);
});

test('findings: nor while the new file cannot be read, for its successor has been seen', () => {
  const seen = { requestedAt: asked, successorFingerprintSha256: issued.fingerprintSha256 };
  const record = stored('requested', { ...seen, delivery: 'drafted', lastError: literal('one recipient was refused') });
  const unread = { record, assessment: sampleAssessment({ certificates: [] }), keyMissing: true };
  expect(codes(unread, tooLate)).toEqual([]);
  // Before any check of this process has ended, too.
  const { assessment, ...unchecked } = circumstances(unread);
  expect(renewalFindings(unchecked, tooLate)).toEqual([]);
  // Rolled back to the old certificate, its renewal counts again.
  expect(codes({ record: stored('requested', seen) }, tooLate)).toContain('renewal_overdue critical');
  // And without a successor nothing is known to have replaced it.
  const { successorFingerprintSha256, ...alone } = seen;
  expect(codes({ record: stored('requested', alone), assessment: unread.assessment }, tooLate)).toContain(
    'renewal_overdue critical',
  );
});

test('findings: an expired certificate is not said to expire', () => {
  const record = stored('requested', { requestedAt: asked });
  const message = (now: Date) =>
    renewalFindings(circumstances({ record }), now).find(({ code }) => code === 'renewal_overdue')?.message;
  expect(message(new Date(replaced.notAfter.getTime()))).toMatch(/^The certificate expires on Friday 22 January 2027/);
  expect(message(new Date(replaced.notAfter.getTime() + secondMs))).toMatch(/^The certificate expired on Friday 22/);
});

test('findings: a clock that was set is a warning, also before anything is due', () => {
  const clockStep = 'this machine’s clock was set forward by 365 days';
  const early = new Date(opening.getTime() - dayMs);
  const found = renewalFindings(circumstances({ record: stored('not_due'), clockStep }), early);
  expect(found).toMatchObject([
    { code: 'clock_stepped', severity: 'warning', message: 'This machine’s clock was set forward by 365 days' },
  ]);
});

test('findings: where a person asks for certificates it makes no difference whether the desk is configured', () => {
  const manual = (desk: readonly string[]) =>
    environmentOf('integration', { renewal: { ...environment.renewal, mode: 'manual', desk } });
  const open = stored('requested', { requestedAt: asked, delivery: 'sent' });
  for (const more of [{ record: stored('not_due'), clockStep: 'the clock was set' }, { record: open }]) {
    const found = codes({ environment: manual([]), ...more }, tooLate);
    expect(found).toEqual(codes({ environment: manual(environment.renewal.desk), ...more }, tooLate));
    expect(found).not.toEqual([]);
  }
});

test('findings: what replaced a certificate elsewhere has to be deployed here, also where a person asks for certificates', () => {
  const manual = environmentOf('integration', { renewal: { ...environment.renewal, mode: 'manual' } });
  const record = stored('deployed', { environment: 'another' });
  expect(codes({ environment: manual, record }, new Date(opening.getTime() - secondMs))).toEqual([]);
  const [due] = renewalFindings(circumstances({ environment: manual, record }), inWindow);
  expect(due).toMatchObject({ code: 'renewal_due', remedy: 'Deploy the certificate that replaced it.' });
});

test('findings: an environment without a desk has none', () => {
  const sandbox = environmentOf('integration', { renewal: { ...environment.renewal, desk: [] } });
  expect(codes({ environment: sandbox, record: stored('due') }, tooLate)).toEqual([]);
});
