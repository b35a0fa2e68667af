/** The short form of `npm run soak`, and that its watcher sees what it is there to see. */
import { describe, expect, test } from 'vitest';
import type { Place } from '../../reliability/soak/estate.ts';
import { Watcher } from '../../reliability/soak/watcher.ts';
import { simulateYears } from '../../reliability/soak/years.ts';
import type { EnvironmentStatus } from '../../src/status/types.ts';
import { dayMs } from '../../src/time/duration.ts';

test('a simulated year of four environments: one request for each certificate, nobody forgotten, no alarm left', async () => {
  const figures = await simulateYears({ years: 1, environments: 4, seed: 11 });
  expect(figures.broken).toEqual([]);
  expect(figures.requests).toBeGreaterThan(1);
  expect(figures.deployed).toBeGreaterThan(1);
  expect(Object.keys(figures.faults).length).toBeGreaterThan(5);
}, 180_000);

describe('the watcher tells of', () => {
  const now = new Date('2027-01-01T09:00:00Z');
  const placeEnding = (leftDays: number): Place => ({
    name: 'a',
    folder: '/nowhere',
    deployed: {
      certificatePem: '',
      keyPem: '',
      notAfter: new Date(now.getTime() + leftDays * dayMs),
      fingerprint: 'f',
    },
  });
  const statusWith = (status: string, ...codes: string[]) =>
    ({
      status,
      findings: codes.map((code) => ({ code, severity: 'warning' })),
      renewal: { state: 'not_due' },
    }) as unknown as EnvironmentStatus;
  const request = { environment: 'a', fingerprint: 'f', csrPem: '' };
  const calm = { now, quietMs: 30 * dayMs, damaged: false };

  test('a second request for one certificate', () => {
    const watcher = new Watcher();
    watcher.requested(request, placeEnding(40), now);
    expect(watcher.broken).toEqual([]);
    watcher.requested(request, placeEnding(40), now);
    expect(watcher.broken.join()).toContain('asked 2 times');
  });

  test('a request long before its time, or for another certificate', () => {
    const watcher = new Watcher();
    watcher.requested(request, placeEnding(300), now);
    watcher.requested({ ...request, fingerprint: 'other' }, placeEnding(40), now);
    expect(watcher.broken.join()).toMatch(/300 days before the end.*not deployed/s);
  });

  test.each([
    ['no request and no alarm', 50, statusWith('ok'), /no request 50 days/],
    [
      'a certificate that ends in days, and no critical status',
      5,
      statusWith('warning', 'renewal_due'),
      /status is warning/,
    ],
    [
      'an alarm that stays without a cause',
      300,
      statusWith('warning', 'clock_stepped'),
      /nothing is wrong any more, but clock_stepped/,
    ],
  ])('%s', (_, leftDays, status, said) => {
    const watcher = new Watcher();
    watcher.look(placeEnding(leftDays), status, calm);
    expect(watcher.broken.join()).toMatch(said);
  });

  test('damage without an alarm', () => {
    const watcher = new Watcher();
    watcher.look(placeEnding(300), statusWith('ok'), { ...calm, quietMs: 0, damaged: true });
    expect(watcher.broken.join()).toContain('no alarm');
  });
});
