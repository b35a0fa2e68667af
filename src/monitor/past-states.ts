/**
 * The states that each environment has been in during the last ninety days, kept across restarts. Of each day it keeps the state at its
 * beginning, the worst, and the state at its end, and only of days on which the state changed: at most one row for each day and environment.
 */
import { join } from 'node:path';
import { gatheredWrites, openDatabase } from '../database/index.ts';
import { dispensable } from '../files/index.ts';
import { type Status, worstStatus } from '../findings/index.ts';
import { type PastStates, pastDays } from '../status/index.ts';
import { dayMs, hourMs, londonDayOf } from '../time/index.ts';
import type { Log } from './log.ts';

export interface StateMemory {
  /** To be called when the state may have changed. @param cause - a finding's code; empty if nothing needs attention. */
  note(environment: string, status: Status, cause: string, at: Date): void;
  /** To be called in every cycle: a day without one is a day on which nobody looked. @param environments - those that are configured. */
  watched(environments: () => Iterable<string>, at: Date): void;
  /** Undefined if nothing is known. */
  past(environment: string, now: Date): PastStates | undefined;
  close(): void;
}

/** For a process that remembers nothing. */
export const noStates: StateMemory = { note: () => {}, watched: () => {}, past: () => undefined, close: () => {} };

const schema = `
  CREATE TABLE IF NOT EXISTS present (environment TEXT PRIMARY KEY, status TEXT NOT NULL, cause TEXT NOT NULL, since INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS days (environment TEXT NOT NULL, day INTEGER NOT NULL, first TEXT, worst TEXT NOT NULL, last TEXT NOT NULL,
    PRIMARY KEY (environment, day)) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS watched (day INTEGER PRIMARY KEY) STRICT`;

interface Day {
  /** Undefined on the first day of an environment. */
  readonly first: Status | undefined;
  readonly worst: Status;
  readonly last: Status;
}

/** If the disk cannot be used, that is logged once and only this memory is lost. */
export function openStateMemory(stateDir: string, log: Pick<Log, 'warn'>): StateMemory {
  const file = join(stateDir, 'states.sqlite');
  const attempt = dispensable(({ message }) =>
    log.warn({ file, error: message }, 'the history of states cannot be kept'),
  );
  const opened = attempt(() => open(file));
  if (!opened) return noStates;
  const { database, presentOf, keepPresent, dayOf, daysOf, keepDay, watchedDays, keepWatched } = opened;
  const kept = gatheredWrites(database, attempt);
  let watchedHour = Number.NaN;

  return {
    note: (environment, status, cause, at) =>
      kept.write(() => {
        const before = presentOf.get(environment);
        if (before?.status === status && before.cause === cause) return;
        keepPresent.run(environment, status, cause, at.getTime());
        if (before?.status === status) return;
        const first = before?.status as Status | undefined;
        const today = londonDayOf(at);
        const known = dayOf.get(environment, today);
        const worst = worstStatus(
          [status, first, known?.worst as Status | undefined].filter((each) => each !== undefined),
        );
        keepDay.run(environment, today, known ? (known.first ?? null) : (first ?? null), worst, status);
      }),
    watched: (environments, at) => {
      const hour = Math.floor(at.getTime() / hourMs);
      if (hour === watchedHour) return;
      watchedHour = hour;
      const today = londonDayOf(at);
      kept.write(() => {
        if (Number(keepWatched.run(today).changes) > 0) opened.forget(today - pastDays, at, new Set(environments()));
      });
    },
    past: (environment, now) =>
      attempt(() => {
        const present = presentOf.get(environment);
        if (!present) return undefined;
        const today = londonDayOf(now);
        const from = today - pastDays + 1;
        const since = new Date(Number(present.since));
        const rows = new Map(
          daysOf.all(environment, from).map(({ day, ...row }) => [Number(day), row as unknown as Day]),
        );
        const watched = new Set(watchedDays.all(from).map(({ day }) => Number(day)));
        return { ...(since <= now ? { since } : {}), days: daysFrom(from, rows, present.status as Status, watched) };
      }),
    close: kept.close,
  };
}

/** Between two changes the state is the one after the first of them, which is the one before the second. Pure. */
export function daysFrom(
  from: number,
  rows: ReadonlyMap<number, Day>,
  present: Status,
  watched: ReadonlySet<number>,
): (Status | undefined)[] {
  const changes = [...rows.keys()].sort((a, b) => a - b);
  let carried = changes[0] === undefined ? present : rows.get(changes[0])?.first;
  return Array.from({ length: pastDays }, (_, index) => {
    const row = rows.get(from + index);
    const worst = row ? row.worst : carried;
    carried = row ? row.last : carried;
    return watched.has(from + index) ? (worst ?? undefined) : undefined;
  });
}

function open(file: string) {
  return openDatabase(file, { schema }, (database) => {
    const oldDays = database.prepare('DELETE FROM days WHERE day <= ?');
    const oldWatched = database.prepare('DELETE FROM watched WHERE day <= ?');
    const presentBefore = database.prepare('SELECT environment FROM present WHERE since < ?');
    const forgetOne = database.prepare('DELETE FROM present WHERE environment = ?');
    return {
      database,
      presentOf: database.prepare('SELECT status, cause, since FROM present WHERE environment = ?'),
      keepPresent: database.prepare('INSERT OR REPLACE INTO present VALUES (?, ?, ?, ?)'),
      dayOf: database.prepare('SELECT first, worst FROM days WHERE environment = ? AND day = ?'),
      daysOf: database.prepare('SELECT day, first, worst, last FROM days WHERE environment = ? AND day >= ?'),
      keepDay: database.prepare('INSERT OR REPLACE INTO days VALUES (?, ?, ?, ?, ?)'),
      watchedDays: database.prepare('SELECT day FROM watched WHERE day >= ?'),
      keepWatched: database.prepare('INSERT OR IGNORE INTO watched VALUES (?)'),
      /** Days that are no longer shown, and environments that have not been configured since. */
      forget: (upTo: number, at: Date, configured: ReadonlySet<string>) => {
        oldDays.run(upTo);
        oldWatched.run(upTo);
        for (const { environment } of presentBefore.all(at.getTime() - pastDays * dayMs))
          if (!configured.has(String(environment))) forgetOne.run(environment as string);
      },
    };
  });
}
