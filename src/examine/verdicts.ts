/**
 * What was found out about each credential, kept on disk by the hash of its files, so that a process that starts can say at once what was known
 * of files that have not changed. It says so with the time at which it was found out, and examines them all the same.
 */
import { createHmac, createSecretKey, hash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { ResolvedEnvironment, Variables } from '../config/index.ts';
import {
  type FilesAhead,
  partSources,
  type RememberedCredential,
  readSources,
  recalled,
  rememberedOf,
} from '../credential/index.ts';
import { gatheredWrites, openDatabase } from '../database/index.ts';
import { MonitorError } from '../errors/index.ts';
import { dispensable } from '../files/index.ts';
import type { Rehearsal } from '../rehearsal/index.ts';
import { type Assessment, assess, policyFor } from '../verify/index.ts';
import { type Examination, inputsOf, isGivenUp, needsStore, stillHolds } from './examine.ts';

export interface Verdicts {
  /** Nothing was kept by an earlier process: there is nothing to ask, and no reason to read files for it. */
  readonly isEmpty: boolean;
  /**
   * What is said of the environment by its current policy, as of when its files were examined. Undefined if that is not known.
   * @param files of which all of its own have to be there: nothing is read, so nothing waits for a disk
   */
  recall(
    environment: ResolvedEnvironment,
    env: Variables,
    now: Date,
    files: FilesAhead,
  ): Promise<Assessment | undefined>;
  /** To be called with each examination that was made anew. */
  note(examination: Examination): void;
  close(): void;
}

interface Row {
  readonly credential: RememberedCredential;
  readonly rehearsal?: Omit<Rehearsal, 'judgedAt'> & { readonly judgedAt: number };
  readonly rehearsedAt: number;
}

/** For a process that remembers nothing. */
export const noVerdicts: Verdicts = { isEmpty: true, recall: async () => undefined, note: () => {}, close: () => {} };

/** `MCMv` in ASCII: a database with another number is not ours. */
const applicationId = 0x4d434d76;
/** Twice the largest estate. The oldest are dropped. */
const mostRows = 20_000;
const mostCharacters = 64 * 1024;
/** 64 MiB. */
const mostPages = 16_384;

/**
 * @param program - what made the verdicts: those of any other program or version are dropped.
 * @param warn - is told once why nothing can be kept, or that something was not usable. The service works without.
 */
export function openVerdicts(
  stateDir: string,
  program: string,
  warn: (problem: { readonly file: string; readonly error: string }) => void,
): Verdicts {
  const file = join(stateDir, 'verdicts.sqlite');
  const attempt = dispensable(({ message }) => warn({ file, error: message }));
  const opened = attempt(() => open(file, program));
  if (!opened) return noVerdicts;
  const { database, salt, isEmpty, read, write, prune } = opened;
  const kept = gatheredWrites(database, attempt);
  const secret = createSecretKey(salt);
  const name = (durableHash: string) => createHmac('sha256', secret).update(durableHash).digest('hex');
  return {
    isEmpty,
    recall: async (environment, env, now, files) => {
      const inputs = inputsOf(environment);
      if (!inputs || needsStore(environment) || inputs.keystore) return undefined;
      if (partSources(inputs).some((source) => source.kind === 'file' && !files.has(source.path))) return undefined;
      const content = await readSources(inputs, env, files);
      const { durableHash } = content;
      const found = durableHash === undefined ? undefined : attempt(() => read.get(name(durableHash)));
      const row = found && rowOf(String(found.data), String(found.sum));
      if (!row) return undefined;
      const credential = await recalled(content, row.credential);
      const rehearsedAt = new Date(row.rehearsedAt);
      if (rehearsedAt > now || !stillHolds({ rehearsedAt, credential }, credential, now)) return undefined;
      const rehearsal = row.rehearsal && { ...row.rehearsal, judgedAt: new Date(row.rehearsal.judgedAt) };
      return { ...assess(credential, policyFor(environment), rehearsal, now), assessedAt: rehearsedAt };
    },
    note: (examination) => {
      const { credential, rehearsal, rehearsedAt } = examination;
      const remembered = isGivenUp(examination) ? undefined : rememberedOf(credential);
      if (!remembered || credential.durableHash === undefined) return;
      const row: Row = {
        credential: remembered,
        ...(rehearsal ? { rehearsal: { ...rehearsal, judgedAt: rehearsal.judgedAt.getTime() } } : {}),
        rehearsedAt: rehearsedAt.getTime(),
      };
      const data = JSON.stringify(row);
      if (data.length > mostCharacters) return;
      const key = name(credential.durableHash);
      kept.write(() => {
        write.run(key, data, hash('sha256', data));
        prune.run(mostRows);
      });
    },
    close: kept.close,
  };
}

class ForeignDatabaseError extends MonitorError {
  override readonly code = 'ERR_FOREIGN_DATABASE';
}

/** Undefined for what was not written like this: damage is as good as nothing. */
function rowOf(data: string, sum: string): Row | undefined {
  return hash('sha256', data) === sum ? (JSON.parse(data) as Row) : undefined;
}

const schema = `PRAGMA application_id = ${applicationId}; PRAGMA max_page_count = ${mostPages};
  CREATE TABLE IF NOT EXISTS about (id INTEGER PRIMARY KEY CHECK (id = 1), program TEXT NOT NULL, salt BLOB NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS verdicts (number INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE, data TEXT NOT NULL, sum TEXT NOT NULL) STRICT`;

function mustBeOurs(database: DatabaseSync): void {
  const ours = Number(database.prepare('PRAGMA application_id').get()?.application_id);
  const tables = Number(database.prepare('SELECT count(*) AS count FROM sqlite_schema').get()?.count);
  if (ours !== applicationId && tables > 0)
    throw new ForeignDatabaseError('it is the database of another program; remove it, and it is made again');
}

const open = (file: string, program: string) =>
  openDatabase(file, { schema, check: mustBeOurs }, (database) => {
    const about = database.prepare('SELECT program, salt FROM about').get();
    const salt = about?.program === program ? Buffer.from(about.salt as Uint8Array) : randomBytes(32);
    if (about?.program !== program) {
      database.exec('DELETE FROM verdicts');
      database.prepare('INSERT OR REPLACE INTO about VALUES (1, ?, ?)').run(program, salt);
    }
    const read = database.prepare('SELECT data, sum FROM verdicts WHERE hash = ?');
    // A row that is replaced gets a new number, so the oldest are those with the lowest.
    const write = database.prepare('INSERT OR REPLACE INTO verdicts (hash, data, sum) VALUES (?, ?, ?)');
    const prune = database.prepare('DELETE FROM verdicts WHERE number <= (SELECT max(number) FROM verdicts) - ?');
    const isEmpty = database.prepare('SELECT 1 FROM verdicts LIMIT 1').get() === undefined;
    return { database, salt, isEmpty, read, write, prune };
  });
