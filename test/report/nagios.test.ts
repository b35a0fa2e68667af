import { describe, expect, test } from 'vitest';
import { nagiosLine, nagiosUnknown } from '../../src/report/nagios.ts';
import type { EnvironmentStatus } from '../../src/status/types.ts';
import { escaped, literal } from '../../src/text/index.ts';
import { dayMs, hourMs } from '../../src/time/duration.ts';
import {
  daysFromSampleNow,
  environmentStatus,
  everyEnvironment,
  handshakeStatusOf,
  noHandshakeYet,
  sampleFailedHandshake,
  sampleNow,
} from '../support/status.ts';

const thresholds = { warningMs: 45 * dayMs, criticalMs: 14 * dayMs };
const line = (...all: EnvironmentStatus[]) =>
  nagiosLine(
    all.map((each) => ({ ...each, thresholds })),
    sampleNow,
  );
const dataOf = (text: string) => text.trimEnd().split('|')[1];

describe('nagios', () => {
  test('one environment in order', () => {
    expect(line(environmentStatus({ handshake: noHandshakeYet }))).toBe(
      "OK - integration 295 days left|'integration_days'=295;45:;14:\n",
    );
  });

  test('a handshake adds its outcome and how long its phases took together', () => {
    expect(line(environmentStatus())).toBe(
      "OK - integration 295 days left, handshake ok|'integration_days'=295;45:;14: 'integration_handshake'=0.143s;;;0\n",
    );
  });

  test('the worst comes first in the text; the data keeps the order of the configuration', () => {
    const { expired, expiresSoon, healthy } = everyEnvironment();
    const text = line(healthy, expiresSoon, expired);
    expect(text).toMatch(
      /^CRITICAL - expired expired 2 days ago, handshake ok, certificate_expired: The client certificate expired on .*; expires-soon 40 days left, .*; integration 295/,
    );
    expect(dataOf(text)?.match(/'[^']*_days'/g)).toEqual([
      "'integration_days'",
      "'expires-soon_days'",
      "'expired_days'",
    ]);
  });

  test('a failed handshake is named by its reason', () => {
    const { refused } = everyEnvironment();
    expect(line(refused)).toContain('295 days left, client_certificate_rejected: MESH refuses our client certificate.');
  });

  test('a sandbox without a credential has handshake data only', () => {
    expect(line(everyEnvironment().sandbox)).toBe("OK - sandbox handshake ok|'sandbox_handshake'=0.143s;;;0\n");
  });

  test('an expiry that is not known is U, as the guidelines have it', () => {
    const { unreadable } = everyEnvironment();
    const unknown = { ...unreadable, handshake: noHandshakeYet };
    expect(dataOf(line(unknown))).toBe("'unreadable_days'=295;45:;14:");
    const { expiresAt: _, ...never } = unknown;
    expect(line(never)).toBe(
      "CRITICAL - unreadable expiry unknown, certificate_unreadable: Client certificate cannot be read. MESH still accepted a connection at 2026-03-02 09:15 UTC (HTTP 200)|'unreadable_days'=U;45:;14:\n",
    );
  });

  test('thresholds are given in days, also where they are shorter than one', () => {
    const status = environmentStatus({ handshake: noHandshakeYet });
    const short = { warningMs: 36 * hourMs, criticalMs: 8 * hourMs };
    expect(dataOf(nagiosLine([{ ...status, thresholds: short }], sampleNow))).toBe(
      "'integration_days'=295;1.5:;0.333:",
    );
  });

  test('one second before, at and after the expiry', () => {
    const at = (offsetMs: number) =>
      dataOf(
        line(environmentStatus({ expiresAt: new Date(sampleNow.getTime() + offsetMs), handshake: noHandshakeYet })),
      );
    expect(at(1000)).toContain('=0;');
    expect(at(0)).toContain('=0;');
    expect(at(-1000)).toContain('=-1;');
  });

  test('no name can begin the performance data, another line, or another label', () => {
    const text = line(environmentStatus({ name: "a|b\n'c=d", handshake: noHandshakeYet }));
    expect(text.split('\n')).toHaveLength(2);
    expect(text.split('|')).toHaveLength(2);
    expect(dataOf(text)).toBe("'a/b\\u{a}''c_d_days'=295;45:;14:");
  });

  test('how long a handshake took that reached nothing could not be determined', () => {
    const last = sampleFailedHandshake('dns_failure', { phases: {} });
    const status = environmentStatus({ handshake: handshakeStatusOf(last), expiresAt: daysFromSampleNow(50) });
    expect(dataOf(line(status))).toBe("'integration_days'=50;45:;14: 'integration_handshake'=U;;;0");
  });

  const many = (count: number, each: (index: number) => Partial<EnvironmentStatus> = () => ({})) =>
    Array.from({ length: count }, (_, index) =>
      environmentStatus({ name: `trust-${index}`, handshake: noHandshakeYet, ...each(index) }),
    );

  test('what does not fit on the first line is counted there and follows as long text, worst first', () => {
    const { expired, expiresSoon } = everyEnvironment();
    const text = line(...many(30), expiresSoon, expired);
    const [first = '', ...long] = text.trimEnd().split('\n');
    expect(first).toMatch(
      /^CRITICAL - expired expired 2 days ago, .*; expires-soon 40 days left, .*; trust-0 295 days left; /,
    );
    const onFirst = first.match(/trust-\d+ 295/g)?.length ?? 0;
    expect(first).toContain(`; and ${30 - onFirst} more: ${30 - onFirst} ok|'trust-0_days'=`);
    expect(Buffer.byteLength(first.split('|')[0] ?? '')).toBeLessThanOrEqual(1024);
    expect(long).toEqual(
      many(30)
        .slice(onFirst)
        .map(({ name }) => `${name} 295 days left`),
    );
    expect(dataOf(text)?.split('\n')[0]?.match(/_days/g)).toHaveLength(32);
  });

  test.each([120, 10_000])('%i environments give no more than Nagios reads, and only whole data', (count) => {
    const text = line(...many(count));
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(4096);
    const [first = '', ...long] = text.trimEnd().split('\n');
    expect(first).toMatch(/; and \d+ more: \d+ ok\|('trust-\d+_days'=295;45:;14:( |$))+$/);
    const shown = (first.match(/trust-\d+ 295/g)?.length ?? 0) + long.length - 1;
    expect(long.at(-1)).toBe(`(${count - shown} more are not shown)`);
  });

  test('a name of any length is cut, between characters', () => {
    const text = line(...many(3, () => ({ name: '\u{1f600}'.repeat(2000) })));
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(4096);
    expect(text).toMatch(/^OK - \p{Emoji}+\.\.\.; and 2 more: 2 ok\n/u);
    expect(text.isWellFormed()).toBe(true);
  });

  test('what cannot be judged is UNKNOWN, on one line', () => {
    expect(nagiosUnknown(literal('two\n  lines | and a bar\n'))).toBe('UNKNOWN - two. lines / and a bar\n');
    const long = nagiosUnknown(escaped('£'.repeat(5000)));
    expect(Buffer.byteLength(long)).toBeLessThanOrEqual(1025);
    expect(long).toMatch(/^UNKNOWN - £+\.\.\.\n$/);
  });
});
