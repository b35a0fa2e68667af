/** The record of requests to the desks, on disk: Node's own SQLite below `state_dir`. Contains names of files, never their content. */
import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import type { Untrusted } from '../../text/index.ts';
import type { NoticeKind, RenewalRecord, RenewalState, RequestKey, StoredRenewal, Subject } from '../types.ts';
import { asStoreError, type OpenDatabase, openDatabase, openToRead } from './database.ts';
import { type Changes, type Column, columns, moment, readRecord, sqlValue } from './rows.ts';

export { databaseExists, StoreBusyError, StoreError, StoreLockedError, StoreReplacedError } from './database.ts';
export type { Changes } from './rows.ts';

/** The certificate that a renewal replaces (none for the first), and what the request was for. */
export type ReplacedCertificate = RequestKey &
  Partial<Subject> &
  Pick<RenewalRecord, 'serial' | 'notAfter'> & { readonly commonName: string | Untrusted };

export interface Transition {
  /** The states it can start from; in any other, nothing happens. */
  readonly from: readonly RenewalState[];
  readonly to: RenewalState;
  readonly at: Date;
  /** One sentence, without secrets. */
  readonly reason: string;
  readonly changes?: Changes;
  /** Nothing happens either while the desk has, or may have, a request for the same certificate under another name. */
  readonly unlessAskedElsewhere?: true;
}

/** How far the clock can be trusted, kept across restarts. */
export interface ClockRow {
  readonly seenAt: Date;
  /** How long it has run without a step since it was last in doubt; absent if it is trusted. */
  readonly runOnMs?: number;
}

/** Every method throws StoreError if the disk or the database fails; nothing has changed then. */
export interface RenewalStore {
  get(key: RequestKey): StoredRenewal | undefined;
  /** Of one environment, or of all; oldest first. */
  list(environment?: string): StoredRenewal[];
  count(): number;
  /** Part of the list of all renewals. Reading ten thousand takes a second, and blocks the process for that time. */
  slice(from: number, most: number): StoredRenewal[];
  /** Records of other environments: those for the same certificate, and open ones for the same mailbox. Oldest first. */
  related(environment: string, subject: Subject, fingerprintSha256: string | undefined): StoredRenewal[];
  inState(state: RenewalState): StoredRenewal[];
  /** Opens a record for a certificate as `not_due`; does nothing if one is open or was requested, under any name. A power cut may undo it. */
  begin(certificate: ReplacedCertificate, at: Date, reason: string): void;
  /** Compare and set: true for the one caller that moved it. On disk when it returns. */
  transition(key: RequestKey, transition: Transition): boolean;
  /** Changes that are not a transition. */
  note(key: RequestKey, changes: Changes): void;
  /** Moves it to another environment's name, unless that environment has a record for the same certificate, or the request is being sent. */
  adopt(key: RequestKey, environment: string, subject: Subject): boolean;
  /** Records that a notice is about to be sent. */
  tryNotice(key: RequestKey, kind: NoticeKind, occasion: number, at: Date): void;
  /** The try that was recorded last did certainly not deliver it. */
  noticeFailed(key: RequestKey, kind: NoticeKind, occasion: number): void;
  noticeSent(key: RequestKey, kind: NoticeKind, occasion: number, at: Date): void;
  /** The same until anything is recorded about a renewal, here or by another process. */
  version(): string;
  clock(): ClockRow | undefined;
  noteClock(clock: ClockRow): void;
  /** @throws {StoreReplacedError} if a restart would no longer find the files that are open. */
  assertInPlace(): void;
  /** From now on nothing waits long for another process's lock: it throws StoreBusyError, and `patiently` tries again. */
  waitBriefly(): void;
  close(): void;
}

/**
 * @param options.exclusive true for the one process that sends: it has the directory locked until `close`. @throws
 * {StoreError} if another instance has the lock, or the directory or database cannot be used.
 */
export function openStore(stateDir: string, options: { exclusive: boolean }): RenewalStore {
  return storeOn(openDatabase(stateDir, options));
}

export type RenewalReader = Pick<RenewalStore, 'get' | 'list' | 'related' | 'close'>;

/** @throws {StoreError} also if there is no database yet: see `databaseExists`. */
export function openReader(stateDir: string): RenewalReader {
  return storeOn(openToRead(stateDir));
}

const where = 'environment = ? AND fingerprint = ?';
const keyValues = (key: RequestKey) => [key.environment, key.fingerprintSha256] as const;

/** States in which the desk has the request, or may have it. */
const askedStates: readonly RenewalState[] = ['sending', 'requested', 'uncertain', 'issued'];
const askedElsewhere = `EXISTS (SELECT 1 FROM renewals AS other
  WHERE other.fingerprint = renewals.fingerprint AND other.id <> renewals.id
  AND other.state IN ('sending', 'requested', 'uncertain', 'issued'))`;

function storeOn({ database, file, close, assertInPlace, waitBriefly }: OpenDatabase): RenewalStore {
  const prepare = statements(database);
  const reading = <T>(work: () => T): T => asStoreError(file, work);
  let written = 0;

  function inTransaction<T>(work: () => T): T {
    written += 1;
    return asStoreError(file, () => {
      database.exec('BEGIN IMMEDIATE');
      try {
        const result = work();
        database.exec('COMMIT');
        return result;
      } catch (error) {
        if (database.isTransaction) database.exec('ROLLBACK');
        throw error;
      }
    });
  }

  /** For what a later check would find out again. A power cut may take it back, but never what was on disk before it. */
  function withoutWaitingForDisk<T>(work: () => T): T {
    return asStoreError(file, () => {
      database.exec('PRAGMA synchronous = NORMAL');
      try {
        return inTransaction(work);
      } finally {
        database.exec('PRAGMA synchronous = FULL');
      }
    });
  }

  /** So that a copy of the database alone, without its journal, knows what the desk was asked. What has been committed is on disk in any case. */
  function tidyJournal(): void {
    try {
      database.exec('PRAGMA wal_checkpoint(PASSIVE)');
    } catch {
      // A full disk, for example: the next write reports it.
    }
  }

  function recordOf(row: Record<string, SQLOutputValue>): StoredRenewal {
    const { id = null } = row;
    const transitions = prepare('SELECT state, at, reason FROM transitions WHERE renewal = ? ORDER BY id').all(id);
    return readRecord(row, transitions, prepare('SELECT * FROM notices WHERE renewal = ?').all(id));
  }

  function addTransition(key: RequestKey, { to, at, reason }: Pick<Transition, 'to' | 'at' | 'reason'>): void {
    prepare(`INSERT INTO transitions (renewal, state, at, reason) SELECT id, ?, ?, ? FROM renewals WHERE ${where}`).run(
      to,
      at.getTime(),
      reason,
      ...keyValues(key),
    );
  }

  /** @returns whether there is such a record in one of those states. */
  function update(key: RequestKey, changes: Changes, move?: Transition): boolean {
    const names = Object.keys(changes) as Column[];
    const set = [...names.map((name) => `${columns[name]} = ?`), ...(move ? ['state = ?'] : [])].join(', ');
    if (set === '') return false;
    const from = move ? ` AND state IN (${move.from.map(() => '?').join(', ')})` : '';
    const unless = move?.unlessAskedElsewhere ? ` AND NOT ${askedElsewhere}` : '';
    const values = [...names.map((name) => sqlValue(changes[name])), ...(move ? [move.to] : [])];
    const statement = prepare(`UPDATE renewals SET ${set} WHERE ${where}${from}${unless}`);
    return statement.run(...values, ...keyValues(key), ...(move?.from ?? [])).changes === 1;
  }

  return {
    get: (key) =>
      reading(() => {
        const row = prepare(`SELECT * FROM renewals WHERE ${where}`).get(...keyValues(key));
        return row && recordOf(row);
      }),
    list: (environment) =>
      reading(() =>
        (environment === undefined
          ? prepare('SELECT * FROM renewals ORDER BY id').all()
          : prepare('SELECT * FROM renewals WHERE environment = ? ORDER BY id').all(environment)
        ).map(recordOf),
      ),
    count: () => reading(() => Number(prepare('SELECT count(*) AS count FROM renewals').get()?.count)),
    slice: (from, most) =>
      reading(() => prepare('SELECT * FROM renewals ORDER BY id LIMIT ? OFFSET ?').all(most, from).map(recordOf)),
    related: (environment, { mailboxId, mesh }, fingerprint) =>
      reading(() =>
        prepare(
          `SELECT * FROM renewals WHERE environment <> ?
           AND (fingerprint = ? OR (mailbox = ? AND mesh = ? AND closed_at IS NULL)) ORDER BY id`,
        )
          .all(environment, fingerprint ?? null, mailboxId, mesh)
          .map(recordOf),
      ),
    inState: (state) =>
      reading(() => prepare('SELECT * FROM renewals WHERE state = ? ORDER BY id').all(state).map(recordOf)),
    begin: (certificate, at, reason) =>
      withoutWaitingForDisk(() => {
        const { commonName, serial, notAfter, mailboxId, mesh } = certificate;
        const { changes } = prepare(
          `INSERT INTO renewals (environment, fingerprint, mailbox, mesh, state, common_name, serial, not_after)
           SELECT ?1, ?2, ?3, ?4, 'not_due', ?5, ?6, ?7 WHERE NOT EXISTS (SELECT 1 FROM renewals WHERE fingerprint = ?2
             AND (environment = ?1 OR closed_at IS NULL OR requested_at IS NOT NULL OR body_begun_at IS NOT NULL))`,
        ).run(
          ...keyValues(certificate),
          mailboxId ?? null,
          mesh ?? null,
          sqlValue(commonName),
          serial ?? '',
          notAfter?.getTime() ?? 0,
        );
        if (changes === 1) addTransition(certificate, { to: 'not_due', at, reason });
      }),
    transition: (key, transition) => {
      const moved = inTransaction(() => {
        const updated = update(key, transition.changes ?? {}, transition);
        if (updated) addTransition(key, transition);
        return updated;
      });
      if (moved && askedStates.includes(transition.to)) tidyJournal();
      return moved;
    },
    note: (key, changes) => inTransaction(() => void update(key, changes)),
    adopt: (key, environment, { mailboxId, mesh }) =>
      inTransaction(
        () =>
          prepare(
            `UPDATE OR IGNORE renewals SET environment = ?, mailbox = ?, mesh = ? WHERE ${where} AND state <> 'sending'`,
          ).run(environment, mailboxId, mesh, ...keyValues(key)).changes === 1,
      ),
    tryNotice: (key, kind, occasion, at) =>
      inTransaction(
        () =>
          void prepare(
            `INSERT INTO notices (renewal, kind, occasion, tries, tried_at)
             SELECT id, ?, ?, 1, ? FROM renewals WHERE ${where}
             ON CONFLICT DO UPDATE SET tries = tries + 1, tried_at = excluded.tried_at`,
          ).run(kind, occasion, at.getTime(), ...keyValues(key)),
      ),
    noticeFailed: (key, kind, occasion) =>
      inTransaction(
        () =>
          void prepare(
            `UPDATE notices SET tries = tries - 1, failures = failures + 1 WHERE kind = ? AND occasion = ?
             AND renewal = (SELECT id FROM renewals WHERE ${where})`,
          ).run(kind, occasion, ...keyValues(key)),
      ),
    noticeSent: (key, kind, occasion, at) =>
      inTransaction(
        () =>
          void prepare(
            `UPDATE notices SET sent_at = ? WHERE kind = ? AND occasion = ?
             AND renewal = (SELECT id FROM renewals WHERE ${where})`,
          ).run(at.getTime(), kind, occasion, ...keyValues(key)),
      ),
    version: () =>
      // `data_version` changes with what other connections have committed, and only with that.
      reading(() => `${Number(prepare('PRAGMA data_version').get()?.data_version)} ${written}`),
    clock: () =>
      reading(() => {
        const row = prepare('SELECT seen_at, run_on_ms FROM clock').get();
        if (!row) return undefined;
        const runOn = row.run_on_ms === null ? {} : { runOnMs: Number(row.run_on_ms) };
        return { seenAt: moment(row.seen_at), ...runOn };
      }),
    // Not counted as written: it is not about a renewal.
    noteClock: ({ seenAt, runOnMs }) =>
      reading(
        () =>
          void prepare('INSERT OR REPLACE INTO clock (id, seen_at, run_on_ms) VALUES (1, ?, ?)').run(
            seenAt.getTime(),
            runOnMs ?? null,
          ),
      ),
    assertInPlace,
    waitBriefly,
    close,
  };
}

/** Each statement is compiled only once. */
function statements(database: DatabaseSync): (sql: string) => StatementSync {
  const compiled = new Map<string, StatementSync>();
  return (sql) => {
    const known = compiled.get(sql) ?? database.prepare(sql);
    compiled.set(sql, known);
    return known;
  };
}
