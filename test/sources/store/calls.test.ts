import { afterEach, expect, test, vi } from 'vitest';
import { Calls, callsAtOnce, defaultCallOptions } from '../../../src/sources/store/calls.ts';
import { StoreUnavailableError } from '../../../src/sources/store/driver.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

test('calls that fail together are one failure: the pause is doubled once for each time the store is asked', async () => {
  let nowMs = 1_000;
  vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
  // No spread.
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
  const calls = new Calls({ ...defaultCallOptions, attempts: 1, perSecond: 100_000, pauseMs: 10_000 });
  let asked = 0;
  const fail = async () => {
    asked += 1;
    throw new StoreUnavailableError({ store: 'S', operation: 'Read', errorClass: 'ECONNREFUSED', kind: 'unreachable' });
  };
  const askTogether = async () => {
    const before = asked;
    await Promise.allSettled(Array.from({ length: callsAtOnce }, () => calls.run(fail)));
    return asked - before;
  };
  expect(await askTogether()).toBe(callsAtOnce);
  for (const pauseMs of [10_000, 20_000, 40_000]) {
    nowMs += pauseMs - 1;
    expect(await askTogether()).toBe(0);
    nowMs += 1;
    expect(await askTogether()).toBe(callsAtOnce);
  }
});
