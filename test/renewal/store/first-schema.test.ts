/** A database of the first schema, as an earlier release has left it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { recoverInterrupted } from '../../../src/renewal/recover.ts';
import { migrate, migrations, schemaVersion } from '../../../src/renewal/store/migrations.ts';
import { openStore, type RenewalStore } from '../../../src/renewal/store/store.ts';
import { Untrusted } from '../../../src/text/index.ts';

let directory: string;
let store: RenewalStore | undefined;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'renewal-first-schema-'));
});
afterEach(() => {
  store?.close();
  store = undefined;
  rmSync(directory, { recursive: true, force: true });
});

const minute = (number: number) => Date.UTC(2026, 10, 24, 9, number);
const at = (number: number) => new Date(minute(number));
const notAfter = Date.UTC(2027, 0, 22);

interface Old {
  readonly environment: string;
  readonly fingerprint: string;
  readonly state: string;
  readonly reason?: string;
  readonly more?: Readonly<Record<string, string | number>>;
}

function leave(...renewals: readonly Old[]): void {
  const database = new DatabaseSync(join(directory, 'renewals.sqlite'));
  database.exec('PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON');
  migrate(database, migrations.slice(0, 1));
  for (const [index, { environment, fingerprint, state, reason = 'as it was', more = {} }] of renewals.entries()) {
    const row = { environment, fingerprint, state, common_name: 'a', serial: '0A', not_after: notAfter, ...more };
    const names = Object.keys(row);
    database
      .prepare(`INSERT INTO renewals (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`)
      .run(...Object.values(row));
    const transition = database.prepare(
      'INSERT INTO transitions (environment, fingerprint, state, at, reason) VALUES (?, ?, ?, ?, ?)',
    );
    transition.run(environment, fingerprint, 'not_due', minute(index), 'seen');
    transition.run(environment, fingerprint, state, minute(10 + index), reason);
  }
  database.close();
}
const opened = () => {
  store = openStore(directory, { exclusive: true });
  return store;
};

test('store: a database of the first schema keeps everything it holds, in its order', () => {
  const everything = {
    requested_at: minute(1),
    delivery: 'sent',
    message_id: '<m@example.org>',
    key_file: 'pending/b/k.pem',
    csr_file: 'pending/b/c.csr',
    message_file: 'pending/b/m.eml',
    spki_sha256: 'cd',
    issued_fingerprint: 'ef',
    successor_fingerprint: '12',
    successor_seen_at: minute(2),
    closed_at: minute(3),
    attempts: 4,
    next_attempt_at: minute(5),
    last_error: 'said no',
  };
  leave(
    { environment: 'b', fingerprint: '01', state: 'requested', more: everything },
    { environment: 'a', fingerprint: '02', state: 'due' },
  );
  const database = new DatabaseSync(join(directory, 'renewals.sqlite'));
  database
    .prepare('INSERT INTO notices VALUES (?, ?, ?, ?, ?, ?, ?)')
    .run('b', '01', 'reminder', 4, 2, minute(6), minute(7));
  database.close();

  expect(opened().list()).toEqual([
    {
      environment: 'b',
      fingerprintSha256: '01',
      state: 'requested',
      commonName: new Untrusted('a'),
      serial: '0A',
      notAfter: new Date(notAfter),
      requestedAt: at(1),
      delivery: 'sent',
      messageId: '<m@example.org>',
      keyFile: 'pending/b/k.pem',
      csrFile: 'pending/b/c.csr',
      messageFile: 'pending/b/m.eml',
      spkiSha256: 'cd',
      issuedFingerprintSha256: 'ef',
      successorFingerprintSha256: '12',
      successorSeenAt: at(2),
      closedAt: at(3),
      attempts: 4,
      nextAttemptAt: at(5),
      lastError: 'said no',
      remindedAt: at(7),
      notices: [{ kind: 'reminder', occasion: 4, tries: 2, failures: 0, triedAt: at(6), sentAt: at(7) }],
      transitions: [
        { state: 'not_due', at: at(0), reason: 'seen' },
        { state: 'requested', at: at(10), reason: 'as it was' },
      ],
    },
    expect.objectContaining({ environment: 'a', fingerprintSha256: '02', state: 'due', notices: [], attempts: 0 }),
  ]);
  const migrated = new DatabaseSync(join(directory, 'renewals.sqlite'), { readOnly: true });
  expect(schemaVersion(migrated)).toBe(migrations.length);
  expect(migrated.prepare('PRAGMA foreign_key_check').all()).toEqual([]);
  migrated.close();
});

test('store: what it left at sending may have been sent, for it did not say when a message began', () => {
  leave({ environment: 'a', fingerprint: '01', state: 'sending', more: { attempts: 1 } });
  const before = opened();
  expect(before.list()[0]?.bodyBegunAt).toEqual(at(10));
  expect(recoverInterrupted(before, at(20)).map(({ state }) => state)).toEqual(['sending']);
  expect(before.list()[0]?.state).toBe('uncertain');
});

test('store: whether MESH had accepted the new certificate is taken from the words of its time', () => {
  leave(
    {
      environment: 'a',
      fingerprint: '01',
      state: 'deployed',
      reason: 'the new certificate is deployed and MESH has accepted it',
    },
    {
      environment: 'b',
      fingerprint: '02',
      state: 'deployed',
      reason: 'the new certificate is deployed and valid; no handshake has been run for a day',
    },
  );
  expect(
    opened()
      .list()
      .map(({ acceptedAt }) => acceptedAt),
  ).toEqual([at(10), undefined]);
});

test('store: where one certificate stands under two names, the one that was asked bars the other', () => {
  leave(
    { environment: 'int', fingerprint: '01', state: 'requested', more: { requested_at: minute(1) } },
    { environment: 'Int', fingerprint: '01', state: 'due' },
  );
  const both = opened();
  expect(both.list()).toHaveLength(2);
  const gate = { from: ['due'], to: 'sending', at: at(20), reason: 'sending', unlessAskedElsewhere: true } as const;
  const key = { environment: 'Int', fingerprintSha256: '01' };
  expect(both.transition(key, gate)).toBe(false);
  both.transition({ ...key, environment: 'int' }, { ...gate, from: ['requested'], to: 'failed' });
  expect(both.transition(key, gate)).toBe(true);
});

test('store: what somebody asked for with a reason, under the third schema, is still asked for', () => {
  const file = join(directory, 'renewals.sqlite');
  const database = new DatabaseSync(file);
  migrate(database, migrations.slice(0, 3));
  const renewal = database.prepare(`INSERT INTO renewals (id, environment, fingerprint, state, common_name, serial,
    not_after, asked_reason) VALUES (?, ?, ?, ?, 'a', '0A', ?, ?)`);
  for (const [id, state, reason] of [
    [1, 'due', 'key compromised'],
    [2, 'due', null],
    [3, 'requested', 'key compromised'],
  ] as const) {
    renewal.run(id, `env-${id}`, `0${id}`, state, notAfter, reason);
    database
      .prepare('INSERT INTO transitions (renewal, state, at, reason) VALUES (?, ?, ?, ?)')
      .run(id, state, minute(id), 'so');
  }
  database.close();
  expect(
    opened()
      .list()
      .map(({ askedAt }) => askedAt),
  ).toEqual([at(1), undefined, undefined]);
});

test('store: its history can still be neither rewritten nor deleted', () => {
  leave({ environment: 'a', fingerprint: '01', state: 'due' });
  opened();
  const database = new DatabaseSync(join(directory, 'renewals.sqlite'));
  expect(() => database.exec("UPDATE transitions SET reason = 'other'")).toThrow('append-only');
  expect(() => database.exec('DELETE FROM transitions')).toThrow('append-only');
  database.close();
});

test('store: a record goes to another name with all its history, unless that name has one of the same certificate', () => {
  leave(
    { environment: 'a', fingerprint: '01', state: 'requested' },
    { environment: 'b', fingerprint: '01', state: 'due' },
    { environment: 'sending', fingerprint: '02', state: 'sending' },
  );
  const subject = { mailboxId: 'X26ABC1', mesh: 'integration' };
  const here = opened();
  const key = { environment: 'a', fingerprintSha256: '01' };
  const { environment, ...before } = here.get(key)!;
  expect(here.adopt(key, 'b', subject)).toBe(false);
  expect(here.adopt({ environment: 'sending', fingerprintSha256: '02' }, 'c', subject)).toBe(false);
  expect(here.adopt(key, 'c', subject)).toBe(true);
  expect(here.get({ ...key, environment: 'c' })).toEqual({ ...before, environment: 'c', ...subject });
  expect(here.get(key)).toBeUndefined();
});
