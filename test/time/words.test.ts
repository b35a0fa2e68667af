import { describe, expect, test } from 'vitest';
import {
  daysUntil,
  elapsed,
  inDays,
  londonDay,
  londonDayOf,
  londonTime,
  nhsClock,
  relativeWords,
  rfc3339,
  shortestLondonDay,
  shortLondonDay,
  shortLondonTime,
  timeLeft,
  utcDay,
  utcTime,
} from '../../src/time/index.ts';

const now = new Date('2026-03-02T09:30:00Z');
const later = (ms: number) => new Date(now.getTime() + ms);
const day = 24 * 60 * 60 * 1000;

describe('spans', () => {
  test.each([
    [0, 'just now'],
    [-4_999, 'just now'],
    [-5_000, '5 seconds ago'],
    [-119_999, '119 seconds ago'],
    [-120_000, '2 minutes ago'],
    [7_199_999, 'in 119 minutes'],
    [7_200_000, 'in 2 hours'],
    [172_799_999, 'in 47 hours'],
    [172_800_000, 'in 2 days'],
  ])('%i ms away is “%s”', (ms, words) => {
    expect(relativeWords(later(ms), now)).toBe(words);
  });

  test('a duration is in milliseconds below a second', () => {
    expect([elapsed(0.0874), elapsed(0.9994), elapsed(1), elapsed(12.345)]).toEqual([
      '87 ms',
      '999 ms',
      '1.00 s',
      '12.35 s',
    ]);
  });

  test.each([
    [-2 * day, 'expired 2 days ago'],
    [-1, 'expired less than an hour ago'],
    [0, 'less than an hour left'],
    [2 * 60 * 60 * 1000, '2 hours left'],
    [day, '1 day left'],
    [5997.5 * day, '5997 days left'],
    [12_345 * day, '12,345 days left'],
  ])('%i ms before notAfter is “%s”', (ms, words) => {
    expect(timeLeft(later(ms), now)).toBe(words);
  });

  test.each([
    [2 * day, 2],
    [2 * day - 1, 1],
    [1, 0],
    [0, 0],
    [-1, -1],
    [-day, -1],
    [-2 * day + 1, -1],
    [-2 * day, -2],
    [-2 * day - 1, -2],
    [-3.5 * day, -3],
  ])('%i ms before notAfter are %i whole days', (ms, days) => {
    expect(daysUntil(later(ms), now)).toBe(days);
  });

  test.each([-400.5, -3.5, -3, -2.01, -2, 2, 2.99, 400.5])('%d days away: the number and the words agree', (days) => {
    const count = daysUntil(later(days * day), now);
    expect(timeLeft(later(days * day), now)).toContain(`${Math.abs(count)} days`);
    expect(relativeWords(later(days * day), now)).toContain(`${Math.abs(count)} days`);
  });

  test('whole days ahead', () => {
    expect([inDays(later(day - 1), now), inDays(later(day), now), inDays(later(2 * day), now)]).toEqual([
      'in less than a day',
      'in 1 day',
      'in 2 days',
    ]);
  });
});

describe('dates', () => {
  const winter = new Date('2026-01-01T00:00:00.987Z');
  const summer = new Date('2026-06-30T23:30:00Z');

  test('London’s, by its own clock in winter and in summer', () => {
    expect(shortLondonTime(winter)).toBe('1 January 2026 at midnight (start of day)');
    expect(shortLondonTime(summer)).toBe('1 July 2026 at 12:30am');
    expect(shortestLondonDay(summer)).toBe('1 Jul 2026');
    expect(shortLondonDay(summer)).toBe('1 July 2026');
    expect(londonDay(summer)).toBe('Wednesday 1 July 2026 (2026-07-01)');
    expect(londonTime(summer)).toBe('Wednesday 1 July 2026 at 00:30 BST (2026-06-30T23:30:00Z)');
    expect(londonDayOf(summer) - londonDayOf(new Date('2026-06-30T22:59:59Z'))).toBe(1);
  });

  // https://service-manual.nhs.uk/content/numbers-measurements-dates-time
  test.each([
    ['2026-03-02T09:30:00Z', '9:30am'],
    ['2026-03-02T17:00:00Z', '5pm'],
    ['2026-03-02T12:00:00Z', 'midday'],
    ['2026-07-01T23:00:00Z', 'midnight'],
    ['2026-03-02T12:05:00Z', '12:05pm'],
  ])('%s is “%s”, as the NHS writes it', (time, words) => {
    expect(nhsClock(new Date(time))).toBe(words);
  });

  test('UTC, to the second', () => {
    expect([utcDay(winter), utcTime(winter), rfc3339(winter)]).toEqual([
      '2026-01-01',
      '2026-01-01 00:00:00 UTC',
      '2026-01-01T00:00:00Z',
    ]);
    expect(utcDay(new Date('+010000-01-01T00:00:00Z'))).toBe('+010000-01-01');
  });
});

describe('London’s clock', () => {
  const icu = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/London', ...options });
  const long = icu({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
  const digits = icu({ year: 'numeric', month: '2-digit', day: '2-digit' });
  const hourMs = day / 24;

  /** As ICU has it. */
  function expected(at: Date): string {
    const found = (format: Intl.DateTimeFormat) => (type: Intl.DateTimeFormatPartTypes) =>
      format.formatToParts(at).find((part) => part.type === type)?.value;
    const [word, digit] = [found(long), found(digits)];
    return `${word('weekday')} ${word('day')} ${word('month')} ${word('year')} (${digit('year')}-${digit('month')}-${digit('day')})`;
  }

  test.each([
    ['the hours in which summer time begins and ends', '2026-03-28T22:00:00Z', '2026-10-24T20:00:00Z'],
    ['the year that was summer time throughout', '1968-02-17T20:00:00Z', '1971-10-30T20:00:00Z'],
    ['double summer time', '1941-05-03T20:00:00Z', '1947-11-01T20:00:00Z'],
    ['years without four digits or before standard time', '0999-12-31T20:00:00Z', '1899-12-31T20:00:00Z'],
    ['the last days that a certificate can name', '9999-12-30T20:00:00Z', '9999-12-31T00:00:00Z'],
  ])('says the day that ICU says: %s', (_, ...starts) => {
    for (const start of starts)
      for (let hours = 0; hours < 30; hours += 1) {
        const at = new Date(Date.parse(start) + hours * hourMs - 1);
        expect([at.toISOString(), londonDay(at)]).toEqual([at.toISOString(), expected(at)]);
      }
  });

  test('at any time of any year, and again when it has been asked for more days than it remembers', () => {
    let seed = 1;
    const random = () => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    for (let count = 0; count < 15_000; count += 1) {
      const at = new Date(Date.UTC(1850) + Math.floor(random() * 300 * 365 * day));
      const iso = expected(at).slice(-11, -1);
      if (londonDayOf(at) !== Date.parse(iso) / day) expect([at, londonDayOf(at)]).toEqual([at, iso]);
    }
  });
});
