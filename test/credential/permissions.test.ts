import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { statusOf } from '../../src/findings/finding.ts';
import { codes, read, type Workshop, workshop } from '../support/credential/workshop.ts';
import { type NhsLikePki, nhsLikePki } from '../support/pki.ts';
import { file, inline } from '../support/sources.ts';

const passphrase = 'correct horse battery';
let pki: NhsLikePki;
let shop: Workshop;
beforeAll(async () => {
  pki = await nhsLikePki();
});
beforeEach(() => {
  shop = workshop();
});
afterEach(() => {
  vi.unstubAllGlobals();
  shop.remove();
});

/** As the kubelet lays out a Secret without `defaultMode`: 0644 behind two links. */
function mountSecret(name: string, { version = '..2026_01_05_09_00_00.123456789', items = 'tls.key' } = {}): string {
  const volume = shop.path(name);
  mkdirSync(join(volume, version, items, '..'), { recursive: true });
  writeFileSync(join(volume, version, items), pki.client.encryptedKeyPem(passphrase));
  chmodSync(join(volume, version, items), 0o644);
  symlinkSync(version, join(volume, '..data'));
  const first = items.split('/')[0]!;
  symlinkSync(join('..data', first), join(volume, first));
  return join(volume, items);
}
const readKey = (path: string) => read({ privateKey: file(path), passphrase: inline(passphrase) });

test('a key in a Kubernetes volume is no warning for its mode, and the remedy is one that can be followed there', async () => {
  const { problems } = await readKey(mountSecret('volume'));
  expect(problems).toMatchObject([
    { code: 'private_key_permissions', severity: 'info', remedy: expect.stringContaining('defaultMode: 0440') },
  ]);
  expect(problems[0]?.message).toMatch(/tls\.key: any account in this container can read it \(mode 0644\)/);
  expect(statusOf(problems)).toBe('ok');
});

test('nor is one below a folder of the volume, or one that a link of our own leads to', async () => {
  const nested = mountSecret('nested', { items: 'mesh/client/tls.key' });
  symlinkSync(nested, shop.path('link.pem'));
  for (const path of [nested, shop.path('link.pem')])
    expect((await readKey(path)).problems.map(({ severity }) => severity)).toEqual(['info']);
});

test('a folder that only looks like a volume is no excuse', async () => {
  const path = mountSecret('volume');
  // What `..data` leads to now is another version than the one that the key is read from.
  const stale = join(shop.path('volume'), '..2026_01_05_09_00_00.123456789', 'tls.key');
  rmSync(join(shop.path('volume'), '..data'));
  symlinkSync('..elsewhere', join(shop.path('volume'), '..data'));
  expect((await readKey(stale)).problems.map(({ severity }) => severity)).toEqual(['warning']);
  expect(codes(await readKey(path))).toEqual(['private_key_unreadable']);

  shop.write('..hidden.key', pki.client.encryptedKeyPem(passphrase));
  chmodSync(shop.path('..hidden.key'), 0o644);
  expect((await readKey(shop.path('..hidden.key'))).problems.map(({ severity }) => severity)).toEqual(['warning']);
});

test('on Windows, where access control lists decide, the mode says nothing', async () => {
  const path = shop.write('key.pem', pki.client.encryptedKeyPem(passphrase));
  chmodSync(path, 0o666);
  expect(codes(await readKey(path))).toEqual(['private_key_permissions']);
  vi.stubGlobal('process', Object.create(process, { platform: { value: 'win32' } }));
  expect(codes(await readKey(path))).toEqual([]);
});
