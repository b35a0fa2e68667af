import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { gatheredWrites, openDatabase } from '../../src/database/index.ts';
import { dispensable } from '../../src/files/index.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'gathered-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const schema = 'PRAGMA max_page_count = 10; CREATE TABLE IF NOT EXISTS things (name TEXT NOT NULL) STRICT';

function opened() {
  const told: string[] = [];
  const memory = openDatabase(join(directory, 'things.sqlite'), { schema }, (database) => ({
    database,
    add: database.prepare('INSERT INTO things VALUES (?)'),
  }));
  const kept = gatheredWrites(
    memory.database,
    dispensable(({ message }) => told.push(message)),
  );
  const count = (database: DatabaseSync) =>
    Number(database.prepare('SELECT count(*) AS count FROM things').get()?.count);
  const countHere = () => count(memory.database);
  const countElsewhere = () => {
    const other = new DatabaseSync(join(directory, 'things.sqlite'), { readOnly: true });
    try {
      return count(other);
    } finally {
      other.close();
    }
  };
  return { told, kept, add: (name: string) => kept.write(() => void memory.add.run(name)), countHere, countElsewhere };
}

describe('what is written', () => {
  test('is seen here at once, and kept a moment later, all together', async () => {
    const { kept, add, countHere, countElsewhere } = opened();
    add('one');
    add('two');
    expect([countHere(), countElsewhere()]).toEqual([2, 0]);
    await vi.waitFor(() => expect(countElsewhere()).toBe(2), { timeout: 10_000 });
    add('three');
    await vi.waitFor(() => expect(countElsewhere()).toBe(3), { timeout: 10_000 });
    kept.close();
  });

  test('is kept when the file is closed', () => {
    const { kept, add, countElsewhere } = opened();
    add('one');
    kept.close();
    expect(countElsewhere()).toBe(1);
  });

  test('and does not fit is told once, and the next that fits is kept', async () => {
    const { told, kept, add, countElsewhere } = opened();
    add('one');
    await vi.waitFor(() => expect(countElsewhere()).toBe(1), { timeout: 10_000 });
    add('x'.repeat(100_000));
    add('x'.repeat(100_000));
    add('two');
    await vi.waitFor(() => expect(countElsewhere()).toBe(2), { timeout: 10_000 });
    expect(told).toEqual(['database or disk is full']);
    kept.close();
  });
});
