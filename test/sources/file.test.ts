import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { limits } from '../../src/limits/index.ts';
import { readSource, type Source } from '../../src/sources/index.ts';
import { refusal } from '../support/refusal.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'mesh-cert-monitor-source-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const path = (name: string) => join(directory, name);
const file = (name: string): Source => ({ kind: 'file', path: path(name) });

test('symbolic links are followed, as Kubernetes mounts need', async () => {
  mkdirSync(path('..2026_01_01'));
  writeFileSync(join(path('..2026_01_01'), 'tls.crt'), 'first');
  symlinkSync('..2026_01_01', path('..data'));
  symlinkSync(join('..data', 'tls.crt'), path('tls.crt'));
  expect((await readSource(file('tls.crt'), {})).toString()).toBe('first');
});

test('a file of exactly 1 MiB is read, one byte more is refused', async () => {
  writeFileSync(path('largest'), Buffer.alloc(limits.sourceBytes));
  writeFileSync(path('larger'), Buffer.alloc(limits.sourceBytes + 1));
  expect(await readSource(file('largest'), {})).toHaveLength(limits.sourceBytes);
  expect(await refusal(file('larger'))).toBe(`${path('larger')} is larger than 1 MiB`);
});

test('a file that says it is empty is read to its end all the same', async () => {
  const content = await readSource({ kind: 'file', path: '/proc/self/status' }, {});
  expect(content.toString()).toContain('Pid:');
});

test.each([
  ['is missing', () => file('missing'), 'missing does not exist'],
  ['is a directory', () => ({ kind: 'file', path: directory }) as const, 'is a directory'],
  ['is a device', () => ({ kind: 'file', path: '/dev/zero' }) as const, '/dev/zero is not a regular file'],
  ['lies below a file', () => file('value/below'), 'a part of its path is not a directory'],
  ['has a NUL in its name', () => file('a\0b'), 'a\\u{0}b is not a path'],
  ['has a line end in its name', () => file('a\nCRITICAL'), 'a\\u{a}CRITICAL does not exist'],
  ['has an endless name', () => file('a'.repeat(5000)), 'it is too long'],
])('a path that %s is refused with its reason', async (_, source, reason) => {
  writeFileSync(path('value'), 'x');
  expect(await refusal(source())).toContain(reason);
});

test('a FIFO that nobody writes to does not hold us up', async () => {
  execFileSync('mkfifo', [path('fifo')]);
  expect(await refusal(file('fifo'))).toContain('is not a regular file');
});

test('symbolic links that go round in circles are refused', async () => {
  symlinkSync('round', path('round'));
  expect(await refusal(file('round'))).toContain('goes round in symbolic links');
});

test('a file that this process may not read is refused', async () => {
  writeFileSync(path('locked'), 'x');
  chmodSync(path('locked'), 0o000);
  const root = process.geteuid?.() === 0;
  try {
    // Root may read everything; the refusal can only be seen as somebody else.
    if (root) process.seteuid?.(65_534);
    expect(await refusal(file('locked'))).toContain('permission denied');
  } finally {
    if (root) process.seteuid?.(0);
  }
});
