import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readRegularFile } from '../../src/files/read-regular-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'read-regular-file-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);
const written = (name: string, content: string | Uint8Array) => {
  writeFileSync(at(name), content);
  return at(name);
};
/** To itself. */
const link = (name: string) => {
  symlinkSync(name, at(name));
  return at(name);
};
const fifo = (name: string) => {
  execFileSync('mkfifo', [at(name)]);
  return at(name);
};
const mebibyte = { mostBytes: 1024 * 1024 };
const problem = async (path: string, bound = mebibyte) => {
  const read = await readRegularFile(path, bound);
  return 'problem' in read ? read.problem : undefined;
};

describe('a regular file', () => {
  test('is given with its permission bits, through links too', async () => {
    chmodSync(written('plain', 'content'), 0o640);
    symlinkSync('plain', at('link'));
    for (const name of ['plain', 'link'])
      expect(await readRegularFile(at(name), mebibyte)).toEqual({ bytes: Buffer.from('content'), mode: 0o640 });
  });

  test('as large as the bound is given whole; one byte more is a problem, or is cut where that is asked for', async () => {
    const [exact, more] = [written('exact', Buffer.alloc(1024, 1)), written('more', Buffer.alloc(1025, 1))];
    for (const longer of ['refuse', 'cut'] as const)
      expect(await readRegularFile(exact, { mostBytes: 1024, longer })).toHaveProperty('bytes.length', 1024);
    expect(await problem(more, { mostBytes: 1024 })).toMatchObject({ kind: 'too_large' });
    expect(await readRegularFile(more, { mostBytes: 1024, longer: 'cut' })).toHaveProperty('bytes.length', 1024);
  });

  test('names the bound in mebibytes', async () => {
    const path = written('large', Buffer.alloc(mebibyte.mostBytes + 1));
    expect(await problem(path)).toEqual({ kind: 'too_large', reason: 'is larger than 1 MiB' });
  });

  test('of no bytes is given', async () => {
    expect(await readRegularFile(written('empty', ''), mebibyte)).toHaveProperty('bytes.length', 0);
  });

  // Its stated size is 0, as that of a file that grows while it is read is too small.
  test.skipIf(!existsSync('/proc/self/status'))(
    'that states another size is read to its end, or to the bound',
    async () => {
      const read = await readRegularFile('/proc/self/status', mebibyte);
      expect('bytes' in read && read.bytes.toString()).toContain('Pid:');
      expect(await problem('/proc/self/status', { mostBytes: 16 })).toMatchObject({ kind: 'too_large' });
      expect(await readRegularFile('/proc/self/status', { mostBytes: 16, longer: 'cut' })).toHaveProperty(
        'bytes.length',
        16,
      );
    },
  );
});

describe('what is not one is a problem with a kind, a reason and the system’s code', () => {
  test.each([
    ['missing', 'does not exist', 'ENOENT', () => at('missing')],
    [
      'unreadable',
      'does not exist: a part of its path is not a directory',
      'ENOTDIR',
      () => join(written('flat', ''), 'x'),
    ],
    ['unreadable', 'goes round in symbolic links', 'ELOOP', () => link('round')],
    ['unreadable', 'is not a path', 'ERR_INVALID_ARG_VALUE', () => at('a\0b')],
    ['unreadable', 'is not a path: it is too long', 'ENAMETOOLONG', () => at('a'.repeat(5000))],
    ['not_regular', 'is a directory', undefined, () => folder],
    ['not_regular', 'is not a regular file', undefined, () => '/dev/zero'],
    ['not_regular', 'is not a regular file', undefined, () => fifo('fifo')],
  ])('%s: %s (%s)', async (kind, reason, code, path) => {
    expect(await problem(path())).toEqual({ kind, reason, ...(code && { code }) });
  });

  test('denied: when this account may not read it', async () => {
    chmodSync(written('locked', 'x'), 0o000);
    chmodSync(folder, 0o755);
    const root = process.geteuid?.() === 0;
    try {
      // Root may read everything; the refusal can only be seen as somebody else.
      if (root) process.seteuid?.(65_534);
      const found = await problem(at('locked'));
      expect(found).toMatchObject({ kind: 'denied', code: 'EACCES' });
      // Whose it is and who we are: usually that is all there is to know.
      expect(found?.reason).toMatch(
        /permission denied\): it belongs to .*, group \d+, with mode 0000, and this process runs as uid \d+, group \d+$/,
      );
    } finally {
      if (root) process.seteuid?.(0);
    }
  });
});

test.skipIf(!existsSync('/proc/self/fd'))('whatever it finds, no descriptor stays open', async () => {
  const before = readdirSync('/proc/self/fd').length;
  for (let round = 0; round < 20; round += 1) {
    for (const path of [written('again', 'x'), folder, '/dev/zero', at('missing')])
      await readRegularFile(path, mebibyte);
    await readRegularFile(at('again'), { mostBytes: 0 });
  }
  expect(readdirSync('/proc/self/fd').length).toBeLessThan(before + 20);
});
