import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { statusLine } from '../../src/cli/command.ts';
import { progressLine, progressOf } from '../../src/cli/progress.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] }));
afterEach(() => void vi.useRealTimers());

test('says how many are done, and what it is waiting for', () => {
  expect(progressLine(1, ['integration'], 4)).toBe('Checked 0 of 1 environment; waiting for integration (4 s)');
  expect(progressLine(5, ['integration', 'production'], 12)).toBe(
    'Checked 3 of 5 environments; waiting for integration and 1 more (12 s)',
  );
  expect(progressLine(2, [], 3)).toBe('Checked 2 of 2 environments (3 s)');
});

test('is silent at first, counts, and is taken away at the end', () => {
  const lines: (string | undefined)[] = [];
  const progress = progressOf(['a', 'b'], { status: (line) => void lines.push(line) });
  vi.advanceTimersByTime(600);
  expect(lines).toEqual([]);
  progress.done('a');
  vi.advanceTimersByTime(800);
  progress.end();
  vi.advanceTimersByTime(5000);
  expect(lines).toEqual([
    'Checked 1 of 2 environments; waiting for b (0 s)',
    'Checked 1 of 2 environments; waiting for b (1 s)',
    undefined,
  ]);
});

test('where there is no terminal, nothing happens', () => {
  progressOf(['a'], {}).end();
  expect(vi.getTimerCount()).toBe(0);
});

test('one line of the terminal is replaced, never two', () => {
  expect(statusLine(undefined, 80)).toBe('\r\u001b[K');
  expect(statusLine(progressLine(1, ['x'.repeat(100)], 1), 20)).toBe('\r\u001b[KChecked 0 of 1 envi');
});
