import { describe, expect, test } from 'vitest';
import type { EnvironmentStatus } from '../../src/status/types.ts';
import { overviewHeading, tallyWords } from '../../src/web/page/overview/headline.ts';
import { tally } from '../../src/web/page/overview/select.ts';
import { durationWords, relativeWords, sentence, shortened, timeWords } from '../../src/web/page/parts/words.ts';
import { everyEnvironment, sampleNow } from '../support/status.ts';

describe('words', () => {
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
    expect(relativeWords(new Date(sampleNow.getTime() + ms), sampleNow)).toBe(words);
  });

  test('times are London’s, in winter and in summer', () => {
    expect(timeWords(new Date('2026-01-01T00:00:00Z'))).toBe('1 January 2026, 00:00 GMT');
    expect(timeWords(new Date('2026-06-30T23:30:00Z'))).toBe('1 July 2026, 00:30 BST');
  });

  test('durations and sentences', () => {
    expect([durationWords(0.0874), durationWords(0.9994), durationWords(1), durationWords(12.345)]).toEqual([
      '87 ms',
      '999 ms',
      '1.00 s',
      '12.35 s',
    ]);
    expect(sentence('the desk has it')).toBe('The desk has it.');
    expect(sentence('dns_failure: no address')).toBe('dns_failure: no address.');
    expect(sentence('Really?')).toBe('Really?');
  });

  test('long text is cut, and says how long it was', () => {
    expect(shortened('x'.repeat(10), 10)).toBe('x'.repeat(10));
    expect(shortened('x'.repeat(11), 10)).toBe(`${'x'.repeat(10)}… (11 characters)`);
    expect(shortened('😀'.repeat(11), 10)).toBe(`${'😀'.repeat(10)}… (22 characters)`);
  });

  test('the heading follows the worst that holds', () => {
    const { healthy, wrongOrder, expired, unchecked } = everyEnvironment();
    const heading = (...all: EnvironmentStatus[]) => overviewHeading(tally(all));
    expect(heading()).toBe('Nothing is watched');
    expect(heading(healthy)).toBe('All is well');
    expect(heading(healthy, healthy)).toBe('All 2 environments are well');
    expect(heading(healthy, unchecked)).toBe('1 of 2 environments has not been checked yet');
    expect(heading(healthy, unchecked, wrongOrder)).toBe('1 of 3 environments needs attention soon');
    expect(heading(expired, expired, wrongOrder)).toBe('2 of 3 environments need you now');
    expect(tallyWords(tally([expired, wrongOrder, healthy]))).toBe('Of the others, 1 to attend to, 1 well.');
    expect(tallyWords(tally([expired]))).toBe('');
  });
});
