import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { diskOf, remoteMounts } from '../../src/files/disk.ts';
import { DiskTurns } from '../../src/files/disk-turns.ts';
import { ResourceShortageError } from '../../src/shortage/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'disk-turns-'));
afterAll(() => rmSync(folder, { recursive: true }));

const mounts = remoteMounts(
  [
    '22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw',
    '40 22 0:38 / /mnt/efs rw,relatime shared:2 - nfs4 fs-1.efs.eu-west-2.amazonaws.com:/ rw,vers=4.1',
    '41 40 0:39 / /mnt/efs/more\\040files rw - fuse.sshfs host:/ rw',
    '42 22 0:40 / /mnt/disk rw - xfs /dev/sdb rw',
    '',
  ].join('\n'),
);

test.each([
  ['/etc/mesh/alpha/client.pem', '/etc/mesh/alpha'],
  ['/mnt/disk/alpha/client.pem', '/mnt/disk/alpha'],
  ['/mnt/efs/alpha/client.pem', '/mnt/efs'],
  ['/mnt/efs/client.pem', '/mnt/efs'],
  ['/mnt/efs/more files/client.pem', '/mnt/efs/more files'],
  ['/mnt/efsx/client.pem', '/mnt/efsx'],
])('%s is waited for together with what else is on %s', (path, disk) => {
  expect(diskOf(path, mounts)).toBe(disk);
});

test('where a network file system is the root, everything is on it', () => {
  expect(diskOf('/etc/client.pem', remoteMounts('22 1 0:30 / / rw - virtiofs root rw\n'))).toBe('/');
});

/** Work that ends when it is told to. */
function held() {
  const { promise, resolve } = Promise.withResolvers<string>();
  return { work: () => promise, end: () => resolve('read') };
}
const turnsOf = (more: ConstructorParameters<typeof DiskTurns>[0] = {}) =>
  new DiskTurns({ mounts: () => [], patienceMs: 20, ...more });
const quick = async () => 'read';

describe('a read that does not come back', () => {
  test('is the only one of its disk, and those behind it are told', async () => {
    const [turns, first] = [turnsOf(), held()];
    const reading = turns.run('/a/1', first.work);
    let begun = false;
    const second = turns.run('/a/2', async () => {
      begun = true;
    });
    await expect(second).rejects.toThrow(ResourceShortageError);
    await expect(turns.run('/a/3', quick)).rejects.toThrow(
      'reading /a/3: another read from /a has not come back for more than 0.02 seconds',
    );
    expect(begun).toBe(false);
    first.end();
    expect(await reading).toBe('read');
    expect(await turns.run('/a/4', quick)).toBe('read');
  });

  test('does not concern other disks, until as many hang as may be read from', async () => {
    const turns = turnsOf({ atOnce: 2 });
    const [one, two] = [held(), held()];
    const reading = [turns.run('/a/1', one.work)];
    expect(await turns.run('/b/1', quick)).toBe('read');
    reading.push(turns.run('/b/2', two.work));
    await expect(turns.run('/c/1', quick)).rejects.toThrow('reads from /a, /b have not come back');
    one.end();
    expect(await turns.run('/c/2', quick)).toBe('read');
    two.end();
    await Promise.all(reading);
  });
});

test('reads that come back wait for each other as long as it takes, and begin in order', async () => {
  vi.useFakeTimers();
  try {
    const turns = turnsOf({ atOnce: 1 });
    const order: number[] = [];
    const read = (number: number) =>
      turns.run(`/${number}/file`, async () => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        order.push(number);
      });
    const reads = Promise.all(Array.from({ length: 12 }, (_, number) => read(number)));
    await vi.advanceTimersByTimeAsync(60);
    await reads;
    expect(order).toEqual(Array.from({ length: 12 }, (_, number) => number));
  } finally {
    vi.useRealTimers();
  }
});

test('one that fails gives its turn back', async () => {
  const turns = turnsOf({ atOnce: 1 });
  await expect(turns.run('/a/1', () => Promise.reject(new Error('no such file')))).rejects.toThrow('no such file');
  expect(await turns.run('/a/2', quick)).toBe('read');
});

test('six files in two folders that hold every thread that opens them leave one for a seventh', () => {
  const fifo = join(folder, 'fifo');
  execFileSync('mkfifo', [fifo]);
  writeFileSync(join(folder, 'good.pem'), 'content');
  // What opens a FIFO to read from it waits for a writer, in a thread of Node's pool, as with a network file system whose server is gone.
  const program = `
    import promises from 'node:fs/promises';
    import { syncBuiltinESMExports } from 'node:module';
    const { open } = promises;
    promises.open = (path, ...more) => (path.includes('/hangs-') ? open(${JSON.stringify(fifo)}, 'r') : open(path, ...more));
    syncBuiltinESMExports();
    const { readRegularFile } = await import(${JSON.stringify(join(import.meta.dirname, '..', '..', 'src', 'files', 'index.ts'))});
    for (const name of ['a/1', 'a/2', 'a/3', 'b/1', 'b/2', 'b/3']) readRegularFile('/hangs-' + name, { mostBytes: 9 }).catch(() => {});
    const { bytes } = await readRegularFile(${JSON.stringify(join(folder, 'good.pem'))}, { mostBytes: 9 });
    process.stdout.write(bytes, () => process.kill(process.pid, 'SIGKILL'));`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    encoding: 'utf8',
    timeout: 20_000,
    killSignal: 'SIGKILL',
  });
  expect(stdout).toBe('content');
});
