/** Who has been told what, kept across restarts. */
import { join } from 'node:path';
import { openDatabase } from '../database/index.ts';
import type { Status } from '../findings/index.ts';
import type { LastTold } from './transition.ts';

/** One stage of one certificate's expiry, for one contact. */
export interface StageKey {
  readonly contact: string;
  readonly fingerprintSha256: string;
  readonly stage: number;
}

export interface StageRow {
  /** `sending` is written before the mail server is called: after a crash it stays, and nothing is sent a second time. */
  readonly state: 'sending' | 'sent' | 'failed';
  readonly tries: number;
  readonly at: Date;
}

export interface NoticeMemory {
  /** By environment. */
  everyTold(): Map<string, LastTold>;
  /** All of them or none. */
  tell(rows: Iterable<readonly [environment: string, told: LastTold]>): void;
  stage(key: StageKey): StageRow | undefined;
  keep(key: StageKey, row: StageRow): void;
  close(): void;
}

const schema = `
  CREATE TABLE IF NOT EXISTS told (environment TEXT PRIMARY KEY, status TEXT NOT NULL, cause TEXT NOT NULL, at INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS stages (contact TEXT NOT NULL, fingerprint TEXT NOT NULL, stage INTEGER NOT NULL, state TEXT NOT NULL,
    tries INTEGER NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (contact, fingerprint, stage)) STRICT`;

/** @throws {Error} of SQLite or the file system, from every method: nobody is told anything that could not be recorded. */
export function openNoticeMemory(stateDir: string): NoticeMemory {
  return openDatabase(join(stateDir, 'notices.sqlite'), { schema, lasting: true, timeoutMs: 20 }, (database) => {
    const told = database.prepare('SELECT environment, status, cause, at FROM told');
    const tell = database.prepare('INSERT OR REPLACE INTO told VALUES (?, ?, ?, ?)');
    const stage = database.prepare(
      'SELECT state, tries, at FROM stages WHERE contact = ? AND fingerprint = ? AND stage = ?',
    );
    const keep = database.prepare('INSERT OR REPLACE INTO stages VALUES (?, ?, ?, ?, ?, ?)');
    return {
      everyTold: () =>
        new Map(
          told
            .all()
            .map(({ at, cause, environment, status }) => [
              String(environment),
              { status: status as Status, cause: String(cause), at: new Date(Number(at)) },
            ]),
        ),
      tell(rows) {
        database.exec('BEGIN IMMEDIATE');
        try {
          for (const [environment, { at, cause, status }] of rows) tell.run(environment, status, cause, at.getTime());
          database.exec('COMMIT');
        } catch (error) {
          if (database.isTransaction) database.exec('ROLLBACK');
          throw error;
        }
      },
      stage(key) {
        const row = stage.get(key.contact, key.fingerprintSha256, key.stage);
        return row && { state: row.state as StageRow['state'], tries: Number(row.tries), at: new Date(Number(row.at)) };
      },
      keep: (key, { at, state, tries }) =>
        void keep.run(key.contact, key.fingerprintSha256, key.stage, state, tries, at.getTime()),
      close: () => database.close(),
    };
  });
}
