import { describe, expect, test } from 'vitest';
import { type FindingCode, finding } from '../../src/findings/index.ts';
import { dueStage } from '../../src/notify/stages.ts';
import type { EnvironmentStatus } from '../../src/status/types.ts';
import { say } from '../../src/text/index.ts';
import { dayMs, lastSafeDay } from '../../src/time/index.ts';
import { daysFromSampleNow, environmentStatus, sampleAssessment, sampleChain, sampleNow } from '../support/status.ts';

const days = [60, 30, 14, 7, 3, 1];
const expiring = (inDays: number, more: Partial<EnvironmentStatus> = {}) =>
  environmentStatus({
    assessment: sampleAssessment({ certificates: sampleChain({ notAfter: daysFromSampleNow(inDays) }) }),
    ...more,
  });
const stageAt = (inDays: number, now = sampleNow) => dueStage(expiring(inDays), days, now)?.stage;

describe('the stage of an expiry', () => {
  test('begins on its day, and not a second before', () => {
    const expiresAt = daysFromSampleNow(30).getTime();
    const at = (ms: number) => dueStage(expiring(30), [30], new Date(ms))?.stage;
    // Whole days left are rounded down: 30 until a moment after 31 days before.
    expect(at(expiresAt - 31 * dayMs)).toBeUndefined();
    expect(at(expiresAt - 31 * dayMs + 1000)).toBe(30);
    expect(at(expiresAt - 30 * dayMs)).toBe(30);
  });

  test('is the smallest that was reached, so that a late start names one and not all', () => {
    expect([200, 61, 60, 45, 20, 10, 5, 2, 0.5].map((each) => stageAt(each))).toEqual([
      undefined,
      undefined,
      60,
      60,
      30,
      14,
      7,
      3,
      1,
    ]);
  });

  test('goes on after the expiry', () => {
    expect(stageAt(-3)).toBe(1);
  });

  test('is about the certificate on the path that expires first, which may be a CA', () => {
    const due = dueStage(expiring(10), days, sampleNow);
    expect(due?.certificate.role).toBe('client');
    const [client, root, sub] = sampleChain({ notAfter: daysFromSampleNow(100) });
    const soon = { ...sub!, certificate: { ...sub!.certificate, notAfter: daysFromSampleNow(5) } };
    const assessment = {
      ...sampleAssessment({ certificates: [client!, root!, soon] }),
      expiresAt: daysFromSampleNow(5),
    };
    const status = environmentStatus({ assessment, certificates: [client!, root!, soon] });
    expect(dueStage(status, days, sampleNow)).toMatchObject({ stage: 7, certificate: { role: soon.role } });
  });

  test('there is none without stages or without a known expiry', () => {
    expect(dueStage(expiring(1), [], sampleNow)).toBeUndefined();
    const unknown = environmentStatus({ assessment: undefined, expiresAt: undefined });
    expect(dueStage(unknown, days, sampleNow)).toBeUndefined();
  });
});

describe('a renewal that is on its way', () => {
  const reason = say`Sample.`;
  const record = (delivery: 'sent' | 'drafted') => ({ delivery }) as EnvironmentStatus['renewal']['record'] & object;
  const asked = (renewal: Partial<EnvironmentStatus['renewal']>, ...codes: FindingCode[]) => {
    const findings = codes.map((code) => finding(code, 'Sample.'));
    const status = expiring(30, { renewal: { state: 'requested', reason, ...renewal }, findings });
    return dueStage(status, days, sampleNow)?.stage;
  };

  test('keeps quiet: the desk has the request, or is being sent it', () => {
    expect(asked({ record: record('sent') })).toBeUndefined();
    expect(asked({ state: 'sending' })).toBeUndefined();
    // The expiry itself stands whenever a stage has been reached.
    expect(asked({ record: record('sent') }, 'certificate_expires_soon')).toBeUndefined();
  });

  test('a request that waits for somebody to forward it is not on its way, nor is one that failed', () => {
    expect(asked({ record: record('drafted') })).toBe(30);
    for (const state of ['due', 'uncertain', 'failed', 'not_due', 'deployed'] as const)
      expect(asked({ state }), state).toBe(30);
  });

  test('a certificate that was accepted waits for somebody to deploy it', () => {
    expect(asked({ state: 'issued' })).toBe(30);
  });

  test('a request that needs somebody is not on its way, even where that is only a consequence', () => {
    const codes = ['renewal_unanswered', 'renewal_overdue', 'renewal_key_missing', 'state_replaced'] as const;
    for (const code of codes) expect(asked({ record: record('sent') }, code), code).toBe(30);
    const unanswered = { ...finding('renewal_unanswered', 'Sample.'), severity: 'info' as const };
    const status = expiring(30, {
      renewal: { state: 'requested', reason, record: record('sent') },
      findings: [{ ...unanswered, consequenceOf: 'renewal_key_missing' }],
    });
    expect(dueStage(status, days, sampleNow)?.stage).toBe(30);
  });

  test('is no comfort once fewer working days are left than the desk needs', () => {
    const sent = expiring(30, { renewal: { state: 'requested', reason, record: record('sent') } });
    const last = lastSafeDay(daysFromSampleNow(30), 5);
    const at = (now: Date) => dueStage(sent, days, now)?.stage;
    expect(at(new Date(last.getTime() + dayMs - 1))).toBeUndefined();
    expect(at(new Date(last.getTime() + dayMs + 1))).toBeDefined();
  });
});
