import { describe, expect, test } from 'vitest';
import type { RenewalRecord } from '../../src/renewal/types.ts';
import type { EnvironmentStatus } from '../../src/status/types.ts';
import { say } from '../../src/text/index.ts';
import { mostUrgentFirst, nextOf, nextOfRecord, turnAfter, wasDrafted } from '../../src/web/page/renewals/next.ts';
import { daysFromSampleNow, environmentStatus, everyEnvironment, sampleFinding, sampleNow } from '../support/status.ts';
import { sampleRecord } from '../support/web/pages.ts';

const at = { configurationFile: '/etc/mesh/it is here.yaml', now: sampleNow };
const inState = (record: RenewalRecord, more: Partial<EnvironmentStatus> = {}): EnvironmentStatus => {
  const base = environmentStatus(more);
  return { ...base, renewal: { ...base.renewal, state: record.state, record } };
};
const told = (environment: EnvironmentStatus) => {
  const { turn, words } = nextOf({ ...environment, name: 'x' }, at);
  return `${turn}: ${words}`;
};

describe('what happens next', () => {
  test.each<[string, string]>([
    ['sending', 'service: The service is sending the request.'],
    ['requested', 'desk: The desk’s answer is due by 6 March 2026.'],
    [
      'uncertain',
      "you: Find out whether the request arrived, then run `mesh-cert-monitor renewals resolve --config '/etc/mesh/it is here.yaml' --environment x --sent` or `--not-sent`.",
    ],
    ['issued', 'you: Deploy the certificate that came back.'],
    ['deployed', 'service: The service waits until MESH has accepted the new certificate.'],
    [
      'failed',
      "you: Put right what stopped the email, then run `mesh-cert-monitor renew --config '/etc/mesh/it is here.yaml' --environment x`.",
    ],
    ['due', 'service: The service makes the request in its next check.'],
  ])('%s', (state, words) => {
    expect(told(inState(sampleRecord('x', state as RenewalRecord['state'])))).toBe(words);
  });

  test('a renewal that is recorded for another environment with the same certificate is settled under that name', () => {
    const shared = inState(sampleRecord('y', 'requested', { delivery: 'drafted' }));
    expect(told(shared)).toContain('--environment y --sent`');
    expect(told(inState(sampleRecord('y', 'failed')))).toContain('--environment x`');
  });

  test('until the window opens: when that is; afterwards the request follows', () => {
    expect(told(everyEnvironment().healthy)).toBe(
      'service: The service will make the next request on 23 October 2026.',
    );
    expect(told(everyEnvironment().expired)).toBe('service: The service makes the request in its next check.');
    expect(told(everyEnvironment().unchecked)).toBe('service: Nothing is known of the certificate yet.');
  });

  test('with `mode: manual` nothing, until somebody asks', () => {
    const { renewalWindowMs: _, ...healthy } = everyEnvironment().healthy;
    const { dueAt: __, ...renewal } = healthy.renewal;
    expect(told({ ...healthy, renewal })).toBe('nobody: Nothing is requested until you ask for it.');
    const soon = { ...healthy, renewal, findings: [sampleFinding('certificate_expires_soon')] };
    expect(told(soon)).toBe('you: It expires soon: request the next certificate, if nobody has.');
    expect(mostUrgentFirst([everyEnvironment().healthy, { ...soon, name: 'soon' }], at)[0]?.environment.name).toBe(
      'soon',
    );
  });

  test('a draft is yours until somebody says that it went', () => {
    expect(told(inState(sampleRecord('x', 'requested', { delivery: 'drafted' })))).toBe(
      "you: Send the drafted email to the desk, then run `mesh-cert-monitor renewals resolve --config '/etc/mesh/it is here.yaml' --environment x --sent`.",
    );
  });

  test('the desk has its working days, the last of them included', () => {
    const asked = (days: number) =>
      told(inState(sampleRecord('x', 'requested', { requestedAt: daysFromSampleNow(days) })));
    expect(asked(-7)).toBe('desk: The desk’s answer is due by 2 March 2026.');
    expect(asked(-10)).toBe('you: The desk is late: reply to the request, or telephone the desk.');
  });

  test('what is found comes first: a key that is gone, a request that cannot be sent, too little time', () => {
    const requested = sampleRecord('x', 'requested');
    expect(told(inState(requested, { findings: [sampleFinding('renewal_key_missing')] }))).toMatch(
      /^you: The new private key is gone/,
    );
    expect(told(inState(requested, { findings: [sampleFinding('renewal_overdue')] }))).toMatch(
      /^you: It is too late .* telephone the desk/,
    );
    expect(told(inState(sampleRecord('x', 'due'), { findings: [sampleFinding('renewal_email_failed')] }))).toMatch(
      /^you: The request could not be sent/,
    );
    expect(told(inState(sampleRecord('x', 'issued'), { findings: [sampleFinding('renewal_overdue')] }))).toBe(
      'you: Deploy the certificate that came back.',
    );
  });

  test('too little time: nobody is told to quote a request that the desk does not have', () => {
    const late = (state: RenewalRecord['state'], ...more: Parameters<typeof sampleFinding>[0][]) =>
      told(
        inState(sampleRecord('x', state), {
          findings: ['renewal_overdue' as const, ...more].map((code) => sampleFinding(code)),
        }),
      );
    expect(late('due', 'renewal_email_failed')).toBe(
      'you: The request could not be sent: put right what the environment’s page names, then telephone the desk, because it is too late for its usual time.',
    );
    expect(late('due')).toBe(
      'you: The service makes the request in its next check. Then telephone the desk, because it is too late for its usual time.',
    );
    expect(late('failed')).toBe(
      "you: Put right what stopped the email, then run `mesh-cert-monitor renew --config '/etc/mesh/it is here.yaml' --environment x`.",
    );
    expect(late('uncertain')).toMatch(/^you: Find out whether the request arrived/);
    expect(
      told(
        inState(sampleRecord('x', 'requested', { delivery: 'drafted' }), {
          findings: [sampleFinding('renewal_overdue')],
        }),
      ),
    ).toMatch(/^you: Send the drafted email to the desk now, and telephone the desk, .*\. Then run `.* --sent`\.$/);
  });

  test('no next check is promised while nothing has confirmed the clock', () => {
    const due = inState(sampleRecord('x', 'due'));
    const doubted = { ...due, renewal: { ...due.renewal, clockDoubt: say`nothing has confirmed it` } };
    expect(told(doubted)).toBe(
      'service: The service makes the request once a handshake has confirmed this machine’s clock, or the clock has run for 24 hours.',
    );
    expect(told({ ...doubted, findings: [sampleFinding('renewal_overdue')] })).toMatch(
      /^you: The service makes the request once a handshake has confirmed this machine’s clock, .*\. Then telephone the desk/,
    );
  });

  test('a first request that was refused is made again with the command for it', () => {
    const { notAfter: _, ...first } = sampleRecord('x', 'failed');
    expect(told(inState(first))).toContain('then run `mesh-cert-monitor request --config');
  });

  test('of a first certificate', () => {
    const first = (first: 'awaited' | 'not_requested') =>
      told({ ...environmentStatus(), renewal: { state: 'not_due', reason: say`Nothing.`, first } });
    expect(first('not_requested')).toBe(
      "you: Request the first certificate: `mesh-cert-monitor request --config '/etc/mesh/it is here.yaml' --environment x`.",
    );
    expect(first('awaited')).toBe('desk: Waiting for the desk to send the first certificate.');
  });

  test('of a record that is closed: nothing', () => {
    const closed = sampleRecord('x', 'deployed', { closedAt: sampleNow });
    expect(nextOfRecord(closed, 5, at).turn).toBe('finished');
    // Nobody knows how long the desk of an environment takes that is no longer configured.
    expect(nextOfRecord(sampleRecord('x', 'requested'), undefined, at).words).toBe('Waiting for the desk to answer.');
  });
});

test('after a draft it is your turn, after a request the desk’s', () => {
  expect([
    turnAfter('requested', true),
    turnAfter('requested', false),
    turnAfter('due', false),
    turnAfter('issued', false),
  ]).toEqual(['you', 'desk', 'service', 'you']);
});

test('a draft stays one in the history when it has been sent since', () => {
  const step = (state: RenewalRecord['state']) => ({ state, at: sampleNow, reason: say`A step.` });
  const sentSince = sampleRecord('x', 'requested', {
    delivery: 'sent',
    transitions: [step('due'), step('sending'), step('requested'), step('requested')],
  });
  expect([0, 1, 2, 3].map((index) => wasDrafted(sentSince, index))).toEqual([false, false, true, false]);
  const { transitions } = sentSince;
  const waiting = { ...sentSince, delivery: 'drafted' as const, transitions: transitions.slice(0, 3) };
  expect(wasDrafted(waiting, 2)).toBe(true);
  expect(wasDrafted({ ...waiting, delivery: 'sent' }, 2)).toBe(false);
});

test('the most urgent first: critical, yours, the desk’s, the service’s, and then the first to expire', () => {
  const named = (name: string, environment: EnvironmentStatus): EnvironmentStatus => ({ ...environment, name });
  const { healthy, expiresSoon, sandbox } = everyEnvironment();
  const critical = { findings: [sampleFinding('renewal_overdue', 'Too late.', { severity: 'critical' })] };
  const order = mostUrgentFirst(
    [
      named('later', healthy),
      named('sooner', expiresSoon),
      named('asked', inState(sampleRecord('x', 'requested'))),
      named('draft', inState(sampleRecord('x', 'requested', { delivery: 'drafted' }))),
      named('late', inState(sampleRecord('x', 'requested'), critical)),
      sandbox,
    ],
    at,
  );
  expect(order.map(({ environment }) => environment.name)).toEqual(['late', 'draft', 'asked', 'sooner', 'later']);
});
