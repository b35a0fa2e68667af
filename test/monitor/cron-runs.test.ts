import { afterEach, describe, expect, test, vi } from 'vitest';
import { CronRuns } from '../../src/monitor/cron-runs.ts';
import { nextCheckAfter, startSchedule } from '../../src/monitor/schedule.ts';
import { dayMs, hourMs, minuteMs } from '../../src/time/duration.ts';

afterEach(() => {
  vi.useRealTimers();
});

/** Every run after `start` and up to `end`. */
function runsOf(expression: string, start: Date, end: Date, zone = 'Europe/London'): Date[] {
  vi.useFakeTimers({ now: start });
  const runs = new CronRuns(expression, zone);
  const found: Date[] = [];
  for (let at = runs.sendAt(); at.toMillis() <= end.getTime(); at = runs.getNextDateFrom(at)) {
    if (found.length > 0 && at.toMillis() <= found.at(-1)!.getTime()) throw new Error(`${expression} stands still`);
    found.push(at.toJSDate());
  }
  return found;
}
const utc = (dates: readonly Date[]) => dates.map((date) => date.toISOString().slice(11, 16)).join(' ');

const autumn = [new Date('2026-10-24T22:30:00Z'), new Date('2026-10-25T04:00:00Z')] as const;
const spring = [new Date('2027-03-27T22:30:00Z'), new Date('2027-03-28T04:00:00Z')] as const;

describe('when London’s clocks change', () => {
  test.each([
    ['17 * * * *', '23:17 00:17 01:17 02:17 03:17', '23:17 00:17 01:17 02:17 03:17'],
    ['1 * * * *', '23:01 00:01 01:01 02:01 03:01', '23:01 00:01 01:01 02:01 03:01'],
    ['0 * * * *', '23:00 00:00 01:00 02:00 03:00 04:00', '23:00 00:00 01:00 02:00 03:00 04:00'],
    // 01:30 comes twice in autumn and is left out in spring, when the clock goes from 00:59 GMT to 02:00 BST.
    ['30 1 * * *', '00:30', '01:00'],
    ['15 2 * * *', '02:15', '01:15'],
    ['0 2 * * *', '02:00', '01:00'],
    ['15,45 1 * * *', '00:15 00:45', '01:00'],
    // The run of 01:17 is not made up for: the next one follows within the hour.
    ['17 0-5 * * *', '23:17 00:17 02:17 03:17', '00:17 01:17 02:17 03:17'],
  ])('schedule: %s runs at %s in autumn and at %s in spring, UTC', (expression, inAutumn, inSpring) => {
    expect([utc(runsOf(expression, ...autumn)), utc(runsOf(expression, ...spring))]).toEqual([inAutumn, inSpring]);
  });

  test('schedule: with seconds first, every five minutes is every five minutes', () => {
    for (const [start, end] of [autumn, spring]) {
      const runs = runsOf('30 */5 * * * *', start, end);
      const gaps = runs.slice(1).map((run, index) => run.getTime() - runs[index]!.getTime());
      expect(new Set(gaps)).toEqual(new Set([5 * minuteMs]));
    }
  });

  test('schedule: the service makes one handshake in each hour of the night in spring', async () => {
    vi.useFakeTimers({ now: new Date('2027-03-28T00:00:00Z') });
    const handshakes: Date[] = [];
    const schedule = startSchedule(
      { check: '0 0 1 1 *', handshake: '17 * * * *', timezone: 'Europe/London' },
      { check: async () => {}, handshake: async () => void handshakes.push(new Date()), failed: () => {} },
    );
    await vi.advanceTimersByTimeAsync(4 * hourMs);
    await schedule.stop();
    expect(utc(handshakes)).toBe('00:17 01:17 02:17 03:17');
  });
});

describe('in the days around each change', () => {
  /** Five days, with the change of the zone somewhere in the middle. */
  const changes: [zone: string, from: string][] = [
    ['Europe/London', '2026-10-23'],
    ['Europe/London', '2027-03-26'],
    ['America/St_Johns', '2026-10-30'],
    ['America/St_Johns', '2027-03-12'],
    ['Australia/Lord_Howe', '2026-10-02'],
    ['Australia/Lord_Howe', '2027-04-02'],
    ['UTC', '2027-03-26'],
  ];
  const days = 5;

  test.each(changes.filter(([zone]) => zone !== 'Australia/Lord_Howe'))(
    'schedule: hourly is once in each hour (%s, from %s)',
    (zone, from) => {
      const start = new Date(`${from}T00:00:00Z`);
      const runs = runsOf('17 * * * *', start, new Date(start.getTime() + days * dayMs), zone);
      const hours = runs.map((run) => Math.floor(run.getTime() / hourMs));
      expect(new Set(hours).size).toBe(hours.length);
      expect(hours).toHaveLength(days * 24);
    },
  );

  test.each(changes)('schedule: daily is once on each day of the local calendar (%s, from %s)', (zone, from) => {
    const calendar = new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' });
    const start = new Date(`${from}T12:00:00Z`);
    for (const time of ['0 0', '30 0', '15 1', '30 1', '15 2', '0 3', '59 23']) {
      const runs = runsOf(`${time} * * *`, start, new Date(start.getTime() + days * dayMs), zone);
      const local = runs.map((run) => calendar.format(run));
      expect(new Set(local).size).toBe(local.length);
      expect(local).toHaveLength(days);
    }
  });
});

describe('when the next check is due', () => {
  test.each([
    ['*/5 * * * *', '2026-03-02T09:31:10Z', '2026-03-02T09:35:00.000Z'],
    ['*/5 * * * *', '2026-03-02T09:35:00Z', '2026-03-02T09:40:00.000Z'],
    ['0 6 * * *', '2026-03-02T09:31:10Z', '2026-03-03T06:00:00.000Z'],
    ['0 6 * * 1', '2026-03-02T09:31:10Z', '2026-03-09T06:00:00.000Z'],
    // In London’s summer.
    ['0 6 * * *', '2026-07-01T09:31:10Z', '2026-07-02T05:00:00.000Z'],
  ])('%s after %s is at %s', (check, now, expected) => {
    const next = nextCheckAfter({ check, handshake: '0 * * * *', timezone: 'Europe/London' });
    expect(next(new Date(now)).toISOString()).toBe(expected);
    expect(next(new Date(now)).toISOString()).toBe(expected);
  });

  test('goes by a clock that was set back', () => {
    const next = nextCheckAfter({ check: '0 * * * *', handshake: '0 * * * *', timezone: 'UTC' });
    expect(next(new Date('2026-03-02T09:31:00Z')).toISOString()).toBe('2026-03-02T10:00:00.000Z');
    expect(next(new Date('2026-03-01T09:31:00Z')).toISOString()).toBe('2026-03-01T10:00:00.000Z');
  });
});
