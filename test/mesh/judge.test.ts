import { describe, expect, test } from 'vitest';
import type { MeshEndpoint } from '../../src/config/types.ts';
import { reasonCatalogue } from '../../src/mesh/diagnosis/reasons.ts';
import { judgeHandshake } from '../../src/mesh/judge.ts';
import { type HandshakeResult, handshakeReasons } from '../../src/mesh/types.ts';
import { literal } from '../../src/text/index.ts';
import { dayMs } from '../../src/time/duration.ts';
import type { Certificate } from '../../src/x509/certificate.ts';
import { firstToExpire } from '../../src/x509/certificate.ts';

const now = new Date('2026-03-04T05:06:07Z');
const at = (offsetMs: number) => new Date(now.getTime() + offsetMs);
const environment = (mesh: Partial<MeshEndpoint> = {}) => ({
  mesh: {
    url: 'https://mesh.example',
    mailboxId: 'X26ABC1',
    verifyServer: true,
    probe: 'validate' as const,
    timeouts: { connectMs: 1, tlsMs: 1, requestMs: 1 },
    ...mesh,
  },
  thresholds: { warningMs: 45 * dayMs, criticalMs: 14 * dayMs },
});
const certificate = (cn: string, notAfter: Date) => ({ subject: { text: `CN=${cn}` }, notAfter }) as Certificate;
const success: HandshakeResult = {
  probe: 'validate',
  startedAt: now,
  outcome: 'success',
  httpStatus: 200,
  phases: {},
  serverCertificates: [],
  serverVerified: true,
};
const judge = (last: Partial<HandshakeResult>, mesh: Partial<MeshEndpoint> = {}) =>
  judgeHandshake(environment(mesh), { last: { ...success, ...last }, lastSuccessAt: now, watchingSince: now }, now);

test('judge: a successful handshake has no finding', () => {
  expect(judge({})).toEqual([]);
});

test.each(handshakeReasons)('judge: %s is a critical handshake_failed with its own remedy', (reason) => {
  const [finding, ...others] = judge({ outcome: 'failure', reason, detail: literal('what was seen') });
  expect(others).toEqual([]);
  expect(finding).toEqual({
    code: 'handshake_failed',
    severity: 'critical',
    message: `${reason}: ${reasonCatalogue[reason].title}: what was seen`,
    remedy: reasonCatalogue[reason].remedy,
    subject: 'https://mesh.example',
    reason,
  });
});

test('judge: every reason has its own words', () => {
  expect(Object.keys(reasonCatalogue)).toEqual([...handshakeReasons]);
  expect(new Set(Object.values(reasonCatalogue).map(({ title }) => title)).size).toBe(handshakeReasons.length);
  expect(new Set(Object.values(reasonCatalogue).map(({ meaning }) => meaning)).size).toBe(handshakeReasons.length);
});

test('judge: a remedy for what was seen takes precedence over the reason’s general one', () => {
  const [finding] = judge({
    outcome: 'failure',
    reason: 'connection_reset',
    detail: literal('x'),
    remedy: literal('Do this.'),
  });
  expect(finding?.remedy).toBe('Do this.');
});

describe('a server that did not ask for our certificate', () => {
  const notAsked = { clientCertificateRequested: false } as const;
  const judged = (preset: 'integration' | 'sandbox' | undefined, last: Partial<HandshakeResult> = notAsked) =>
    judgeHandshake(
      { ...environment(), ...(preset && { preset }) },
      { last: { ...success, ...last }, lastSuccessAt: now, watchingSince: now },
      now,
    ).map(({ code, severity }) => [code, severity]);

  test.each([
    ['integration', 'critical'],
    [undefined, 'critical'],
    ['sandbox', 'info'],
  ] as const)('judge: is %s → %s', (preset, severity) => {
    expect(judged(preset)).toEqual([['client_certificate_not_requested', severity]]);
  });

  test('judge: has no finding if it asked, or if we cannot know', () => {
    expect(judged('integration', { clientCertificateRequested: true })).toEqual([]);
    expect(judged('integration', {})).toEqual([]);
  });

  test('judge: is not reported together with a failure before any answer', () => {
    const failed = { ...notAsked, outcome: 'failure', reason: 'server_certificate_untrusted', httpStatus: 0 } as const;
    expect(judged('integration', failed)).toEqual([['handshake_failed', 'critical']]);
  });
});

describe('clock skew', () => {
  test.each([
    [299, undefined],
    [300, undefined],
    [301, 'warning'],
    [7199, 'warning'],
    [7200, 'warning'],
    [7201, 'critical'],
  ])('judge: %d seconds ahead or behind is %s', (seconds, severity) => {
    for (const clockSkewSeconds of [seconds, -seconds]) {
      const found = judge({ clockSkewSeconds });
      expect(found.map((each) => [each.code, each.severity])).toEqual(severity ? [['clock_skew', severity]] : []);
    }
  });

  const skewOf = (last: Partial<HandshakeResult>, preset?: 'sandbox') =>
    judgeHandshake(
      { ...environment(), ...(preset && { preset }) },
      { last: { ...success, clockSkewSeconds: 8000, ...last }, lastSuccessAt: now, watchingSince: now },
      now,
    ).filter(({ code }) => code === 'clock_skew').length;

  test('judge: goes by MESH’s clock, not by that of something that answers in its place', () => {
    expect(skewOf({ clientCertificateRequested: true })).toBe(1);
    expect(skewOf({ clientCertificateRequested: false })).toBe(0);
    expect(skewOf({ clientCertificateRequested: false }, 'sandbox')).toBe(1);
    const refused = { outcome: 'failure', clientCertificateRequested: true, httpStatus: 403 } as const;
    expect(skewOf({ ...refused, reason: 'authentication_failed' })).toBe(1);
    expect(skewOf({ ...refused, reason: 'unexpected_response' })).toBe(0);
    expect(skewOf({ ...refused, reason: 'unexpected_response' }, 'sandbox')).toBe(0);
  });

  test('judge: says which clock is ahead', () => {
    expect(judge({ clockSkewSeconds: 600.4 })[0]?.message).toContain('600 seconds ahead of');
    expect(judge({ clockSkewSeconds: -600.4 })[0]?.message).toContain('600 seconds behind');
  });
});

describe('24 hours without success', () => {
  const codes = (record: { lastSuccessAt?: Date; watchingSince: Date }, mesh: Partial<MeshEndpoint> = {}) =>
    judgeHandshake(environment(mesh), record, now).map(({ code }) => code);
  const found = ['mailbox_not_validated_recently'];

  test.each([
    [-dayMs + 1000, []],
    [-dayMs, found],
    [-dayMs - 1000, found],
  ])('judge: the last success %d ms from now finds %j', (offsetMs, expected) => {
    expect(codes({ lastSuccessAt: at(offsetMs), watchingSince: at(-90 * dayMs) })).toEqual(expected);
  });

  test.each([
    [-dayMs + 1000, []],
    [-dayMs, found],
  ])('judge: without any success, watching since %d ms from now finds %j', (offsetMs, expected) => {
    expect(codes({ watchingSince: at(offsetMs) })).toEqual(expected);
  });

  test('judge: a ping does not keep a mailbox active, so it is not missed', () => {
    expect(codes({ watchingSince: at(-90 * dayMs) }, { probe: 'ping' })).toEqual([]);
  });
});

describe('the server’s certificates', () => {
  const warningMs = 45 * dayMs;
  test.each([
    [warningMs + 1000, false],
    [warningMs, true],
    [warningMs - 1000, true],
    [-1000, true],
  ])('judge: one that ends %d ms from now is found: %s', (offsetMs, expected) => {
    const serverCertificates = [certificate('far', at(900 * dayMs)), certificate('near', at(offsetMs))];
    const found = judge({ serverCertificates });
    expect(found.map(({ code, subject }) => [code, subject])).toEqual(
      expected ? [['server_certificate_expires_soon', 'CN=near']] : [],
    );
  });

  test('judge: a sandbox’s own is information, and no reason to look out for new CA certificates', () => {
    const serverCertificates = [certificate('near', at(30 * dayMs))];
    const judged = (preset: 'integration' | 'sandbox') =>
      judgeHandshake(
        { ...environment(), preset },
        { last: { ...success, serverCertificates }, watchingSince: now },
        now,
      );
    const [[live], [sandbox]] = [judged('integration'), judged('sandbox')];
    expect([live?.severity, sandbox?.severity]).toEqual(['warning', 'info']);
    expect(live?.remedy).toContain('announcement');
    expect(sandbox?.remedy).toContain('it is your own');
  });

  test('judge: says that one has expired even if the server is not verified', () => {
    const found = judge({ serverCertificates: [certificate('old', at(-dayMs))], serverVerified: false });
    expect(found[0]?.message).toBe('CN=old expired on 2026-03-03 05:06:07 UTC');
  });

  test('judge: does not report the expiry of the server’s certificate twice', () => {
    const serverCertificates = [certificate('old', at(-dayMs))];
    const found = judge({ outcome: 'failure', reason: 'server_certificate_expired', serverCertificates });
    expect(found.map(({ code }) => code)).toEqual(['handshake_failed']);
  });

  test('judge: the earliest expiry in the chain counts, whatever its position', () => {
    const chain = [certificate('a', at(3)), certificate('b', at(1)), certificate('c', at(2))];
    expect(firstToExpire(chain)?.subject.text).toBe('CN=b');
    expect(firstToExpire([])).toBeUndefined();
  });
});

test('judge: an unverified server is for information', () => {
  expect(judge({}, { verifyServer: false }).map(({ code, severity }) => [code, severity])).toEqual([
    ['server_not_verified', 'info'],
  ]);
});
