import { describe, expect, test } from 'vitest';
import {
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
