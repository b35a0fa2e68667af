/** Writing to a real Vault server. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  policiesFor,
  prepareWrite,
  readSource,
  type StoreSource,
  type VaultSettings,
} from '../../../src/sources/index.ts';
import { inline } from '../../support/sources.ts';
import { goBackIn, type RealVault, startRealVault, vaultServer } from '../../support/stores/real-vault.ts';

describe.skipIf(!vaultServer)('writing to a real Vault', () => {
  let vault: RealVault;
  beforeAll(async () => {
    vault = await startRealVault();
  });
  afterAll(() => vault?.stop());

  let name = '';
  let tests = 0;
  beforeEach(() => {
    tests += 1;
    name = `mesh-${tests}`;
  });

  const local = (text: string) => inline(text) as VaultSettings['ca'] & object;
  const settings = (token: string): VaultSettings => ({
    address: vault.address,
    ca: local(vault.rootPem),
    auth: { kind: 'token', token: local(token) },
  });
  const at = (token: string, key = 'key', path = `kv/${name}`): StoreSource => ({
    kind: 'vault',
    path,
    key,
    store: settings(token),
  });
  const put = (data: object) => vault.must('POST', `kv/data/${name}`, { data });
  const now = async () => {
    const { data } = await vault.must('GET', `kv/data/${name}`);
    return { version: data.metadata.version as number, data: data.data as object };
  };
  const commit = async (source: StoreSource, content = 'k2') =>
    (await prepareWrite([{ source, content: Buffer.from(content) }], {})).commit();
  const refusal = (source: StoreSource) => commit(source).then(String, ({ message }: Error) => message);

  /** What `permissions --install` prints, without what a test leaves out, and with what it adds. */
  async function writer({ without = '', more = '', options = {}, path = `kv/${name}` } = {}) {
    const source = at('nobody', 'key', path);
    const text = String(policiesFor([source], [source])[0]!.value);
    const fewer = without === '' ? text : text.replace(new RegExp(`"${without}"(, )?`), '').replace(', ]', ']');
    return at(await vault.token(await vault.policy(`${fewer}\n${more}`), options), 'key', path);
  }

  test('the named keys become one new version, the others stay, and the printed command goes back with the same policy', async () => {
    await put({ key: 'k1', certificate: 'c1', other: [1, { two: 2 }] });
    const source = await writer();
    const certificate = { ...source, key: 'certificate' } as StoreSource;
    const puts = [
      { source, content: Buffer.from('k2') },
      { source: certificate, content: Buffer.from('c2') },
    ];
    const { written, back } = await (await prepareWrite(puts, {})).commit();
    expect(written).toMatchObject([
      { version: '2', previous: '1' },
      { version: '2', previous: '1' },
    ]);
    expect(await now()).toEqual({ version: 2, data: { key: 'k2', certificate: 'c2', other: [1, { two: 2 }] } });
    await goBackIn(vault, back[0]!, source);
    expect(await now()).toEqual({ version: 3, data: { key: 'k1', certificate: 'c1', other: [1, { two: 2 }] } });
  });

  test('a secret that does not exist is made, and one whose version was deleted or destroyed gets a new one', async () => {
    const source = await writer();
    expect(await commit(source, 'k1')).toMatchObject({ written: [{ version: '1' }], back: [] });
    await vault.must('DELETE', `kv/data/${name}`);
    expect(await commit(source)).toMatchObject({ written: [{ version: '2' }], back: [] });
    await vault.must('PUT', `kv/destroy/${name}`, { versions: [2] });
    await commit(source, 'k3');
    expect(await now()).toEqual({ version: 3, data: { key: 'k3' } });
  });

  test.each([
    ['patch', 'is there'],
    ['create', 'was never there'],
    ['update', 'was deleted'],
  ])(
    'without the capability %s, a secret that %s does not change, and the capability is named',
    async (without, was) => {
      if (was !== 'was never there') await put({ key: 'k1' });
      if (was === 'was deleted') await vault.must('DELETE', `kv/data/${name}`);
      const before = await vault.ask('GET', `kv/data/${name}`);
      const missing = `the permission ${without} on kv/data/${name} is missing: \`mesh-cert-monitor permissions --install\` prints what is needed`;
      expect(await refusal(await writer({ without }))).toBe(
        `Vault secret kv/${name} (key key) may not be written by this service; ${missing}`,
      );
      // A token without the default policy may not ask what it may do.
      expect(await refusal(await writer({ without, options: { no_default_policy: true } }))).toBe(
        `Vault secret kv/${name} (key key) could not be written: Vault refused writing KV (HTTP 403); ${missing}`,
      );
      const after = await vault.ask('GET', `kv/data/${name}`);
      expect([after.status, after.body.data]).toEqual([before.status, before.body.data]);
      expect(await commit(await writer({ options: { no_default_policy: true } }))).toBeDefined();
    },
  );

  test('without the capability to read, nothing is written', async () => {
    await put({ key: 'k1' });
    expect(await refusal(await writer({ without: 'read' }))).toContain(
      `the permission read on kv/data/${name} is missing`,
    );
    expect((await now()).version).toBe(1);
  });

  test.each([
    ['written', () => put({ key: 'theirs' }), { version: 2, data: { key: 'theirs' } }],
    ['deleted', () => vault.must('DELETE', `kv/data/${name}`), undefined],
  ] as const)('what others have %s in the meantime is left', async (_, meanwhile, left) => {
    await put({ key: 'k1' });
    const prepared = await prepareWrite([{ source: await writer(), content: Buffer.from('k2') }], {});
    await meanwhile();
    await expect(prepared.commit()).rejects.toThrow(
      `Vault secret kv/${name} (key key) was changed by someone else in the meantime; nothing of that was overwritten`,
    );
    expect(await now().catch(() => undefined)).toEqual(left);
  });

  test('a secret that others make in the meantime is left', async () => {
    const prepared = await prepareWrite([{ source: await writer(), content: Buffer.from('k2') }], {});
    await put({ key: 'theirs' });
    await expect(prepared.commit()).rejects.toThrow('was changed by someone else in the meantime');
    expect(await now()).toEqual({ version: 1, data: { key: 'theirs' } });
  });

  test('where check-and-set is required, it is given', async () => {
    await put({ key: 'k1' });
    await vault.must('POST', `kv/metadata/${name}`, { cas_required: true });
    await commit(await writer());
    expect(await now()).toEqual({ version: 2, data: { key: 'k2' } });
  });

  test('in an engine of version 1 nothing is written, and nothing is left at another path', async () => {
    expect(await refusal(await writer({ path: `old/${name}` }))).toBe(
      `Vault secret old/${name} (key key) is in a KV engine of version 1, and only version 2 is supported`,
    );
    for (const path of [name, `data/${name}`]) expect((await vault.ask('GET', `old/${path}`)).status).toBe(404);
  });

  test('an engine with a slash in its name is read and written where the configuration says so, and named where it does not', async () => {
    await vault.engine('teams/kv', '2');
    const path = `teams/kv/${name}`;
    const store = { ...settings('nobody'), mount: 'teams/kv' };
    const place = (of: VaultSettings): StoreSource => ({ kind: 'vault', path, key: 'key', store: of });
    const policy = String(policiesFor([place(store)], [place(store)])[0]!.value);
    const auth = { kind: 'token', token: local(await vault.token(await vault.policy(policy))) } as const;
    const source = place({ ...store, auth });
    await commit(source, 'k1');
    const { back } = await commit(source, 'k2');
    expect((await readSource(source, {})).toString()).toBe('k2');
    await goBackIn(vault, back[0]!, source);
    expect((await vault.must('GET', `teams/kv/data/${name}`)).data).toMatchObject({
      data: { key: 'k1' },
      metadata: { version: 3 },
    });
    const elsewhere = await vault.policy(`${policy}\npath "teams/data/*" {\n  capabilities = ["read"]\n}`);
    const mistaken = place(settings(await vault.token(elsewhere)));
    const says = 'is in the engine teams/kv: write `stores.vault.mount: teams/kv`';
    await expect(readSource(mistaken, {})).rejects.toThrow(says);
    expect(await refusal(mistaken)).toContain(says);
  });

  test('what was written is undone: a key that was new is removed, and the other is as it was', async () => {
    await put({ other: 'o', key: 'k1' });
    const source = await writer();
    const added = { ...source, key: 'added' } as StoreSource;
    const puts = [
      { source, content: Buffer.from('k2') },
      { source: added, content: Buffer.from('a') },
    ];
    const prepared = await prepareWrite(puts, {});
    await prepared.commit();
    expect(await prepared.undo()).toEqual([]);
    expect(await now()).toEqual({ version: 3, data: { other: 'o', key: 'k1' } });
  });

  test.each([
    ['that was not there', false, 'metadata delete'],
    ['whose version was deleted', true, 'delete'],
  ])('a secret %s is removed again, or the command for it is named', async (_, wasThere, removal) => {
    const path = removal === 'delete' ? `kv/data/${name}` : `kv/metadata/${name}`;
    const begin = async () => {
      await vault.must('DELETE', `kv/metadata/${name}`);
      if (!wasThere) return;
      await put({ key: 'k0' });
      await vault.must('DELETE', `kv/data/${name}`);
    };
    const undone = async (source: StoreSource) => {
      await begin();
      const prepared = await prepareWrite([{ source, content: Buffer.from('k1') }], {});
      await prepared.commit();
      return prepared.undo();
    };
    const more = `path "${path}" {\n  capabilities = ["create", "delete", "patch", "read", "update"]\n}`;
    expect(await undone(await writer({ more }))).toEqual([]);
    const { status, body } = await vault.ask('GET', `kv/data/${name}`);
    expect([status, body.data?.metadata.version]).toEqual([404, wasThere ? 2 : undefined]);
    expect(await undone(await writer())).toEqual([
      `Vault secret kv/${name} (key key) was made new and is still there (Vault refused deleting KV (HTTP 403)); to remove it: VAULT_ADDR=${vault.address} vault kv ${removal} -mount=kv ${name}`,
    ]);
  });
});
