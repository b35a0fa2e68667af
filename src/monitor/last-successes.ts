/**
 * When each environment's last successful handshake was, kept across restarts. Otherwise a service that is restarted every day would never notice
 * a day without one.
 */
import { join } from 'node:path';
import { gatheredWrites, openDatabase } from '../database/index.ts';
import { dispensable } from '../files/index.ts';
import type { Log } from './log.ts';

export interface LastSuccesses {
  /** Undefined if never, or not known. Times after `now` are ignored: the clock has been set back since. */
  last(environment: string, now: Date): Date | undefined;
  note(environment: string, at: Date): void;
  close(): void;
}

/** For a process that remembers nothing across restarts. */
export const noSuccesses: LastSuccesses = { last: () => undefined, note: () => {}, close: () => {} };

/** If the disk cannot be used, that is logged once and only this memory is lost. */
export function openLastSuccesses(stateDir: string, log: Pick<Log, 'warn'>): LastSuccesses {
  const file = join(stateDir, 'handshakes.sqlite');
  const attempt = dispensable(({ message }) =>
    log.warn({ file, error: message }, 'the last successful handshakes cannot be kept across a restart'),
  );
  const opened = attempt(() => open(file));
  if (!opened) return noSuccesses;
  const { database, read, write } = opened;
  const kept = gatheredWrites(database, attempt);
  return {
    last: (environment, now) => {
      const at = new Date(Number(attempt(() => read.get(environment))?.at ?? Number.NaN));
      return at <= now ? at : undefined;
    },
    note: (environment, at) => kept.write(() => void write.run(environment, at.getTime())),
    close: kept.close,
  };
}

/** Times are Unix time in milliseconds. */
const open = (file: string) =>
  openDatabase(
    file,
    { schema: 'CREATE TABLE IF NOT EXISTS successes (environment TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT' },
    (database) => ({
      database,
      read: database.prepare('SELECT at FROM successes WHERE environment = ?'),
      write: database.prepare('INSERT INTO successes VALUES (?, ?) ON CONFLICT DO UPDATE SET at = excluded.at'),
    }),
  );
