import { closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

export interface DatabaseOptions {
  /** Tables, each `IF NOT EXISTS` and `STRICT`, and pragmas of its own. */
  readonly schema: string;
  /** Whether what was written last must survive a power cut. Default: losing it does no harm, and each write is whole or absent. */
  readonly lasting?: boolean;
  /** How long to wait for another process that is writing. Default: not at all. */
  readonly timeoutMs?: number;
  /** Called first. Throws if the file is not one of ours. */
  readonly check?: (database: DatabaseSync) => void;
}

/**
 * Only this account may read the file. The state directory already belongs to this process, because the renewals have locked it.
 * @param prepare - makes the statements. If it throws, the file is closed.
 * @throws {Error} of SQLite or the file system, with a `code`.
 * @example
 * const memory = openDatabase(join(stateDir, 'seen.sqlite'), { schema: 'CREATE TABLE IF NOT EXISTS …' }, (database) => ({
 *   read: database.prepare('SELECT at FROM seen WHERE name = ?'),
 *   close: () => database.close(),
 * }));
 */
export function openDatabase<Memory>(
  file: string,
  { schema, lasting = false, timeoutMs = 0, check }: DatabaseOptions,
  prepare: (database: DatabaseSync) => Memory,
): Memory {
  closeSync(openSync(file, 'a', 0o600));
  const database = new DatabaseSync(file, { timeout: timeoutMs });
  try {
    check?.(database);
    database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${lasting ? 'FULL' : 'NORMAL'}; ${schema}`);
    return prepare(database);
  } catch (error) {
    database.close();
    throw error;
  }
}
