import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { writeAtomically } from '../../../src/renewal/store/atomic-file.ts';
import { refuseNetwork } from '../../../src/renewal/store/database.ts';
import { networkFileSystem } from '../../../src/renewal/store/file-system.ts';
import { migrate, migrations, schemaVersion } from '../../../src/renewal/store/migrations.ts';
import { isPresent } from '../../../src/renewal/store/pending-files.ts';
import { databaseExists, openStore, type RenewalStore, StoreError } from '../../../src/renewal/store/store.ts';
import { Untrusted } from '../../../src/text/index.ts';

let directory: string;
const open: RenewalStore[] = [];
const storeIn = (stateDir: string, exclusive = true) => {
  const store = openStore(stateDir, { exclusive });
  open.push(store);
  return store;
};
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'renewal-store-'));
});
afterEach(() => {
  for (const store of open.splice(0)) store.close();
  rmSync(directory, { recursive: true, force: true });
});

const key = { environment: 'integration', fingerprintSha256: 'ab'.repeat(32) };
const certificate = {
  ...key,
  commonName: new Untrusted('a.x26.api.mesh-client.nhs.uk'),
  serial: '0A',
  notAfter: new Date('2027-01-22'),
};
const at = (minute: number) => new Date(Date.UTC(2026, 10, 24, 9, minute));
const databaseOf = (stateDir: string) => join(stateDir, 'renewals.sqlite');

test('store: only the beginning of a record is not awaited on the disk; every step of a renewal is', () => {
  // 2 is FULL, 1 is NORMAL (https://sqlite.org/pragma.html#pragma_synchronous).
  const levels: unknown[] = [];
  const original = DatabaseSync.prototype.exec;
  const exec = vi.spyOn(DatabaseSync.prototype, 'exec').mockImplementation(function (this: DatabaseSync, sql) {
    original.call(this, sql);
    if (sql.startsWith('BEGIN')) levels.push(this.prepare('PRAGMA synchronous').get()?.synchronous);
  });
  try {
    const store = storeIn(directory);
    levels.splice(0);
    store.transition(key, { from: ['not_due'], to: 'due', at: at(0), reason: 'nothing to move' });
    store.begin(certificate, at(0), 'seen');
    store.transition(key, { from: ['not_due'], to: 'due', at: at(1), reason: '89 days left' });
    expect(() => store.begin({ ...certificate, serial: {} as string }, at(2), 'not a text')).toThrow(StoreError);
    store.note(key, { attempts: 1 });
    expect(levels).toEqual([2, 1, 2, 1, 2]);
  } finally {
    exec.mockRestore();
  }
});

describe('what is recorded', () => {
  test('store: a renewal begins as not_due, once, however often it is begun', () => {
    const store = storeIn(directory);
    store.begin(certificate, at(0), 'seen');
    store.begin({ ...certificate, serial: 'FF' }, at(1), 'seen again');
    expect(store.get(key)).toEqual({
      ...certificate,
      state: 'not_due',
      attempts: 0,
      notices: [],
      transitions: [{ state: 'not_due', at: at(0), reason: 'seen' }],
    });
    expect(store.list('elsewhere')).toEqual([]);
    expect(store.list('integration')).toEqual(store.list());
  });

  test('store: a transition happens from the named states only, and leaves its time and reason', () => {
    const store = storeIn(directory);
    store.begin(certificate, at(0), 'seen');
    const due = { from: ['not_due'], to: 'due', at: at(1), reason: 'inside its window' } as const;
    expect(store.transition(key, { ...due, from: ['failed', 'due'] })).toBe(false);
    expect(store.get(key)?.state).toBe('not_due');
    expect(store.transition(key, due)).toBe(true);
    expect([store.inState('not_due'), store.inState('due')]).toEqual([[], [store.get(key)]]);
    expect(store.transition(key, due)).toBe(false);
    expect(store.get(key)?.transitions.map(({ state, at, reason }) => [state, at, reason])).toEqual([
      ['not_due', at(0), 'seen'],
      ['due', at(1), 'inside its window'],
    ]);
  });

  test('store: of two processes that would send, one is let through', () => {
    const [service, other] = [storeIn(directory), storeIn(directory, false)];
    service.begin(certificate, at(0), 'seen');
    service.transition(key, { from: ['not_due'], to: 'due', at: at(0), reason: 'due' });
    const claim = { from: ['due'], to: 'sending', at: at(1), reason: 'sending' } as const;
    expect([service.transition(key, claim), other.transition(key, claim)]).toEqual([true, false]);
    expect(service.get(key)?.transitions.filter(({ state }) => state === 'sending')).toHaveLength(1);
  });

  test('store: every field comes back as it was given, and null clears it', () => {
    const store = storeIn(directory);
    store.begin(certificate, at(0), 'seen');
    const changes = {
      commonName: new Untrusted('b.x26.api.mesh-client.nhs.uk'),
      requestedAt: at(2),
      delivery: 'drafted',
      messageId: '<m@example.org>',
      keyFile: 'pending/k.pem',
      csrFile: 'pending/c.csr',
      messageFile: 'pending/m.eml',
      spkiSha256: 'cd'.repeat(32),
      issuedFingerprintSha256: 'ef'.repeat(32),
      successorFingerprintSha256: '12'.repeat(32),
      successorSeenAt: at(3),
      closedAt: at(4),
      attempts: 3,
      nextAttemptAt: at(5),
      lastError: 'said no',
    } as const;
    store.note(key, changes);
    expect(store.get(key)).toMatchObject(changes);
    store.note(key, { keyFile: null, nextAttemptAt: null });
    const record = store.get(key);
    expect(record).not.toHaveProperty('keyFile');
    expect(record).not.toHaveProperty('nextAttemptAt');
    expect(record?.csrFile).toBe('pending/c.csr');
  });

  test('store: a common name comes back as it was written, and what a mail server said is escaped', () => {
    const store = storeIn(directory);
    store.begin({ ...certificate, commonName: new Untrusted('a\u202eb') }, at(0), 'seen\n');
    store.note(key, { lastError: 'said \u001b[2J' });
    const record = store.get(key);
    expect(record?.commonName.raw()).toBe('a\u202eb');
    expect(record?.transitions[0]?.reason).toBe('seen\\u{a}');
    expect(record?.lastError).toBe('said \\u{1b}[2J');
  });

  test('store: a notice counts its tries before it is known to be sent', () => {
    const store = storeIn(directory);
    store.begin(certificate, at(0), 'seen');
    store.tryNotice(key, 'reminder', 1, at(1));
    store.tryNotice(key, 'reminder', 1, at(2));
    store.tryNotice(key, 'uncertain', 2, at(2));
    expect(store.get(key)?.notices).toEqual([
      { kind: 'reminder', occasion: 1, tries: 2, failures: 0, triedAt: at(2) },
      { kind: 'uncertain', occasion: 2, tries: 1, failures: 0, triedAt: at(2) },
    ]);
    expect(store.get(key)?.remindedAt).toBeUndefined();
    store.noticeSent(key, 'reminder', 1, at(3));
    expect(store.get(key)?.remindedAt).toEqual(at(3));
  });

  test('store: history can be neither rewritten nor deleted', () => {
    storeIn(directory).begin(certificate, at(0), 'seen');
    const database = new DatabaseSync(databaseOf(directory));
    expect(() => database.exec("UPDATE transitions SET reason = 'other'")).toThrow('append-only');
    expect(() => database.exec('DELETE FROM transitions')).toThrow('append-only');
    database.close();
  });

  test('store: everything is there after the file was closed and opened again', () => {
    const before = openStore(directory, { exclusive: true });
    before.begin(certificate, at(0), 'seen');
    before.transition(key, { from: ['not_due'], to: 'due', at: at(1), reason: 'due' });
    const record = before.get(key);
    before.close();
    expect(storeIn(directory).get(key)).toEqual(record);
  });
});

describe('who may open it', () => {
  test('store: a second instance on the same directory stops with the reason', () => {
    const first = openStore(directory, { exclusive: true });
    expect(() => openStore(directory, { exclusive: true })).toThrow(StoreError);
    expect(() => openStore(directory, { exclusive: true })).toThrow(
      `${directory}: another mesh-cert-monitor is running on this state directory`,
    );
    first.close();
    storeIn(directory);
  });

  test.each([
    [0x6969, 'NFS'],
    [0xff534d42, 'SMB (CIFS)'],
    [0xff534d42 | 0, 'SMB (CIFS)'],
    [0xfe534d42, 'SMB'],
  ])('store: a state directory on the file system %d (%s) is refused with the remedy', (type, name) => {
    expect(networkFileSystem(type)).toBe(name);
    expect(() => refuseNetwork('/srv/state', networkFileSystem(type))).toThrow(
      `/srv/state is on a network file system (${name})`,
    );
    expect(() => refuseNetwork('/srv/state', networkFileSystem(type))).toThrow(/block volume/);
  });

  test.each([0xef53, 0x58465342, 0x01021994, 0x9123683e, 0x794c7630])(
    'store: a local file system (%d) is not',
    (type) => {
      expect(networkFileSystem(type)).toBeUndefined();
      expect(() => refuseNetwork('/srv/state', networkFileSystem(type))).not.toThrow();
    },
  );

  test('store: the lock goes with the process that held it, also by kill -9', () => {
    const script = `
      import { openStore } from '${import.meta.dirname}/../../../src/renewal/store/store.ts';
      openStore(process.argv[1], { exclusive: true });
      process.kill(process.pid, 'SIGKILL');`;
    const child = spawnSync(process.execPath, ['--input-type=module', '-e', script, directory]);
    expect(child.signal).toBe('SIGKILL');
    storeIn(directory);
  });

  test('store: while the service runs others may read and write without its lock', () => {
    const service = storeIn(directory);
    service.begin(certificate, at(0), 'seen');
    const other = storeIn(directory, false);
    expect(other.list()).toHaveLength(1);
    other.transition(key, { from: ['not_due'], to: 'due', at: at(1), reason: 'by hand' });
    expect(service.get(key)?.state).toBe('due');
  });

  test('store: the files are for this account alone', () => {
    const stateDir = join(directory, 'new', 'state');
    const store = storeIn(stateDir);
    store.begin(certificate, at(0), 'seen');
    expect(statSync(stateDir).mode & 0o777).toBe(0o700);
    const modes = readdirSync(stateDir).map((name) => [
      name,
      (statSync(join(stateDir, name)).mode & 0o777).toString(8),
    ]);
    expect(Object.fromEntries(modes)).toEqual({
      'lock.sqlite': '600',
      'lock.sqlite-journal': '600',
      'renewals.sqlite': '600',
      'renewals.sqlite-shm': '600',
      'renewals.sqlite-wal': '600',
    });
  });

  test('store: a directory that was never used can be told from one that was', () => {
    expect(databaseExists(directory)).toBe(false);
    storeIn(directory);
    expect(databaseExists(directory)).toBe(true);
  });
});

describe('what goes wrong', () => {
  const problemOf = (work: () => unknown): string => {
    try {
      work();
    } catch (error) {
      if (error instanceof StoreError) return error.message;
      throw error;
    }
    throw new Error('nothing went wrong');
  };

  test('store: a database of a newer version is left alone', () => {
    openStore(directory, { exclusive: true }).close();
    const database = new DatabaseSync(databaseOf(directory));
    database.exec(`PRAGMA user_version = ${migrations.length + 1}`);
    database.close();
    const before = readFileSync(databaseOf(directory));
    expect(problemOf(() => openStore(directory, { exclusive: true }))).toBe(
      `${databaseOf(directory)}: it was written by a newer mesh-cert-monitor (schema ${migrations.length + 1}, this one supports ${migrations.length}); run that version, or a newer one`,
    );
    expect(readFileSync(databaseOf(directory))).toEqual(before);
  });

  test('store: a file that is no database is named and kept', () => {
    writeFileSync(databaseOf(directory), 'this is no database'.repeat(100));
    expect(problemOf(() => openStore(directory, { exclusive: true }))).toMatch(
      /renewals\.sqlite: file is not a database; it is not a database: move it aside and restore it from a backup/,
    );
    expect(readFileSync(databaseOf(directory), 'utf8')).toMatch(/^this is no database/);
  });

  test.each([
    ['a state that does not exist', `UPDATE renewals SET state = 'bogus'`],
    ['a state in the history that does not exist', `INSERT INTO transitions VALUES (99, 1, 'bogus', 0, '')`],
    ['a time beyond the end of time', 'UPDATE renewals SET not_after = 8640000000000001'],
    ['a time before its beginning', 'UPDATE renewals SET requested_at = -8640000000000001'],
    ['a number that JavaScript does not have', 'UPDATE renewals SET closed_at = 9223372036854775807'],
    ['a notice at no time', `INSERT INTO notices VALUES (1, 'reminder', 1, 1, 8640000000000001, NULL, 0)`],
  ])('store: a record with %s is damage, and is not taken for a fault of the program', (_, change) => {
    const store = storeIn(directory);
    store.begin(certificate, at(0), 'seen');
    const database = new DatabaseSync(databaseOf(directory));
    database.exec(change);
    database.close();
    for (const read of [() => store.get(key), () => store.list('integration'), () => store.slice(0, 1)]) {
      expect(read).toThrow(StoreError);
      expect(read).toThrow(/renewals\.sqlite: .*the database is damaged: move it aside/);
    }
  });

  test('store: a database with other tables is refused in our words', () => {
    openStore(directory, { exclusive: true }).close();
    const database = new DatabaseSync(databaseOf(directory));
    database.exec('DROP TABLE notices; DROP TABLE transitions; DROP TABLE renewals');
    database.close();
    const read = () => storeIn(directory, false).list();
    expect(read).toThrow(StoreError);
    expect(read).toThrow(/it is not the database that this program made: move it aside/);
  });

  test('store: a damaged lock, which contains nothing, may go', () => {
    writeFileSync(join(directory, 'lock.sqlite'), 'x'.repeat(20_000));
    expect(() => storeIn(directory)).toThrow(StoreError);
    expect(() => storeIn(directory)).toThrow(/lock\.sqlite: .*Nothing is kept in it: stop every mesh-cert-monitor/);
  });

  test('store: a damaged database is found at the start', () => {
    const store = openStore(directory, { exclusive: true });
    for (let number = 0; number < 200; number += 1)
      store.begin({ ...certificate, environment: `environment-${number}` }, at(0), 'seen'.repeat(50));
    store.close();
    const bytes = readFileSync(databaseOf(directory));
    bytes.fill(0xa5, 3 * 4096, 12 * 4096);
    writeFileSync(databaseOf(directory), bytes);
    expect(problemOf(() => openStore(directory, { exclusive: true }))).toMatch(
      /renewals\.sqlite: .*the database is damaged: move it aside/,
    );
    // The failed start gave the lock back.
    expect(problemOf(() => openStore(directory, { exclusive: true }))).not.toMatch('another mesh-cert-monitor');
  });

  test('store: a database cut short is an error, not an empty one', () => {
    const store = openStore(directory, { exclusive: true });
    store.begin(certificate, at(0), 'seen');
    store.close();
    truncateSync(databaseOf(directory), 4096 * 2);
    expect(() => openStore(directory, { exclusive: true })).toThrow(StoreError);
  });

  test('store: a state directory that is a file is named', () => {
    const file = join(directory, 'file');
    writeFileSync(file, '');
    expect(problemOf(() => openStore(file, { exclusive: true }))).toMatch(/file: EEXIST|ENOTDIR/);
  });

  test('store: a read-only state directory is named, and nothing is left in it', () => {
    const stateDir = join(directory, 'state');
    openStore(stateDir, { exclusive: true }).close();
    const before = readdirSync(stateDir);
    chmodSync(directory, 0o755);
    chmodSync(stateDir, 0o555);
    // Nothing is read-only to root, so root tries it as nobody.
    const script = `
      const { openStore } = await import('${import.meta.dirname}/../../../src/renewal/store/store.ts');
      if (process.getuid() === 0) process.seteuid(65534);
      try { openStore(process.argv[1], { exclusive: true }); } catch (error) { console.log(error.name + ': ' + error.message); }`;
    const child = spawnSync(process.execPath, ['--input-type=module', '-e', script, stateDir], { encoding: 'utf8' });
    expect(child.stdout).toMatch(/^StoreError: .*lock\.sqlite: (EACCES|EPERM)/);
    expect(child.stdout).toContain('check the state directory, its permissions');
    expect(readdirSync(stateDir)).toEqual(before);
  });

  test('store: a full disk changes nothing, says so, and works again once there is room', () => {
    const store = storeIn(directory);
    store.begin(certificate, at(0), 'seen');
    // An open reader keeps the log from being emptied, so that every write needs new room; the limit stands for the disk's end.
    const script = `
      import { openStore } from '${import.meta.dirname}/../../../src/renewal/store/store.ts';
      const store = openStore(process.argv[1], { exclusive: false });
      process.on('SIGXFSZ', () => {});
      const key = ${JSON.stringify(key)};
      let written = 0;
      try {
        for (;;) { store.note(key, { lastError: 'x'.repeat(3000) + written }); written += 1; }
      } catch (error) {
        console.log(JSON.stringify({ name: error.name, message: error.message, written, kept: store.get(key).lastError?.slice(3000) }));
      }`;
    const child = spawnSync(
      'bash',
      ['-c', 'ulimit -f 512; exec "$0" --input-type=module -e "$1" "$2"', process.execPath, script, directory],
      { encoding: 'utf8' },
    );
    const said = JSON.parse(child.stdout) as { name: string; message: string; written: number; kept: string };
    expect(said.name).toBe('StoreError');
    expect(said.message).toMatch(/renewals\.sqlite: .*(disk|free space|full)/);
    expect(said.written).toBeGreaterThan(0);
    expect(said.kept).toBe(String(said.written - 1));
    store.note(key, { lastError: 'room again' });
    expect(store.get(key)?.lastError).toBe('room again');
  });
});

describe('whose it is', () => {
  test.skipIf(process.getuid?.() !== 0)('what root makes belongs to the account whose directory it is', async () => {
    chownSync(directory, 65534, 65534);
    const store = storeIn(directory);
    store.begin(certificate, at(0), 'seen');
    await writeAtomically(join(directory, 'pending', 'integration-ab', 'private_key.pem'), 'x');
    await writeAtomically(join(directory, 'outbox', 'request.eml'), 'x');
    const all = readdirSync(directory, { recursive: true, encoding: 'utf8' });
    expect(all).toContain('renewals.sqlite-wal');
    expect(all).toContain('pending/integration-ab/private_key.pem');
    expect(all.filter((name) => statSync(join(directory, name)).uid !== 65534)).toEqual([]);
    expect(statSync(join(directory, 'pending')).mode & 0o777).toBe(0o700);
  });

  test.skipIf(process.getuid?.() !== 0)('root gives no file away that is only linked there', () => {
    const stateDir = join(directory, 'state');
    const roots = join(directory, 'of root');
    mkdirSync(stateDir);
    chownSync(stateDir, 65534, 65534);
    for (const link of [symlinkSync, linkSync]) {
      writeFileSync(roots, '');
      link(roots, databaseOf(stateDir));
      try {
        storeIn(stateDir);
      } catch (error) {
        expect(error).toBeInstanceOf(StoreError);
      }
      expect(statSync(roots).uid).toBe(0);
      for (const store of open.splice(0)) store.close();
      rmSync(databaseOf(stateDir));
      rmSync(roots);
    }
  });

  test('what cannot be seen is not taken for missing', () => {
    symlinkSync('loop', join(directory, 'loop'));
    expect(() => isPresent(directory, 'loop')).toThrow(StoreError);
    expect(() => databaseExists(join(directory, 'loop'))).toThrow(/ELOOP.*check the state directory, its permissions/);
    expect([isPresent(directory, 'none'), isPresent(directory, undefined)]).toEqual([false, true]);
    expect(databaseExists(join(directory, 'none'))).toBe(false);
    writeFileSync(join(directory, 'file'), '');
    expect(databaseExists(join(directory, 'file'))).toBe(false);
  });
});

describe('migrations', () => {
  const next = 'ALTER TABLE renewals ADD COLUMN ticket TEXT; CREATE INDEX tickets ON renewals (ticket)';

  test('store: an older database is brought forward with all it holds', () => {
    const store = openStore(directory, { exclusive: true });
    store.begin(certificate, at(0), 'seen');
    store.close();
    const database = new DatabaseSync(databaseOf(directory));
    migrate(database, [...migrations, next]);
    expect(schemaVersion(database)).toBe(migrations.length + 1);
    expect(database.prepare('SELECT serial, ticket FROM renewals').all()).toEqual([{ serial: '0A', ticket: null }]);
    database.close();
  });

  test('store: a migration that fails half-way leaves the database as it was', () => {
    openStore(directory, { exclusive: true }).close();
    const database = new DatabaseSync(databaseOf(directory));
    expect(() => migrate(database, [...migrations, `${next}; SELECT nonsense FROM nowhere`])).toThrow('nowhere');
    expect(schemaVersion(database)).toBe(migrations.length);
    expect(() => database.prepare('SELECT ticket FROM renewals')).toThrow('ticket');
    database.close();
    storeIn(directory);
  });

  test('store: a migration waits for no lock that a running service holds', () => {
    storeIn(directory);
    const database = new DatabaseSync(databaseOf(directory));
    database.exec('PRAGMA user_version = 0');
    database.close();
    expect(() => openStore(directory, { exclusive: false })).toThrow('another mesh-cert-monitor');
  });
});
