/** The schema's history. A migration that has been released is never edited: the next one is appended. */
import type { DatabaseSync } from 'node:sqlite';

/** `migrations[n]` takes a database from version n to n + 1. Times are milliseconds of Unix time. */
export const migrations: readonly string[] = [
  `
  CREATE TABLE renewals (
    environment            TEXT NOT NULL,
    fingerprint            TEXT NOT NULL,
    state                  TEXT NOT NULL,
    common_name            TEXT NOT NULL,
    serial                 TEXT NOT NULL,
    not_after              INTEGER NOT NULL,
    requested_at           INTEGER,
    delivery               TEXT,
    message_id             TEXT,
    key_file               TEXT,
    csr_file               TEXT,
    message_file           TEXT,
    spki_sha256            TEXT,
    issued_fingerprint     TEXT,
    successor_fingerprint  TEXT,
    successor_seen_at      INTEGER,
    closed_at              INTEGER,
    attempts               INTEGER NOT NULL DEFAULT 0,
    next_attempt_at        INTEGER,
    last_error             TEXT,
    PRIMARY KEY (environment, fingerprint)
  ) STRICT;

  CREATE TABLE transitions (
    id           INTEGER PRIMARY KEY,
    environment  TEXT NOT NULL,
    fingerprint  TEXT NOT NULL,
    state        TEXT NOT NULL,
    at           INTEGER NOT NULL,
    reason       TEXT NOT NULL,
    FOREIGN KEY (environment, fingerprint) REFERENCES renewals (environment, fingerprint)
  ) STRICT;
  CREATE INDEX transitions_of_a_renewal ON transitions (environment, fingerprint, id);
  CREATE TRIGGER transitions_are_not_rewritten BEFORE UPDATE ON transitions
    BEGIN SELECT RAISE(ABORT, 'transitions are append-only'); END;
  CREATE TRIGGER transitions_are_not_deleted BEFORE DELETE ON transitions
    BEGIN SELECT RAISE(ABORT, 'transitions are append-only'); END;

  -- What the contact is told. A row is written before its message is sent, so that a crash cannot repeat it without end.
  CREATE TABLE notices (
    environment  TEXT NOT NULL,
    fingerprint  TEXT NOT NULL,
    kind         TEXT NOT NULL,
    occasion     INTEGER NOT NULL,
    tries        INTEGER NOT NULL,
    tried_at     INTEGER NOT NULL,
    sent_at      INTEGER,
    PRIMARY KEY (environment, fingerprint, kind, occasion),
    FOREIGN KEY (environment, fingerprint) REFERENCES renewals (environment, fingerprint)
  ) STRICT;
  `,
];

export function schemaVersion(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.user_version);
}

/** Brings the database to the newest version, or leaves it as it was. */
export function migrate(database: DatabaseSync, steps: readonly string[] = migrations): void {
  for (let version = schemaVersion(database); version < steps.length; version += 1) {
    database.exec('BEGIN IMMEDIATE');
    try {
      database.exec(steps[version] ?? '');
      database.exec(`PRAGMA user_version = ${version + 1}`);
      database.exec('COMMIT');
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK');
      throw error;
    }
  }
}
