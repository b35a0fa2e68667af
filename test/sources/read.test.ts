import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { limits } from '../../src/limits/index.ts';
import { readSecret, readSource, type Source } from '../../src/sources/index.ts';
import { Secret } from '../../src/sources/secret.ts';
import { refusal } from '../support/refusal.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'mesh-cert-monitor-source-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const path = (name: string) => join(directory, name);
const file = (name: string): Source => ({ kind: 'file', path: path(name) });
const variable: Source = { kind: 'env', name: 'MESH_TEST_VALUE' };

test('a file, a variable and a plain value are read as they are', async () => {
  writeFileSync(path('value'), 'from a file\n');
  expect((await readSource(file('value'), {})).toString()).toBe('from a file\n');
  expect((await readSource(variable, { MESH_TEST_VALUE: 'from £ a variable' })).toString()).toBe('from £ a variable');
  expect((await readSource({ kind: 'inline', value: new Secret('plain') }, {})).toString()).toBe('plain');
});

test.each([
  ['one line feed', 'secret\n', 'secret'],
  ['one CRLF', 'secret\r\n', 'secret'],
  ['only one of two', 'secret\n\n', 'secret\n'],
  ['no space', ' secret ', ' secret '],
  ['a UTF-8 byte order mark', Buffer.from('\ufeffp£ss'), 'p£ss'],
  ['nothing of Latin-1', Buffer.from('p£ss\n', 'latin1'), 'p£ss'],
  ['a UTF-16 byte order mark', Buffer.from('\ufeffp£ss\r\n', 'utf16le'), 'p£ss'],
  ['a big-endian one', Buffer.from('\ufeffp£ss', 'utf16le').swap16(), 'p£ss'],
])('a secret loses %s', async (_, content, expected) => {
  writeFileSync(path('secret'), content);
  expect((await readSecret(file('secret'), {})).reveal()).toBe(expected);
});

test('an empty secret is refused, and no refusal repeats a value', async () => {
  writeFileSync(path('empty'), '\n');
  expect(await refusal(file('empty'), {}, readSecret)).toBe(`${path('empty')} is empty`);
  const long = `hunter2${'x'.repeat(limits.sourceBytes)}`;
  expect(await refusal({ kind: 'inline', value: new Secret(long) })).toBe('the configuration is larger than 1 MiB');
});
