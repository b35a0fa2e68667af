/** Opening the renewal database: one writer per directory, private files, and errors that say what to do. */
import { closeSync, constants, existsSync, fchmodSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { type ErrorCode, MonitorError } from '../../errors/index.ts';
import { giveToFolder, noLinks } from '../../files/index.ts';
import { ResourceShortageError, shortageOf } from '../../shortage/index.ts';
import { networkFileSystemOf } from './file-system.ts';
import { migrate, migrations, schemaVersion } from './migrations.ts';
import { identitiesOf, sameFiles } from './same-files.ts';

/** The record of renewals cannot be read or written. `message` names the file and what to do; nothing has been sent. */
export class StoreError extends MonitorError {
  override readonly code: ErrorCode = 'ERR_STORE';
}

/** Another process may send from this directory, so this one may not. */
export class StoreLockedError extends StoreError {
  override readonly code = 'ERR_STORE_LOCKED';
}

/** Another process holds the database's own lock at this moment. */
export class StoreBusyError extends StoreError {
  override readonly code = 'ERR_STORE_BUSY';
}

/** The open files are no longer the ones at their paths: anything written to them would be lost when the process ends. */
export class StoreReplacedError extends StoreError {
  override readonly code = 'ERR_STORE_REPLACED';
}

const busy = 5;
const outOfMemory = 7;
const damaged = 11;
const notADatabase = 26;

/** A value that cannot have been written by this program: found by `rows.ts`, or by Node.js, of a number beyond 2^53. */
const isImpossible = (error: Error & { readonly code?: unknown }) => error.code === 'ERR_OUT_OF_RANGE';

const restore =
  'move it aside and restore it from a backup. Without one, ask the desk which requests it has before starting afresh, because the record of what was sent is lost';

/** SQLite's primary result codes, https://www.sqlite.org/rescode.html */
const remedies: Readonly<Record<number, string>> = {
  // Every statement is ours, so what is wrong is the tables.
  1: `it is not the database that this program made: ${restore}`,
  3: 'this account is not allowed to use it: check its owner and permissions',
  5: 'another process has it locked: check what else uses this state directory',
  8: 'it is read-only: make the state directory writable for this account',
  10: 'the disk or file system reports an error: check both, and the free space',
  11: `the database is damaged: ${restore}`,
  13: 'the disk is full: free some space',
  14: 'it cannot be opened or created: check that the state directory exists and is writable for this account',
  26: `it is not a database: ${restore}`,
};

/**
 * Runs `work`, and turns an error from SQLite or the file system into a StoreError that names `file`, and a shortage in this process into a
 * ResourceShortageError.
 */
export function asStoreError<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const shortage = shortageOf(error, file);
    if (shortage) throw shortage;
    if (error instanceof MonitorError || !(error instanceof Error) || !('code' in error)) throw error;
    const code = codeOf(error);
    if (code === outOfMemory)
      throw new ResourceShortageError(`${file}: this process is short of memory`, { cause: error });
    const remedy =
      remedies[isImpossible(error) ? damaged : (code ?? 0)] ??
      'check the state directory, its permissions and its free space';
    const kind = code === busy ? StoreBusyError : StoreError;
    throw new kind(`${file}: ${error.message}; ${remedy}`, { cause: error });
  }
}

/** SQLite gives its journal files the mode of the database, so only that file has to be created privately. */
function createPrivately(file: string): void {
  const folder = dirname(file);
  const { O_APPEND, O_CREAT, O_WRONLY } = constants;
  const descriptor = openSync(file, O_APPEND | O_CREAT | O_WRONLY | noLinks(folder), 0o600);
  try {
    giveToFolder(descriptor, folder);
    fchmodSync(descriptor, 0o600);
  } finally {
    closeSync(descriptor);
  }
}

/** @throws {StoreError} if `kind` is a network file system. */
export function refuseNetwork(stateDir: string, kind: string | undefined): void {
  if (kind !== undefined)
    throw new StoreError(
      `${stateDir} is on a network file system (${kind}), where the record of renewals cannot be locked or written safely. Put state_dir on a local disk or a block volume that one machine mounts at a time (Amazon EBS, Azure Disk, a ReadWriteOnce volume), not on EFS, Azure Files or NFS`,
    );
}

/** A lock that the operating system releases when the process ends, however it ends. */
function lock(stateDir: string): DatabaseSync {
  const file = lockFile(stateDir);
  return asStoreError(file, () => {
    createPrivately(file);
    const database = new DatabaseSync(file);
    try {
      database.exec('BEGIN EXCLUSIVE');
      return database;
    } catch (error) {
      database.close();
      if (codeOf(error) === busy)
        throw new StoreLockedError(
          `${stateDir}: another mesh-cert-monitor is running on this state directory, and only one process may send requests from it. Stop that one first`,
        );
      if (codeOf(error) === damaged || codeOf(error) === notADatabase)
        throw new StoreError(
          `${file}: it is damaged. Nothing is kept in it: stop every mesh-cert-monitor that uses this state directory, then remove the file`,
          { cause: error },
        );
      throw error;
    }
  });
}

/** SQLite's primary result code; undefined for any other error. */
const codeOf = (error: unknown) =>
  error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : undefined;
const lockFile = (stateDir: string) => join(stateDir, 'lock.sqlite');

/** When nothing else is waiting: at startup, and in a command. */
const patientMs = 5_000;
/** When the whole service has to wait meanwhile. */
const briefMs = 20;

export interface OpenDatabase {
  readonly database: DatabaseSync;
  readonly file: string;
  /** @throws {StoreReplacedError} */
  assertInPlace(): void;
  /** How long to wait for another process's lock: from here on hardly at all. */
  waitBriefly(): void;
  close(): void;
}

export function databaseFile(stateDir: string): string {
  return join(stateDir, 'renewals.sqlite');
}

/** Whether anything has ever been recorded in this directory. @throws {StoreError} if this account may not see that. */
export const databaseExists = (stateDir: string): boolean => isThere(databaseFile(stateDir));

/** @throws {StoreError} if that cannot be seen, which does not mean that there is nothing. */
export const isThere = (path: string): boolean =>
  asStoreError(path, () => statSync(path, { throwIfNoEntry: false }) !== undefined);

/**
 * `exclusive`: the one process that may send. Other processes can open the same directory for reading and for small writes, which are
 * compare-and-set and never touch a renewal in `sending`.
 * @throws {StoreError}
 */
export function openDatabase(stateDir: string, options: { exclusive: boolean }): OpenDatabase {
  const file = databaseFile(stateDir);
  asStoreError(stateDir, () => mkdirSync(stateDir, { recursive: true, mode: 0o700 }));
  asStoreError(stateDir, () => refuseNetwork(stateDir, networkFileSystemOf(stateDir)));
  let held = options.exclusive ? lock(stateDir) : undefined;
  let database: DatabaseSync | undefined;
  try {
    return asStoreError(file, () => {
      createPrivately(file);
      database = new DatabaseSync(file, { timeout: patientMs });
      checkVersion(database, file);
      // WAL lets the command line read while the service writes; FULL puts every commit on the disk before it returns.
      database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON');
      if (schemaVersion(database) < migrations.length) {
        held ??= lock(stateDir);
        migrate(database);
      }
      if (options.exclusive) check(database, file);
      else held?.close();
      return opened(stateDir, database, options.exclusive ? held : undefined);
    });
  } catch (error) {
    database?.close();
    if (held?.isOpen) held.close();
    throw error;
  }
}

/** @param held - the lock; absent for a short process that does not send, which need not be watched. */
function opened(stateDir: string, database: DatabaseSync, held: DatabaseSync | undefined): OpenDatabase {
  const file = databaseFile(stateDir);
  const watched = held ? [file, `${file}-wal`, lockFile(stateDir)] : [];
  const identities = identitiesOf(watched);
  return {
    database,
    file,
    assertInPlace() {
      if (!sameFiles(watched, identities))
        throw new StoreReplacedError(
          `${stateDir} was removed or replaced while the service is running, so anything recorded now would be lost at a restart`,
        );
    },
    waitBriefly: () => database.exec(`PRAGMA busy_timeout = ${briefMs}`),
    close() {
      database.close();
      held?.close();
    },
  };
}

/**
 * Only for reading: creates, changes and locks nothing, so it also works for an account with read access only.
 * @throws {StoreError}
 */
export function openToRead(stateDir: string): OpenDatabase {
  const file = databaseFile(stateDir);
  return asStoreError(file, () => {
    const database = new DatabaseSync(locationToRead(file), { readOnly: true, timeout: patientMs });
    try {
      checkVersion(database, file);
      if (schemaVersion(database) < migrations.length)
        throw new StoreError(`${file}: it was written by an older mesh-cert-monitor; the service brings it up to date`);
      return opened(stateDir, database, undefined);
    } catch (error) {
      database.close();
      throw error;
    }
  });
}

/** Without a journal next to it, nobody has the file open, and SQLite is told so; otherwise it would create a journal and leave it there. */
function locationToRead(file: string): URL {
  const location = pathToFileURL(file);
  if (!existsSync(`${file}-wal`)) location.searchParams.set('immutable', '1');
  return location;
}

function checkVersion(database: DatabaseSync, file: string): void {
  const version = schemaVersion(database);
  if (version > migrations.length)
    throw new StoreError(
      `${file}: it was written by a newer mesh-cert-monitor (schema ${version}, this one supports ${migrations.length}); run that version, or a newer one`,
    );
}

function check(database: DatabaseSync, file: string): void {
  const verdict = String(Object.values(database.prepare('PRAGMA quick_check(1)').get() ?? {})[0]);
  if (verdict !== 'ok') throw new StoreError(`${file}: ${verdict.split('\n').at(-1)}; ${remedies[damaged]}`);
}
