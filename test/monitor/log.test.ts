import { describe, expect, test } from 'vitest';
import { changes } from '../../src/monitor/log.ts';
import { literal } from '../../src/text/index.ts';
import {
  environmentStatus,
  everyEnvironment,
  handshakeStatusOf,
  noHandshakeYet,
  sampleFailedHandshake,
  sampleFinding,
  sampleHandshake,
} from '../support/status.ts';

const every = everyEnvironment();
const said = (...statuses: Parameters<typeof changes>) =>
  changes(...statuses).map(({ level, message, fields }) => [level, message, fields] as const);

describe('findings', () => {
  const at = (days: number) => sampleFinding('certificate_expires_soon', `${days} days left.`, { subject: 'CN=x' });

  test('are told when they appear, by their severity, and when they are cleared', () => {
    const well = environmentStatus();
    const bad = environmentStatus({
      findings: [sampleFinding('key_mismatch'), at(40), sampleFinding('server_not_verified')],
    });
    const appeared = changes(well, bad).filter(({ message }) => message === 'finding');
    expect(appeared.map(({ level, fields }) => [level, fields.code])).toEqual([
      ['error', 'key_mismatch'],
      ['warn', 'certificate_expires_soon'],
      ['info', 'server_not_verified'],
    ]);
    const cleared = changes(bad, well).filter(({ message }) => message === 'finding cleared');
    expect(cleared.map(({ level }) => level)).toEqual(['info', 'info', 'info']);
  });

  test('that only count another day are not told again', () => {
    const [monday, tuesday] = [40, 39].map((days) => environmentStatus({ findings: [at(days)] }));
    expect(changes(monday, tuesday!)).toEqual([]);
  });

  test('that became more or less severe are told again, and not as cleared: they still stand', () => {
    const warning = environmentStatus({ findings: [sampleFinding('clock_skew')] });
    const critical = environmentStatus({
      findings: [sampleFinding('clock_skew', 'Far off.', { severity: 'critical' })],
    });
    expect(said(warning, critical).map(([level, message]) => [level, message])).toEqual([
      ['error', 'finding'],
      ['error', 'status'],
    ]);
    const follows = {
      ...sampleFinding('clock_skew', 'Off.', { severity: 'info' }),
      consequenceOf: 'clock_stepped',
    } as const;
    expect(said(critical, environmentStatus({ findings: [follows] }))[0]).toEqual([
      'info',
      'finding',
      expect.objectContaining({ code: 'clock_skew', severity: 'info', consequenceOf: 'clock_stepped' }),
    ]);
  });
});

describe('handshakes', () => {
  const with_ = (...args: Parameters<typeof handshakeStatusOf>) =>
    environmentStatus({ handshake: handshakeStatusOf(...args) });
  const refused = with_(sampleFailedHandshake('connection_refused'));

  test('are told when the first has ended, when the reason changes, and when they succeed again', () => {
    const none = environmentStatus({ handshake: noHandshakeYet });
    const rejected = with_(sampleFailedHandshake('client_certificate_rejected'));
    expect(said(none, refused)[0]).toEqual([
      'error',
      'handshake fails',
      expect.objectContaining({ reason: 'connection_refused' }),
    ]);
    expect(said(refused, rejected)[0]?.[2]).toMatchObject({ reason: 'client_certificate_rejected' });
    expect(said(rejected, with_(sampleHandshake()))[0]?.slice(0, 2)).toEqual(['info', 'handshake succeeds']);
  });

  test('that end like the one before are not told', () => {
    expect(
      changes(refused, with_(sampleFailedHandshake('connection_refused', { detail: literal('another') }))),
    ).toEqual([]);
    expect(changes(with_(sampleHandshake()), with_(sampleHandshake({ httpStatus: 200 })))).toEqual([]);
  });
});

test('a renewal is told at each state, louder where a person is needed', () => {
  const [due, requested, uncertain] = [every.due, every.requested, every.uncertain].map(({ renewal }) =>
    environmentStatus({ renewal }),
  );
  expect(said(due, requested!)).toEqual([
    [
      'info',
      'renewal state',
      { environment: 'integration', from: 'due', to: 'requested', reason: 'Sample of requested.' },
    ],
  ]);
  expect(said(requested, uncertain!)[0]?.[0]).toBe('warn');
});

test('the first status of an environment is told, and not before its first check', () => {
  expect(said(undefined, every.unchecked)).toEqual([]);
  expect(said(every.unchecked, environmentStatus({ name: 'unchecked', handshake: noHandshakeYet }))).toEqual([
    ['info', 'status', { environment: 'unchecked', from: undefined, to: 'ok' }],
  ]);
});
