import { describe, expect, test } from 'vitest';
import type { EnvironmentStatus } from '../../src/status/types.ts';
import { type Health, healthText, httpStatusOf, livenessOf, readinessOf, summaryOf } from '../../src/web/health.ts';
import { accepted, environmentStatus, estateOf, everyEnvironment, sampleNow } from '../support/status.ts';

/** What the pieces come to. */
const healthOf = (environments: readonly EnvironmentStatus[], version: string, now: Date): Health =>
  JSON.parse([...healthText(summaryOf(environments, version), environments, now)].join(''));

const every = everyEnvironment();
const health = (...names: (keyof typeof every)[]) =>
  healthOf(
    names.map((name) => every[name]),
    '1.2.3',
    sampleNow,
  );

describe('the estate', () => {
  test.each([
    ['pass', 200, ['healthy', 'sandbox']],
    ['warn', 200, ['healthy', 'expiresSoon']],
    ['fail', 503, ['healthy', 'expiresSoon', 'expired']],
    ['fail', 503, ['refused']],
    ['fail', 503, ['unreadable']],
    ['warn', 200, ['unchecked']],
    ['pass', 200, []],
  ] as const)('%s is %i: %j', (status, code, names) => {
    expect(health(...names).status).toBe(status);
    expect(httpStatusOf(health(...names))).toBe(code);
  });

  test('names the environments that are not well, and only those', () => {
    expect(health('healthy', 'expiresSoon', 'expired').output).toBe('not OK: expires-soon, expired');
    expect(health('healthy')).not.toHaveProperty('output');
  });

  test('names at most twenty', () => {
    const many = [...Array(25).keys()].map((each) => environmentStatus({ ...every.expired, name: `e${each}` }));
    expect(healthOf(many, '1', sampleNow).output).toMatch(/e19 and 5 more$/);
  });
});

describe('checks', () => {
  test('of a healthy environment, in the words of the draft', () => {
    expect(health('healthy').checks).toEqual({
      'integration:status': [{ componentType: 'system', status: 'pass', time: '2026-03-02T09:30:00Z' }],
      'integration:credential-expiry': [
        {
          componentType: 'component',
          status: 'pass',
          time: '2026-03-02T09:30:00Z',
          observedValue: 295,
          observedUnit: 'd',
        },
      ],
      'integration:handshake': [
        {
          componentType: 'component',
          status: 'pass',
          time: '2026-03-02T09:15:36Z',
          observedValue: 'success',
        },
      ],
    });
  });

  test('of one in which a certificate waits to be deployed pass, and need no words', () => {
    expect(healthOf([accepted()], '1', sampleNow)).toEqual({ ...health('healthy'), version: '1' });
  });

  test('say what was found and how the handshake failed', () => {
    expect(health('expired').checks['expired:credential-expiry']?.[0]).toMatchObject({
      status: 'fail',
      observedValue: -2,
      output: 'certificate_expired: Sample of certificate_expired. It is 2026-03-02 09:30 UTC on this machine.',
    });
    expect(health('refused').checks['refused-client-certificate-rejected:handshake']?.[0]).toMatchObject({
      status: 'fail',
      observedValue: 'client_certificate_rejected',
      output: expect.stringContaining('handshake_failed'),
    });
  });

  test('keep the last known days of an unreadable certificate', () => {
    expect(health('unreadable').checks['unreadable:credential-expiry']?.[0]).toMatchObject({
      status: 'fail',
      observedValue: 295,
    });
  });

  test('of a sandbox without a credential leave the credential out', () => {
    expect(Object.keys(health('sandbox').checks)).toEqual(['sandbox:status', 'sandbox:handshake']);
  });

  test('before the first cycle say that nothing is known', () => {
    expect(health('unchecked').checks['unchecked:status']).toEqual([
      { componentType: 'system', status: 'warn', output: 'Not checked yet.' },
    ]);
  });
});

describe('the process', () => {
  test('lives because it answers, however the certificates are', () => {
    expect(livenessOf('1.2.3')).toMatchObject({ status: 'pass', version: '1.2.3' });
  });

  test('is ready when the first cycle is done, not before', () => {
    expect(httpStatusOf(readinessOf(estateOf([every.unchecked]), '1'))).toBe(503);
    expect(httpStatusOf(readinessOf(estateOf([every.expired]), '1'))).toBe(200);
  });
});
