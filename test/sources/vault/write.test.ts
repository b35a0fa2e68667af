import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Put, prepareWrite, type StoreSource, type VaultSettings } from '../../../src/sources/index.ts';
import { inline } from '../../support/sources.ts';
import { startVault, type VaultStandIn } from '../../support/stores/vault.ts';

let vault: VaultStandIn;
beforeAll(async () => {
  vault = await startVault();
});
afterAll(() => vault?.stop());
let tests = 0;
beforeEach(() => {
  vault.secrets.clear();
  vault.capabilities.clear();
  vault.beforeWrite = undefined;
  vault.tokens.add('planted-given');
  tests += 1;
});

const local = (text: string) => inline(text) as VaultSettings['ca'] & object;
const settings = (): VaultSettings => ({
  address: vault.address,
  namespace: `write-${tests}`,
  ca: local(vault.rootPem),
  auth: { kind: 'token', token: local('planted-given') },
});
const put = (key: string, text: string, path = 'kv/mesh/int'): Put<StoreSource> => ({
  source: { kind: 'vault', path, key, store: settings() },
  content: Buffer.from(text),
});
const commit = async (...puts: readonly Put[]) => (await prepareWrite(puts, {})).commit();
const refusal = async (...puts: readonly Put[]) => String(await commit(...puts).catch((error: Error) => error.message));

test('vault: values of one secret become one new version, and its other keys stay', async () => {
  vault.secrets.set('kv/mesh/int', { version: 3, data: { certificate: 'c1', key: 'k1', other: [1, 2] } });
  const { written, back } = await commit(put('key', 'k2'), put('certificate', 'c2'));
  expect(vault.secrets.get('kv/mesh/int')).toEqual({
    version: 4,
    data: { certificate: 'c2', key: 'k2', other: [1, 2] },
  });
  expect(written).toEqual([
    { place: 'Vault secret kv/mesh/int (key key)', version: '4', previous: '3' },
    { place: 'Vault secret kv/mesh/int (key certificate)', version: '4', previous: '3' },
  ]);
  expect(back).toEqual([
    `VAULT_ADDR=${vault.address} VAULT_NAMESPACE=write-${tests} vault kv rollback -mount=kv -version=3 mesh/int`,
  ]);
});

test('vault: a secret that does not exist is made', async () => {
  const { written, back } = await commit(put('key', 'k1', 'kv/new'));
  expect({ written, back }).toEqual({ written: [{ place: 'Vault secret kv/new (key key)', version: '1' }], back: [] });
  expect(vault.secrets.get('kv/new')?.data).toEqual({ key: 'k1' });
});

test('vault: what others wrote in the meantime is not overwritten', async () => {
  vault.secrets.set('kv/mesh/int', { version: 3, data: { key: 'k1' } });
  vault.beforeWrite = () => vault.secrets.set('kv/mesh/int', { version: 4, data: { key: 'theirs' } });
  expect(await refusal(put('key', 'k2'))).toBe(
    'Vault secret kv/mesh/int (key key) was changed by someone else in the meantime; nothing of that was overwritten',
  );
  expect(vault.secrets.get('kv/mesh/int')?.data).toEqual({ key: 'theirs' });
});

test('vault: without the capability, it is named before anything is written', async () => {
  for (const path of ['kv/a', 'kv/b']) vault.secrets.set(path, { version: 1, data: { key: 'k1' } });
  vault.capabilities.set('kv/b', ['read', 'list']);
  expect(await refusal(put('key', 'k2', 'kv/a'), put('key', 'k2', 'kv/b'))).toBe(
    'Vault secret kv/b (key key) may not be written by this service; the permission patch on kv/data/b is missing: `mesh-cert-monitor permissions --install` prints what is needed',
  );
  expect(vault.secrets.get('kv/a')?.version).toBe(1);
});

test.each([
  ['that was not there', undefined, 'metadata delete'],
  ['whose last version is deleted', { version: 2 }, 'delete'],
])(
  'vault: a secret %s is as it was when something fails after it, or the command for that is named',
  async (_, before, removal) => {
    const fail = () => {
      vault.secrets.set('kv/b', { version: 1, data: { key: 'k1' } });
      let writes = 0;
      vault.beforeWrite = () => {
        writes += 1;
        if (writes === 2) vault.secrets.set('kv/b', { version: 2, data: { key: 'theirs' } });
      };
      return refusal(put('key', 'k2', 'kv/new'), put('key', 'k2', 'kv/b'));
    };
    if (before) vault.secrets.set('kv/new', before);
    vault.capabilities.set('kv/new', ['create', 'update', 'read', 'delete']);
    expect(await fail()).not.toContain('put back');
    expect(vault.secrets.get('kv/new')?.data).toBeUndefined();
    expect(vault.secrets.has('kv/new')).toBe(before !== undefined);

    vault.capabilities.set('kv/new', ['create', 'update', 'read']);
    expect(await fail()).toMatch(
      new RegExp(
        `kv/new \\(key key\\) was made new and is still there \\(Vault refused deleting KV \\(HTTP 403\\)\\); to remove it: VAULT_ADDR=\\S+ \\S+ vault kv ${removal} -mount=kv new$`,
      ),
    );
  },
);

test('vault: what was written before something failed is put back, and a key that was new is removed', async () => {
  vault.secrets.set('kv/a', { version: 1, data: { other: 'o', key: 'k1' } });
  vault.secrets.set('kv/b', { version: 1, data: { key: 'k1' } });
  let writes = 0;
  vault.beforeWrite = () => {
    writes += 1;
    if (writes === 2) vault.secrets.set('kv/b', { version: 2, data: { key: 'theirs' } });
  };
  expect(await refusal(put('key', 'k2', 'kv/a'), put('new', 'n', 'kv/a'), put('key', 'k2', 'kv/b'))).toContain('kv/b');
  expect(vault.secrets.get('kv/a')).toEqual({ version: 3, data: { other: 'o', key: 'k1' } });
  expect(vault.secrets.get('kv/b')?.data).toEqual({ key: 'theirs' });
  for (const each of vault.seen) expect(each).not.toContain('planted');
});
