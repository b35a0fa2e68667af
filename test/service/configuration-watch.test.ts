import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { limits } from '../../src/limits/index.ts';
import { type FileWatch, watchFile } from '../../src/service/configuration-watch.ts';

let folder: string;
let file: string;
let changes: number;
let watch: FileWatch;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'configuration-watch-'));
  file = join(folder, 'config.yaml');
  writeFileSync(file, 'one');
  changes = 0;
  const seen = createHash('sha256').update('one').digest('hex');
  watch = watchFile(file, { seen, everyMs: 5, changed: () => (changes += 1) });
});
afterEach(() => {
  watch.stop();
  rmSync(folder, { recursive: true, force: true });
});

const other = () => join(folder, 'other');
const put = (make: (path: string) => void) => {
  make(other());
  rmSync(file, { recursive: true, force: true });
  renameSync(other(), file);
};

// Each was read without bound or for ever, so that no change was seen after it.
test.each([
  ['a FIFO that nobody writes to', (path: string) => void execFileSync('mkfifo', [path])],
  ['a link to /dev/zero', (path: string) => symlinkSync('/dev/zero', path)],
  ['a directory', (path: string) => mkdirSync(path)],
  [
    'a file above the bound',
    (path: string) => {
      writeFileSync(path, '');
      truncateSync(path, limits.configurationBytes + 1);
    },
  ],
])('%s in place of the configuration is one change, and the file that follows is another', async (_, make) => {
  put(make);
  // The moment in between, when there is no file, may have been seen too.
  await expect.poll(() => changes).toBeGreaterThanOrEqual(1);
  const before = changes;
  put((path) => writeFileSync(path, 'two'));
  await expect.poll(() => changes).toBeGreaterThan(before);
  const after = changes;
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(changes).toBe(after);
});
