import { describe, expect, test } from 'vitest';
import type { EnvironmentStatus } from '../../src/status/types.ts';
import { overviewHeading } from '../../src/web/page/overview/headline.ts';
import { tally } from '../../src/web/page/overview/select.ts';
import { stripWords } from '../../src/web/page/parts/day-strip.tsx';
import { firstSentence, firstSentences, inLondon } from '../../src/web/page/parts/times.tsx';
import { cut, sentence } from '../../src/web/page/parts/words.ts';
import { everyEnvironment } from '../support/status.ts';

describe('words', () => {
  test('sentences begin with a capital and end with a full stop', () => {
    expect(sentence('the desk has it')).toBe('The desk has it.');
    expect(sentence('dns_failure: no address')).toBe('dns_failure: no address.');
    expect(sentence('Really?')).toBe('Really?');
  });

  test('long text is cut, and says how long it was', () => {
    expect(cut('x'.repeat(10), 10)).toBe('x'.repeat(10));
    expect(cut('x'.repeat(11), 10)).toBe(`${'x'.repeat(10)}… (11 characters)`);
    expect(cut('😀'.repeat(11), 10)).toBe(`${'😀'.repeat(10)}… (22 characters)`);
  });

  test('times that others write in UTC become London’s, whatever their form, and an ISO date beside a date in words goes', () => {
    expect(inLondon('It expired on 2026-06-28 09:30 UTC.')).toBe('It expired on 28 June 2026 at 10:30am.');
    expect(inLondon('at 2026-02-28 09:30:15 UTC, next at 2026-02-28T12:00:00Z')).toBe(
      'at 28 February 2026 at 9:30am, next at 28 February 2026 at midday',
    );
    expect(inLondon('on Friday 22 January 2027 at 13:00 GMT (2027-01-22T13:00:00Z).')).toBe(
      'on 22 January 2027 at 1pm.',
    );
    expect(inLondon('from Friday 22 January 2027 (2027-01-22)')).toBe('from Friday 22 January 2027');
    expect(inLondon('It expired on 2026-11-23 (TLS alert), valid from 2026-01-02, until 2026-99-99.')).toBe(
      'It expired on 23 November 2026 (TLS alert), valid from 2 January 2026, until 2026-99-99.',
    );
    expect(inLondon('CN=2026-02-28, version 1.2')).toBe('CN=2026-02-28, version 1.2');
    expect(inLondon('2026-99-99 09:30 UTC')).toBe('2026-99-99 09:30 UTC');
  });

  test('a first sentence ends where a space follows', () => {
    expect(firstSentence('It is at a.example.org. Then more.')).toBe('It is at a.example.org');
    expect(firstSentence('No end')).toBe('No end');
  });

  test('sentences that fit are whole, and a first one that does not is cut', () => {
    const text = 'Telephone the desk (desk@example.org). For the desk to call back: Ada, 01632 960001. Then wait.';
    expect(firstSentences(text, 90)).toBe(
      'Telephone the desk (desk@example.org). For the desk to call back: Ada, 01632 960001.',
    );
    expect(firstSentences(text, 50)).toBe('Telephone the desk (desk@example.org).');
    expect(firstSentences(text, 10)).toBe('Telephone …');
    expect(firstSentences('', 10)).toBe('');
  });

  test('a strip says how many days were in which state, the worst first', () => {
    expect(stripWords(['ok', 'ok', 'critical', undefined])).toBe(
      'Act now on 1 day, OK on 2 days, not watched on 1 day',
    );
  });

  test('the heading follows the worst that holds', () => {
    const { healthy, wrongOrder, expired, unchecked } = everyEnvironment();
    const heading = (...all: EnvironmentStatus[]) => overviewHeading(tally(all));
    expect(heading()).toBe('Nothing is being monitored');
    expect(heading(healthy)).toBe('All is well');
    expect(heading(healthy, healthy)).toBe('All 2 environments are OK');
    expect(heading(healthy, unchecked)).toBe('1 of 2 environments has not been checked yet');
    expect(heading(healthy, unchecked, wrongOrder)).toBe('1 of 3 environments needs attention soon');
    expect(heading(expired, expired, wrongOrder)).toBe('2 of 3 environments need action now, 1 more soon');
  });
});
