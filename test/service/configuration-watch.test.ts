import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { readRegularFile } from '../../src/files/index.ts';
import { limits } from '../../src/limits/index.ts';
import { type FileWatch, watchFile } from '../../src/service/configuration-watch.ts';

let folder: string;
let file: string;
let changes: number;
let watch: FileWatch;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'configuration-watch-'));
  file = join(folder, 'config.yaml');
  put('first', (path) => writeFileSync(path, 'one'));
  changes = 0;
  const seen = createHash('sha256').update('one').digest('hex');
  watch = watchFile(file, { seen, everyMs: 5, changed: () => (changes += 1) });
});
afterEach(() => {
  vi.useRealTimers();
  watch.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Swapped in one step, as a link: in between there is no moment without a file, which would be a change too. */
function put(name: string, make: (path: string) => void): void {
  make(join(folder, name));
  symlinkSync(name, `${file}.new`);
  renameSync(`${file}.new`, file);
}

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
  put('second', make);
  await expect.poll(() => changes).toBe(1);
  put('third', (path) => writeFileSync(path, 'two'));
  await expect.poll(() => changes).toBe(2);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(changes).toBe(2);
});

test('a look that has begun says nothing once the watch is stopped', async () => {
  watch.stop();
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  watch = watchFile(file, { seen: 'something else', everyMs: 5, changed: () => (changes += 1) });
  vi.advanceTimersByTime(5);
  watch.stop();
  // Its turn comes after that of the look.
  for (let turn = 0; turn < 3; turn += 1) await readRegularFile(file, { mostBytes: limits.configurationBytes });
  expect(changes).toBe(0);
});
