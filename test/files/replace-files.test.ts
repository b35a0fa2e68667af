import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { replaceFiles, stageFiles } from '../../src/files/replace-files.ts';

const now = new Date('2027-03-01T09:00:00.123Z');
const stamp = '20270301T090000Z';
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mesh-cert-monitor-replace-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const path = (name: string) => join(folder, name);
const content = (text: string) => Buffer.from(text);
const left = () => readdirSync(folder).sort();

test('replacing: a file that was there keeps its mode, and the previous one stays next to it', async () => {
  writeFileSync(path('a'), 'before');
  chmodSync(path('a'), 0o640);
  const replaced = await replaceFiles([{ path: path('a'), content: content('after'), mode: 0o600 }], now);
  expect(replaced).toEqual([{ path: path('a'), previous: path(`a.previous-${stamp}`) }]);
  expect(left()).toEqual(['a', `a.previous-${stamp}`]);
  expect(readFileSync(path('a'), 'utf8')).toBe('after');
  expect(readFileSync(path(`a.previous-${stamp}`), 'utf8')).toBe('before');
  expect(statSync(path('a')).mode & 0o777).toBe(0o640);
});

/** Only root may give a file away. */
const other = process.getuid?.() === 0 ? 65534 : process.getuid?.();
const ownerOf = (name: string) => [statSync(path(name)).uid, statSync(path(name)).mode & 0o777];

test('replacing: new and previous file belong to whom the file belonged, so that its reader can read either', async () => {
  writeFileSync(path('a'), 'before', { mode: 0o600 });
  chownSync(path('a'), other ?? 0, -1);
  await replaceFiles([{ path: path('a'), content: content('after') }], now);
  expect(['a', `a.previous-${stamp}`].map(ownerOf)).toEqual([
    [other, 0o600],
    [other, 0o600],
  ]);
});

test('replacing: a new file belongs to whom its folder belongs to, whoever makes it', async () => {
  chownSync(folder, other ?? 0, -1);
  await replaceFiles([{ path: path('private_key.pem'), content: content('x') }], now);
  expect(ownerOf('private_key.pem')).toEqual([other, 0o600]);
});

test('replacing: putting back follows no link that somebody left there, and keeps the owner', async () => {
  writeFileSync(path('a'), 'before', { mode: 0o600 });
  chownSync(path('a'), other ?? 0, -1);
  writeFileSync(path('victim'), 'mine');
  symlinkSync(path('victim'), path('a.back'));
  const replacements = ['a', 'new'].map((name) => ({ path: path(name), content: content('after') }));
  const staged = await stageFiles(replacements, now);
  // Something that cannot be replaced has come in between.
  mkdirSync(path('new'));
  await expect(staged.swap()).rejects.toThrow('EISDIR');
  expect([left(), readFileSync(path('a'), 'utf8'), ownerOf('a')]).toEqual([
    ['a', 'a.back', 'new', 'victim'],
    'before',
    [other, 0o600],
  ]);
  expect(readFileSync(path('victim'), 'utf8')).toBe('mine');
});

test('replacing: a new file gets the mode that it is given, private unless said', async () => {
  expect(await replaceFiles([{ path: path('a'), content: content('x') }], now)).toEqual([{ path: path('a') }]);
  await replaceFiles([{ path: path('b'), content: content('x'), mode: 0o644 }], now);
  expect([path('a'), path('b')].map((each) => statSync(each).mode & 0o777)).toEqual([0o600, 0o644]);
});

test('replacing: what cannot be done for one file is done for none', async () => {
  writeFileSync(path('a'), 'before');
  const all = [
    { path: path('new'), content: content('x') },
    { path: path('a'), content: content('after') },
    { path: path('none/b'), content: content('x') },
  ];
  await expect(replaceFiles(all, now)).rejects.toThrow('ENOENT');
  expect(left()).toEqual(['a']);
  expect(readFileSync(path('a'), 'utf8')).toBe('before');
});

test('replacing: a link that leads nowhere is not taken for a new file', async () => {
  symlinkSync(path('nowhere'), path('a'));
  await expect(replaceFiles([{ path: path('a'), content: content('x') }], now)).rejects.toThrow('ENOENT');
  expect(left()).toEqual(['a']);
});
