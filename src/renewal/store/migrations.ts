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
  // A renewal has its own number, so that it can follow a renamed environment without changes to its history.
  `
  CREATE TABLE numbered_renewals (
    id                     INTEGER PRIMARY KEY,
    environment            TEXT NOT NULL,
    fingerprint            TEXT NOT NULL,
    -- What is asked for, whatever the environment is called; unknown for what version 1 recorded.
    mailbox                TEXT,
    mesh                   TEXT,
    state                  TEXT NOT NULL,
    common_name            TEXT NOT NULL,
    serial                 TEXT NOT NULL,
    not_after              INTEGER NOT NULL,
    asked_reason           TEXT,
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
    accepted_at            INTEGER,
    closed_at              INTEGER,
    attempts               INTEGER NOT NULL DEFAULT 0,
    body_begun_at          INTEGER,
    next_attempt_at        INTEGER,
    last_error             TEXT,
    refused_thing          TEXT,
    refused_facts          TEXT,
    UNIQUE (environment, fingerprint)
  ) STRICT;
  -- Version 1 did not record when a message was begun: what stands at 'sending' may have been sent. Whether MESH accepted the
  -- new certificate it said in the reason alone.
  INSERT INTO numbered_renewals (id, environment, fingerprint, state, common_name, serial, not_after, requested_at, delivery,
    message_id, key_file, csr_file, message_file, spki_sha256, issued_fingerprint, successor_fingerprint, successor_seen_at,
    accepted_at, closed_at, attempts, body_begun_at, next_attempt_at, last_error)
  SELECT rowid, environment, fingerprint, state, common_name, serial, not_after, requested_at, delivery,
    message_id, key_file, csr_file, message_file, spki_sha256, issued_fingerprint, successor_fingerprint, successor_seen_at,
    (SELECT max(at) FROM transitions AS each
      WHERE each.environment = renewals.environment AND each.fingerprint = renewals.fingerprint AND each.state = 'deployed'
        AND each.reason = 'the new certificate is deployed and MESH has accepted it'),
    closed_at, attempts,
    iif(state IN ('sending', 'uncertain'), coalesce((SELECT max(at) FROM transitions AS each
      WHERE each.environment = renewals.environment AND each.fingerprint = renewals.fingerprint), 0), NULL),
    next_attempt_at, last_error
  FROM renewals;

  CREATE TABLE numbered_transitions (
    id       INTEGER PRIMARY KEY,
    renewal  INTEGER NOT NULL REFERENCES numbered_renewals (id),
    state    TEXT NOT NULL,
    at       INTEGER NOT NULL,
    reason   TEXT NOT NULL
  ) STRICT;
  INSERT INTO numbered_transitions
  SELECT old.id, renewal.id, old.state, old.at, old.reason
  FROM transitions AS old JOIN numbered_renewals AS renewal USING (environment, fingerprint);

  CREATE TABLE numbered_notices (
    renewal   INTEGER NOT NULL REFERENCES numbered_renewals (id),
    kind      TEXT NOT NULL,
    occasion  INTEGER NOT NULL,
    tries     INTEGER NOT NULL,
    tried_at  INTEGER NOT NULL,
    sent_at   INTEGER,
    PRIMARY KEY (renewal, kind, occasion)
  ) STRICT;
  INSERT INTO numbered_notices
  SELECT renewal.id, old.kind, old.occasion, old.tries, old.tried_at, old.sent_at
  FROM notices AS old JOIN numbered_renewals AS renewal USING (environment, fingerprint);

  DROP TABLE notices;
  DROP TABLE transitions;
  DROP TABLE renewals;
  ALTER TABLE numbered_renewals RENAME TO renewals;
  ALTER TABLE numbered_transitions RENAME TO transitions;
  ALTER TABLE numbered_notices RENAME TO notices;
  CREATE INDEX renewals_of_a_certificate ON renewals (fingerprint);
  CREATE INDEX renewals_of_a_mailbox ON renewals (mailbox, mesh);
  CREATE INDEX transitions_of_a_renewal ON transitions (renewal, id);
  CREATE TRIGGER transitions_are_not_rewritten BEFORE UPDATE ON transitions
    BEGIN SELECT RAISE(ABORT, 'transitions are append-only'); END;
  CREATE TRIGGER transitions_are_not_deleted BEFORE DELETE ON transitions
    BEGIN SELECT RAISE(ABORT, 'transitions are append-only'); END;

  -- How far the clock can be believed: when it was last looked at, and how long it has run on without a step since it was
  -- last in doubt. run_on_ms is null once it is believed.
  CREATE TABLE clock (
    id         INTEGER PRIMARY KEY CHECK (id = 1),
    seen_at    INTEGER NOT NULL,
    run_on_ms  INTEGER
  ) STRICT;
  `,
  `
  -- How messages name the place in a secret store where the key is kept, if it is not in a file.
  ALTER TABLE renewals ADD COLUMN key_place TEXT;
  `,
  `
  ALTER TABLE renewals ADD COLUMN asked_at INTEGER;
  -- Earlier versions recorded that somebody asked only where a reason was given.
  UPDATE renewals SET asked_at = (SELECT max(at) FROM transitions WHERE renewal = renewals.id)
  WHERE asked_reason IS NOT NULL AND state IN ('due', 'failed');
  `,
  `
  -- Tries that certainly did not deliver it; tries counts the others.
  ALTER TABLE notices ADD COLUMN failures INTEGER NOT NULL DEFAULT 0;
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
