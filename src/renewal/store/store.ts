/** What has been asked of the desks, on disk: Node's own SQLite below `state_dir`. Holds names of files, never their content. */
import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';
import { escaped, Untrusted } from '../../text/index.ts';
import type { Notice, NoticeKind, RenewalRecord, RenewalState, RequestKey, StoredRenewal } from '../types.ts';
import { asStoreError, type OpenDatabase, openDatabase, openToRead } from './database.ts';

export { databaseExists, StoreError, StoreLockedError } from './database.ts';

/** The certificate that a renewal replaces. */
export type ReplacedCertificate = RequestKey &
  Pick<RenewalRecord, 'serial' | 'notAfter'> & { readonly commonName: string | Untrusted };

const columns = {
  commonName: 'common_name',
  requestedAt: 'requested_at',
  delivery: 'delivery',
  messageId: 'message_id',
  keyFile: 'key_file',
  csrFile: 'csr_file',
  messageFile: 'message_file',
  spkiSha256: 'spki_sha256',
  issuedFingerprintSha256: 'issued_fingerprint',
  successorFingerprintSha256: 'successor_fingerprint',
  successorSeenAt: 'successor_seen_at',
  closedAt: 'closed_at',
  attempts: 'attempts',
  nextAttemptAt: 'next_attempt_at',
  lastError: 'last_error',
} as const;
type Column = keyof typeof columns;

/** As it goes to the disk: what is read back is escaped, whoever wrote it. */
type Written = Omit<RenewalRecord, 'commonName' | 'lastError'> & {
  readonly commonName: string | Untrusted;
  readonly lastError?: string;
};

/** null clears a value. */
export type Changes = { readonly [K in Column]?: Written[K] | null };

export interface Transition {
  /** The states it may start from: in any other nothing happens. */
  readonly from: readonly RenewalState[];
  readonly to: RenewalState;
  readonly at: Date;
  /** One sentence, no secret. */
  readonly reason: string;
  readonly changes?: Changes;
}

/** Every method throws StoreError when the disk or the database fails; then nothing has changed. */
export interface RenewalStore {
  get(key: RequestKey): StoredRenewal | undefined;
  /** Of one environment, or of all; oldest first. */
  list(environment?: string): StoredRenewal[];
  count(): number;
  /** Part of the list of all renewals. Reading ten thousand takes a second, and blocks the process for that time. */
  slice(from: number, most: number): StoredRenewal[];
  inState(state: RenewalState): StoredRenewal[];
  /** Opens the record of a certificate as `not_due`; does nothing when there is one. */
  begin(certificate: ReplacedCertificate, at: Date, reason: string): void;
  /** Compare and set: true for the one caller that moved it. On disk when it returns. */
  transition(key: RequestKey, transition: Transition): boolean;
  /** Changes that are no transition. */
  note(key: RequestKey, changes: Changes): void;
  /** Writes down that a notice is about to be sent. */
  tryNotice(key: RequestKey, kind: NoticeKind, occasion: number, at: Date): void;
  noticeSent(key: RequestKey, kind: NoticeKind, occasion: number, at: Date): void;
  close(): void;
}

function sqlValue(value: string | number | Date | Untrusted | null | undefined): SQLInputValue {
  if (value instanceof Date) return value.getTime();
  return value instanceof Untrusted ? value.raw() : (value ?? null);
}
const at = (value: SQLOutputValue | undefined) => (value == null ? undefined : new Date(Number(value)));

/**
 * @param options.exclusive true for the one process that sends: it holds the directory's lock until `close`.
 * @throws {StoreError} another instance holds the lock; the directory or database cannot be used.
 */
export function openStore(stateDir: string, options: { exclusive: boolean }): RenewalStore {
  return storeOn(openDatabase(stateDir, options));
}

export type RenewalReader = Pick<RenewalStore, 'get' | 'list' | 'close'>;

/** @throws {StoreError} also when there is no database yet: see `databaseExists`. */
export function openReader(stateDir: string): RenewalReader {
  return storeOn(openToRead(stateDir));
}

function storeOn({ database, file, close }: OpenDatabase): RenewalStore {
  const prepare = statements(database);

  function inTransaction<T>(work: () => T): T {
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

  function recordOf(row: Record<string, SQLOutputValue>): StoredRenewal {
    const key = { environment: String(row.environment), fingerprintSha256: String(row.fingerprint) };
    return readRecord(key, row, transitionsOf(key), noticesOf(key));
  }
  const transitionsOf = (key: RequestKey) =>
    prepare('SELECT state, at, reason FROM transitions WHERE environment = ? AND fingerprint = ? ORDER BY id').all(
      ...keyValues(key),
    );
  const noticesOf = (key: RequestKey): Notice[] =>
    prepare('SELECT * FROM notices WHERE environment = ? AND fingerprint = ?')
      .all(...keyValues(key))
      .map(readNotice);

  function addTransition(key: RequestKey, state: RenewalState, time: Date, reason: string): void {
    prepare('INSERT INTO transitions (environment, fingerprint, state, at, reason) VALUES (?, ?, ?, ?, ?)').run(
      ...keyValues(key),
      state,
      time.getTime(),
      reason,
    );
  }

  /** How many rows changed: 1 or 0. */
  function update(
    key: RequestKey,
    changes: Changes,
    state?: { from: readonly RenewalState[]; to: RenewalState },
  ): number {
    const names = Object.keys(changes) as Column[];
    const set = [...names.map((name) => `${columns[name]} = ?`), ...(state ? ['state = ?'] : [])].join(', ');
    if (set === '') return 0;
    const only = state ? ` AND state IN (${state.from.map(() => '?').join(', ')})` : '';
    const values = [...names.map((name) => sqlValue(changes[name])), ...(state ? [state.to] : [])];
    return Number(
      prepare(`UPDATE renewals SET ${set} WHERE environment = ? AND fingerprint = ?${only}`).run(
        ...values,
        ...keyValues(key),
        ...(state?.from ?? []),
      ).changes,
    );
  }

  return {
    get: (key) =>
      asStoreError(file, () => {
        const row = prepare('SELECT * FROM renewals WHERE environment = ? AND fingerprint = ?').get(...keyValues(key));
        return row && recordOf(row);
      }),
    list: (environment) =>
      asStoreError(file, () =>
        (environment === undefined
          ? prepare('SELECT * FROM renewals ORDER BY rowid').all()
          : prepare('SELECT * FROM renewals WHERE environment = ? ORDER BY rowid').all(environment)
        ).map(recordOf),
      ),
    count: () => asStoreError(file, () => Number(prepare('SELECT count(*) AS count FROM renewals').get()?.count)),
    slice: (from, most) =>
      asStoreError(file, () =>
        prepare('SELECT * FROM renewals ORDER BY rowid LIMIT ? OFFSET ?').all(most, from).map(recordOf),
      ),
    inState: (state) =>
      asStoreError(file, () =>
        prepare('SELECT * FROM renewals WHERE state = ? ORDER BY rowid').all(state).map(recordOf),
      ),
    begin: (certificate, time, reason) =>
      inTransaction(() => {
        const { changes } = prepare(
          `INSERT INTO renewals (environment, fingerprint, state, common_name, serial, not_after)
           VALUES (?, ?, 'not_due', ?, ?, ?) ON CONFLICT DO NOTHING`,
        ).run(
          ...keyValues(certificate),
          sqlValue(certificate.commonName),
          certificate.serial,
          certificate.notAfter.getTime(),
        );
        if (changes === 1) addTransition(certificate, 'not_due', time, reason);
      }),
    transition: (key, { from, to, at: time, reason, changes = {} }) =>
      inTransaction(() => {
        const moved = update(key, changes, { from, to }) === 1;
        if (moved) addTransition(key, to, time, reason);
        return moved;
      }),
    note: (key, changes) => inTransaction(() => void update(key, changes)),
    tryNotice: (key, kind, occasion, time) =>
      inTransaction(
        () =>
          void prepare(
            `INSERT INTO notices (environment, fingerprint, kind, occasion, tries, tried_at) VALUES (?, ?, ?, ?, 1, ?)
             ON CONFLICT DO UPDATE SET tries = tries + 1, tried_at = excluded.tried_at`,
          ).run(...keyValues(key), kind, occasion, time.getTime()),
      ),
    noticeSent: (key, kind, occasion, time) =>
      inTransaction(
        () =>
          void prepare(
            'UPDATE notices SET sent_at = ? WHERE environment = ? AND fingerprint = ? AND kind = ? AND occasion = ?',
          ).run(time.getTime(), ...keyValues(key), kind, occasion),
      ),
    close,
  };
}

const keyValues = (key: RequestKey) => [key.environment, key.fingerprintSha256] as const;

/** Statements are compiled once. */
function statements(database: DatabaseSync): (sql: string) => StatementSync {
  const compiled = new Map<string, StatementSync>();
  return (sql) => {
    const known = compiled.get(sql) ?? database.prepare(sql);
    compiled.set(sql, known);
    return known;
  };
}

function readRecord(
  key: RequestKey,
  row: Record<string, SQLOutputValue>,
  transitions: readonly Record<string, SQLOutputValue>[],
  notices: readonly Notice[],
): StoredRenewal {
  const times = new Set<Column>(['requestedAt', 'successorSeenAt', 'closedAt', 'nextAttemptAt']);
  const values = (Object.keys(columns) as Column[]).flatMap((name) => {
    const value = row[columns[name]];
    return value == null ? [] : [[name, times.has(name) ? at(value) : value] as const];
  });
  const remindedAt = notices.find(({ kind, sentAt }) => kind === 'reminder' && sentAt)?.sentAt;
  return {
    ...key,
    ...(Object.fromEntries(values) as Pick<RenewalRecord, 'attempts'>),
    commonName: new Untrusted(String(row.common_name)),
    ...(row.last_error == null ? {} : { lastError: escaped(String(row.last_error)) }),
    state: row.state as RenewalState,
    serial: String(row.serial),
    notAfter: new Date(Number(row.not_after)),
    transitions: transitions.map((each) => ({
      state: each.state as RenewalState,
      at: new Date(Number(each.at)),
      reason: escaped(String(each.reason)),
    })),
    ...(remindedAt ? { remindedAt } : {}),
    notices,
  };
}

function readNotice(row: Record<string, SQLOutputValue>): Notice {
  const sentAt = at(row.sent_at);
  return {
    kind: row.kind as NoticeKind,
    occasion: Number(row.occasion),
    tries: Number(row.tries),
    triedAt: new Date(Number(row.tried_at)),
    ...(sentAt ? { sentAt } : {}),
  };
}
