import { mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { firstSpreadOf, inTurnMs, jitterMs, leastGapOf, spreadOf } from '../../src/monitor/jitter.ts';
import { createLimit, DeadlineError, forEachLimited, withDeadline } from '../../src/monitor/limit.ts';
import { createLog } from '../../src/monitor/log.ts';
import { Planner } from '../../src/monitor/planner.ts';
import { handshakeIntervalMs, startSchedule } from '../../src/monitor/schedule.ts';
import { type FileWatch, watchFile } from '../../src/service/configuration-watch.ts';
import { hourMs, minuteMs, secondMs } from '../../src/time/duration.ts';

afterEach(() => {
  vi.useRealTimers();
});
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('jitter', () => {
  test('is the same for the same name, differs between names, and stays below the spread', () => {
    const names = [...Array(1000).keys()].map((each) => `environment-${each}`);
    const all = names.map((name) => jitterMs(name, 5 * minuteMs));
    expect(names.map((name) => jitterMs(name, 5 * minuteMs))).toEqual(all);
    expect(Math.max(...all)).toBeLessThan(5 * minuteMs);
    const tenths = Array.from({ length: 10 }, (_, tenth) => all.filter((ms) => Math.floor(ms / 30_000) === tenth));
    for (const tenth of tenths) expect(tenth.length).toBeGreaterThan(60);
  });

  test('of a round is in the order of the environments, each in its own part of the spread', () => {
    const names = [...Array(1000).keys()].map((each) => `environment-${each}`);
    const all = names.map((name, place) => inTurnMs(place, 1000, name, 5 * minuteMs));
    for (const [place, ms] of all.entries()) expect(Math.floor(ms / 300)).toBe(place);
    expect(new Set(all.map((ms) => ms % 300)).size).toBeGreaterThan(200);
    expect(inTurnMs(0, 1, 'alone', 5 * minuteMs)).toBe(jitterMs('alone', 5 * minuteMs));
  });

  test('a round is spread over five minutes, or a quarter of a shorter interval', () => {
    expect([spreadOf(hourMs), spreadOf(20 * minuteMs), spreadOf(10 * secondMs)]).toEqual([300_000, 300_000, 2_500]);
  });

  test('the first round of a few environments is over in seconds', () => {
    expect([firstSpreadOf(hourMs, 6), firstSpreadOf(hourMs, 10_000)]).toEqual([1_500, 300_000]);
  });

  test('handshakes are five minutes apart, or half of an interval that was configured to be shorter', () => {
    expect([leastGapOf(hourMs), leastGapOf(10 * secondMs)]).toEqual([300_000, 5_000]);
  });
});

describe('limits', () => {
  test('no more than the limit runs at once, and everything runs', async () => {
    let [running, most, done] = [0, 0, 0];
    const items = async function* () {
      yield* Array(20).keys();
    };
    await forEachLimited(items(), 3, async () => {
      running += 1;
      most = Math.max(most, running);
      await pause(1);
      running -= 1;
      done += 1;
    });
    expect({ most, done }).toEqual({ most: 3, done: 20 });
  });

  test('a failure in shared work frees its place', async () => {
    const limit = createLimit(1);
    const order: string[] = [];
    const failing = limit(async () => {
      order.push('first');
      throw new Error('no');
    });
    const second = limit(async () => void order.push('second'));
    const third = limit(async () => void order.push('third'));
    await expect(failing).rejects.toThrow('no');
    await Promise.all([second, third]);
    expect(order).toEqual(['first', 'second', 'third']);
  });

  test('a deadline passes on what ended in time, and ends waiting for what did not', async () => {
    await expect(withDeadline(Promise.resolve(1), 50)).resolves.toBe(1);
    await expect(withDeadline(new Promise(() => {}), 5)).rejects.toBeInstanceOf(DeadlineError);
  });
});

describe('plans', () => {
  test('of two plans for one name the earlier counts', () => {
    vi.useFakeTimers();
    const due: string[] = [];
    const planner = new Planner((name) => due.push(name));
    planner.plan('a', 100);
    planner.plan('a', 10);
    planner.plan('a', 50);
    vi.advanceTimersByTime(10);
    expect(due).toEqual(['a']);
    vi.advanceTimersByTime(1000);
    expect(due).toEqual(['a']);
  });

  test('a plan that is cancelled never falls due', () => {
    vi.useFakeTimers();
    const due: string[] = [];
    const planner = new Planner((name) => due.push(name));
    planner.plan('a', 10);
    planner.plan('b', 10);
    planner.cancel('a');
    vi.advanceTimersByTime(5);
    planner.cancelAll();
    vi.advanceTimersByTime(100);
    expect(due).toEqual([]);
  });
});

describe('the schedule', () => {
  test('leaves out a turn whose predecessor still runs, and says when a round threw', async () => {
    vi.useFakeTimers({ now: new Date('2026-03-02T09:30:00Z') });
    let [checks, handshakes] = [0, 0];
    const failures: unknown[] = [];
    const times = { check: '* * * * * *', handshake: '*/2 * * * * *', timezone: 'Europe/London' };
    const schedule = startSchedule(times, {
      check: async () => {
        checks += 1;
        await pause(2_500);
      },
      handshake: async () => {
        handshakes += 1;
        throw new Error('a bug');
      },
      failed: (error) => failures.push(error),
    });
    await vi.advanceTimersByTimeAsync(6_000);
    expect(checks).toBe(2);
    expect(handshakes).toBe(3);
    expect(failures).toHaveLength(3);
    const stopped = schedule.stop();
    await vi.advanceTimersByTimeAsync(3_000);
    await stopped;
    expect(vi.getTimerCount()).toBe(0);
  });

  test('means the time of its zone, in summer too', async () => {
    vi.useFakeTimers({ now: new Date('2026-07-01T07:59:59Z') });
    let checks = 0;
    const times = { check: '0 9 * * *', handshake: '0 0 * * *', timezone: 'Europe/London' };
    const count = async () => {
      checks += 1;
    };
    const schedule = startSchedule(times, { check: count, handshake: async () => {}, failed: () => {} });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(checks).toBe(1);
    await schedule.stop();
  });

  test('knows the shortest time between two rounds', () => {
    const interval = (handshake: string) => handshakeIntervalMs({ check: '', handshake, timezone: 'Europe/London' });
    expect(interval('17 * * * *')).toBe(hourMs);
    expect(interval('*/10 * * * * *')).toBe(10 * secondMs);
  });
});

describe('the watch on a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'watch-file-'));
  let watch: FileWatch | undefined;
  afterEach(() => {
    watch?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('sees content behind a swapped link, with size and date the same, and not a date alone', async () => {
    const at = (version: string) => join(folder, version);
    const file = join(folder, 'config.yaml');
    const same = new Date('2026-01-01T00:00:00Z');
    for (const version of ['one', 'two']) {
      writeFileSync(at(version), version);
      utimesSync(at(version), same, same);
    }
    symlinkSync(at('one'), file);
    let changes = 0;
    const { createHash } = await import('node:crypto');
    const seen = createHash('sha256').update('one').digest('hex');
    watch = watchFile(file, { seen, everyMs: 5, changed: () => (changes += 1) });
    utimesSync(at('one'), new Date(), new Date());
    await pause(60);
    expect(changes).toBe(0);
    symlinkSync(at('two'), `${file}.new`);
    renameSync(`${file}.new`, file);
    await expect.poll(() => changes).toBe(1);
    unlinkSync(file);
    await expect.poll(() => changes).toBe(2);
    symlinkSync(at('two'), file);
    await expect.poll(() => changes).toBe(3);
    await pause(30);
    expect(changes).toBe(3);
  });
});

test('the log is JSON, one object a line, with level and RFC 3339 time', () => {
  let text = '';
  createLog((line) => (text += line)).warn({ environment: 'a', finding: 'x\ny' }, 'finding');
  expect(text.endsWith('\n')).toBe(true);
  expect(text.trimEnd()).not.toContain('\n');
  expect(JSON.parse(text)).toEqual({
    level: 'warn',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    environment: 'a',
    finding: 'x\\u{a}y',
    msg: 'finding',
  });
});
