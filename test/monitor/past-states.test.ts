import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLog } from '../../src/monitor/log.ts';
import { daysFrom, openStateMemory } from '../../src/monitor/past-states.ts';
import { pastDays } from '../../src/status/index.ts';
import { dayMs } from '../../src/time/index.ts';

let stateDir: string;
let logged = '';
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'mesh-cert-monitor-states-'));
  logged = '';
});
afterEach(() => rm(stateDir, { recursive: true, force: true }));
const log = createLog((line) => {
  logged += line;
});
const now = new Date('2026-11-02T09:00:00Z');
const daysAgo = (days: number) => new Date(now.getTime() - days * dayMs);
const none = () => [];
const alpha = () => ['alpha'];

function watchedEvery(memory: ReturnType<typeof openStateMemory>, from: number): void {
  for (let ago = from; ago >= 0; ago -= 1) memory.watched(alpha, daysAgo(ago));
}

describe('the history of states', () => {
  test('is known to the next process: since when, and the worst of each day', async () => {
    const first = openStateMemory(stateDir, log);
    expect(first.past('alpha', now)).toBeUndefined();
    watchedEvery(first, 6);
    first.note('alpha', 'ok', '', daysAgo(5));
    first.note('alpha', 'critical', 'handshake_failed', daysAgo(3));
    first.note('alpha', 'ok', '', new Date(daysAgo(3).getTime() + 60_000));
    first.note('alpha', 'warning', 'certificate_expires_soon', daysAgo(1));
    first.close();
    const second = openStateMemory(stateDir, log);
    const past = second.past('alpha', now);
    expect(past?.since).toEqual(daysAgo(1));
    expect(past?.days).toHaveLength(pastDays);
    expect(past?.days.slice(-7)).toEqual([undefined, 'ok', 'ok', 'critical', 'ok', 'warning', 'warning']);
    expect(past?.days.slice(0, -7)).toEqual(Array(pastDays - 7).fill(undefined));
    second.close();
    expect((await stat(join(stateDir, 'states.sqlite'))).mode & 0o777).toBe(0o600);
    expect(logged).toBe('');
  });

  test('a day on which nobody looked is not a day that was OK', () => {
    const memory = openStateMemory(stateDir, log);
    memory.note('alpha', 'ok', '', daysAgo(4));
    for (const ago of [4, 3, 0]) memory.watched(none, daysAgo(ago));
    expect(memory.past('alpha', now)?.days.slice(-5)).toEqual(['ok', 'ok', undefined, undefined, 'ok']);
    memory.close();
  });

  test('what stays the same costs no row, and another cause begins anew', () => {
    const memory = openStateMemory(stateDir, log);
    memory.note('alpha', 'critical', 'certificate_expired', daysAgo(9));
    memory.note('alpha', 'critical', 'certificate_expired', daysAgo(2));
    expect(memory.past('alpha', now)?.since).toEqual(daysAgo(9));
    memory.note('alpha', 'critical', 'key_mismatch', daysAgo(1));
    expect(memory.past('alpha', now)?.since).toEqual(daysAgo(1));
    memory.close();
    expect(rowsIn('days')).toBe(1);
  });

  test('a state older than what is kept fills all days, and rows that are no longer shown go', () => {
    const memory = openStateMemory(stateDir, log);
    memory.note('alpha', 'ok', '', daysAgo(300));
    memory.note('alpha', 'warning', 'certificate_expires_soon', daysAgo(200));
    watchedEvery(memory, 205);
    expect(memory.past('alpha', now)?.days).toEqual(Array(pastDays).fill('warning'));
    memory.close();
    expect([rowsIn('days'), rowsIn('watched')]).toEqual([0, pastDays]);
  });

  test('however often the state changes, there is one row a day', () => {
    const memory = openStateMemory(stateDir, log);
    for (let minute = 0; minute < 60; minute += 1)
      memory.note('alpha', minute % 2 ? 'ok' : 'critical', '', new Date(now.getTime() + minute * 60_000));
    memory.close();
    expect(rowsIn('days')).toBe(1);
  });

  test('an environment that has not been configured for as long is forgotten, and no other', () => {
    const memory = openStateMemory(stateDir, log);
    for (const name of ['gone', 'kept']) memory.note(name, 'ok', '', daysAgo(100));
    memory.note('lately-gone', 'ok', '', daysAgo(10));
    memory.watched(() => ['kept'], now);
    expect(['gone', 'kept', 'lately-gone'].map((name) => memory.past(name, now) !== undefined)).toEqual([
      false,
      true,
      true,
    ]);
    memory.close();
  });

  test('a clock that was set back gives no “since” in the future', () => {
    const memory = openStateMemory(stateDir, log);
    memory.note('alpha', 'ok', '', daysAgo(-1));
    expect(memory.past('alpha', now)?.since).toBeUndefined();
    memory.close();
  });

  test('a file that is no database: said once, and the service works without', async () => {
    await writeFile(
      join(stateDir, 'states.sqlite'),
      'not a database at all, but long enough to be looked at'.repeat(40),
    );
    const memory = openStateMemory(stateDir, log);
    memory.note('alpha', 'ok', '', now);
    expect(memory.past('alpha', now)).toBeUndefined();
    memory.close();
    expect(logged.trim().split('\n')).toHaveLength(1);
    expect(logged).toContain('the history of states cannot be kept');
  });
});

test('between two changes the state is the one in between', () => {
  const rows = new Map([
    [3, { first: undefined, worst: 'ok', last: 'ok' }],
    [5, { first: 'ok', worst: 'critical', last: 'warning' }],
  ] as const);
  const watched = new Set([1, 2, 3, 4, 5, 6]);
  expect(daysFrom(1, rows, 'warning', watched).slice(0, 7)).toEqual([
    undefined,
    undefined,
    'ok',
    'ok',
    'critical',
    'warning',
    undefined,
  ]);
});

function rowsIn(table: string): number {
  const database = new DatabaseSync(join(stateDir, 'states.sqlite'), { readOnly: true });
  const { count } = database.prepare(`SELECT count(*) AS count FROM ${table}`).get() as { count: number };
  database.close();
  return count;
}
