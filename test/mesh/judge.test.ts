import { describe, expect, test } from 'vitest';
import type { MeshEndpoint } from '../../src/config/types.ts';
import { judgeHandshake } from '../../src/mesh/judge.ts';
import { reasonCatalogue } from '../../src/mesh/reasons.ts';
import { type HandshakeResult, handshakeReasons } from '../../src/mesh/types.ts';
import { known } from '../../src/text/index.ts';
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

test('judge: a handshake that succeeded gives rise to nothing', () => {
  expect(judge({})).toEqual([]);
});

test.each(handshakeReasons)('judge: %s is a critical handshake_failed with its own remedy', (reason) => {
  const [finding, ...others] = judge({ outcome: 'failure', reason, detail: known('what was seen') });
  expect(others).toEqual([]);
  expect(finding).toEqual({
    code: 'handshake_failed',
    severity: 'critical',
    message: `${reason}: ${reasonCatalogue[reason].title} (what was seen)`,
    remedy: reasonCatalogue[reason].remedy,
    subject: 'https://mesh.example',
  });
});

test('judge: every reason has words of its own', () => {
  expect(Object.keys(reasonCatalogue)).toEqual([...handshakeReasons]);
  expect(new Set(Object.values(reasonCatalogue).map(({ title }) => title)).size).toBe(handshakeReasons.length);
  expect(new Set(Object.values(reasonCatalogue).map(({ meaning }) => meaning)).size).toBe(handshakeReasons.length);
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

  test('judge: says expired of one that is, when nobody verifies it', () => {
    const found = judge({ serverCertificates: [certificate('old', at(-dayMs))], serverVerified: false });
    expect(found[0]?.message).toBe('CN=old expired on 2026-03-03T05:06:07.000Z');
  });

  test('judge: does not say twice that the server’s certificate has expired', () => {
    const serverCertificates = [certificate('old', at(-dayMs))];
    const found = judge({ outcome: 'failure', reason: 'server_certificate_expired', serverCertificates });
    expect(found.map(({ code }) => code)).toEqual(['handshake_failed']);
  });

  test('judge: the earliest of the chain counts, wherever it stands', () => {
    const chain = [certificate('a', at(3)), certificate('b', at(1)), certificate('c', at(2))];
    expect(firstToExpire(chain)?.subject.text).toBe('CN=b');
    expect(firstToExpire([])).toBeUndefined();
  });
});

test('judge: an unverified server is mentioned, at no severity that worries anyone', () => {
  expect(judge({}, { verifyServer: false }).map(({ code, severity }) => [code, severity])).toEqual([
    ['server_not_verified', 'info'],
  ]);
});
