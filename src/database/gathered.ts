import type { DatabaseSync } from 'node:sqlite';

/** What is lost if the process is killed. */
const gatherMs = 100;

export interface GatheredWrites {
  /** Does it now; it is kept a moment later, together with what else is written until then. */
  write(work: () => void): void;
  /** Keeps everything and closes the file. */
  close(): void;
}

/**
 * For a file that the program can do without: a transaction for each of thousands of writes would take more time than the writes.
 * @param attempt - from `dispensable`
 */
export function gatheredWrites(database: DatabaseSync, attempt: <T>(work: () => T) => T | undefined): GatheredWrites {
  let timer: NodeJS.Timeout | undefined;
  const keep = () => {
    clearTimeout(timer);
    timer = undefined;
    attempt(() => {
      try {
        if (database.isTransaction) database.exec('COMMIT');
      } finally {
        if (database.isTransaction) database.exec('ROLLBACK');
      }
    });
  };
  return {
    write: (work) =>
      void attempt(() => {
        if (!database.isTransaction) database.exec('BEGIN');
        timer ??= setTimeout(keep, gatherMs).unref();
        work();
      }),
    close: () => {
      keep();
      database.close();
    },
  };
}
