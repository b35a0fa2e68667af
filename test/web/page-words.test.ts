import { describe, expect, test } from 'vitest';
import type { EnvironmentStatus } from '../../src/status/types.ts';
import { overviewHeading, tallyWords } from '../../src/web/page/overview/headline.ts';
import { tally } from '../../src/web/page/overview/select.ts';
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

  test('the heading follows the worst that holds', () => {
    const { healthy, wrongOrder, expired, unchecked } = everyEnvironment();
    const heading = (...all: EnvironmentStatus[]) => overviewHeading(tally(all));
    expect(heading()).toBe('Nothing is being monitored');
    expect(heading(healthy)).toBe('All is well');
    expect(heading(healthy, healthy)).toBe('All 2 environments are OK');
    expect(heading(healthy, unchecked)).toBe('1 of 2 environments has not been checked yet');
    expect(heading(healthy, unchecked, wrongOrder)).toBe('1 of 3 environments needs attention soon');
    expect(heading(expired, expired, wrongOrder)).toBe('2 of 3 environments need action now');
    expect(tallyWords(tally([expired, wrongOrder, healthy]))).toBe('Others: 1 needing attention, 1 OK.');
    expect(tallyWords(tally([expired]))).toBe('');
  });
});
