/** Database rows to records, and back. */
import type { SQLInputValue, SQLOutputValue } from 'node:sqlite';
import { escaped, Untrusted } from '../../text/index.ts';
import { isFirst } from '../first.ts';
import {
  type Notice,
  type NoticeKind,
  type RenewalRecord,
  type RenewalState,
  renewalStates,
  type StoredRenewal,
} from '../types.ts';

/** The columns of `renewals` that change. */
export const columns = {
  mailboxId: 'mailbox',
  mesh: 'mesh',
  commonName: 'common_name',
  askedAt: 'asked_at',
  askedReason: 'asked_reason',
  requestedAt: 'requested_at',
  delivery: 'delivery',
  messageId: 'message_id',
  keyFile: 'key_file',
  keyPlace: 'key_place',
  csrFile: 'csr_file',
  messageFile: 'message_file',
  spkiSha256: 'spki_sha256',
  issuedFingerprintSha256: 'issued_fingerprint',
  successorFingerprintSha256: 'successor_fingerprint',
  successorSeenAt: 'successor_seen_at',
  acceptedAt: 'accepted_at',
  closedAt: 'closed_at',
  attempts: 'attempts',
  bodyBegunAt: 'body_begun_at',
  nextAttemptAt: 'next_attempt_at',
  lastError: 'last_error',
  refusedThing: 'refused_thing',
  refusedFacts: 'refused_facts',
} as const;
export type Column = keyof typeof columns;

/** As written to disk. What is read back is escaped, whoever wrote it. */
type Written = Omit<StoredRenewal, 'commonName' | 'lastError'> & {
  readonly commonName: string | Untrusted;
  readonly lastError?: string;
};

/** null clears a value. */
export type Changes = { readonly [K in Column]?: Written[K] | null };

const times: ReadonlySet<Column> = new Set<Column>([
  'askedAt',
  'requestedAt',
  'successorSeenAt',
  'acceptedAt',
  'closedAt',
  'bodyBegunAt',
  'nextAttemptAt',
]);

type Row = Readonly<Record<string, SQLOutputValue>>;

export function sqlValue(value: string | number | Date | Untrusted | null | undefined): SQLInputValue {
  if (value instanceof Date) return value.getTime();
  return value instanceof Untrusted ? value.raw() : (value ?? null);
}

/** For a value that no version of this program writes: the database is damaged, or somebody has changed it. With Node.js's own code for such a number. */
const impossible = (message: string) => Object.assign(new RangeError(message), { code: 'ERR_OUT_OF_RANGE' });

/** ECMA-262 §21.4.1.1: the furthest moment from 1970 that a Date can hold, in milliseconds. */
const furthestMs = 8.64e15;

/** @throws {RangeError} ERR_OUT_OF_RANGE, which `asStoreError` turns into a StoreError */
export function moment(value: SQLOutputValue | undefined): Date {
  const ms = Number(value);
  if (!(Math.abs(ms) <= furthestMs)) throw impossible('a renewal has a time that does not exist');
  return new Date(ms);
}

function stateOf(value: SQLOutputValue | undefined): RenewalState {
  const state = renewalStates.find((each) => each === value);
  if (!state) throw impossible('a renewal has a state that does not exist');
  return state;
}

const at = (value: SQLOutputValue | undefined) => (value == null ? undefined : moment(value));

/** @throws {RangeError} ERR_OUT_OF_RANGE, which `asStoreError` turns into a StoreError */
export function readRecord(row: Row, transitions: readonly Row[], notices: readonly Row[]): StoredRenewal {
  const values = (Object.keys(columns) as Column[]).flatMap((name) => {
    const value = row[columns[name]];
    return value == null ? [] : [[name, times.has(name) ? at(value) : value] as const];
  });
  const told = notices.map(readNotice);
  const remindedAt = told.findLast(({ kind, sentAt }) => kind === 'reminder' && sentAt)?.sentAt;
  return {
    environment: String(row.environment),
    fingerprintSha256: String(row.fingerprint),
    ...(Object.fromEntries(values) as Pick<RenewalRecord, 'attempts'>),
    commonName: new Untrusted(String(row.common_name)),
    ...(row.last_error == null ? {} : { lastError: escaped(String(row.last_error)) }),
    state: stateOf(row.state),
    ...(isFirst({ fingerprintSha256: String(row.fingerprint) })
      ? {}
      : { serial: String(row.serial), notAfter: moment(row.not_after) }),
    transitions: transitions.map((each) => ({
      state: stateOf(each.state),
      at: moment(each.at),
      reason: escaped(String(each.reason)),
    })),
    ...(remindedAt ? { remindedAt } : {}),
    notices: told,
  };
}

function readNotice(row: Row): Notice {
  const sentAt = at(row.sent_at);
  return {
    kind: row.kind as NoticeKind,
    occasion: Number(row.occasion),
    tries: Number(row.tries),
    failures: Number(row.failures),
    triedAt: moment(row.tried_at),
    ...(sentAt ? { sentAt } : {}),
  };
}
