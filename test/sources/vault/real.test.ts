/** Against a real Vault server: what the stand-in has by hearsay is so. */
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  policiesFor,
  readContent,
  readSource,
  refreshSources,
  type StoreSource,
  type VaultSettings,
} from '../../../src/sources/index.ts';
import type { Secret } from '../../../src/sources/secret.ts';
import { eventually } from '../../support/process.ts';
import { inline } from '../../support/sources.ts';
import { type RealVault, startRealVault, vaultServer } from '../../support/stores/real-vault.ts';

describe.skipIf(!vaultServer)('a real Vault', () => {
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
  const settings = (auth: VaultSettings['auth']): VaultSettings => ({
    address: vault.address,
    ca: local(vault.rootPem),
    auth,
  });
  const withToken = (token: string) => settings({ kind: 'token', token: local(token) });
  const at = (store: VaultSettings, key = 'password', path = `kv/${name}`): StoreSource => ({
    kind: 'vault',
    path,
    key,
    store,
  });
  const put = (data: object, path = name) => vault.must('POST', `kv/data/${path}`, { data });
  const text = async (source: StoreSource) => (await readSource(source, {})).toString();
  const printed = (...sources: readonly StoreSource[]) => vault.policy(String(policiesFor(sources)[0]!.value));
  /** With the policy that `permissions` prints. */
  const allowed = async (more?: object) => {
    const policy = await printed(at(withToken('nobody')));
    return withToken(await vault.token(policy, more));
  };

  test('the policy that permissions prints is enough to read, and for nothing else', async () => {
    await put({ password: 'p', certificate: 'c' });
    await put({ password: 'planted' }, `${name}-other`);
    const token = await vault.token(await printed(at(withToken('nobody'))), { no_default_policy: true });
    const store = withToken(token);
    await refreshSources([[at(store), at(store, 'certificate')]], {});
    expect(await Promise.all([at(store), at(store, 'certificate')].map(text))).toEqual(['p', 'c']);
    await expect(readSource(at(store, 'password', `kv/${name}-other`), {})).rejects.toMatchObject({
      unavailable: { kind: 'denied', operation: 'reading KV', errorClass: 'HTTP 403' },
    });
    for (const [method, path] of [
      ['POST', `kv/data/${name}`],
      ['PATCH', `kv/data/${name}`],
      ['DELETE', `kv/data/${name}`],
      ['GET', `kv/metadata/${name}`],
      ['LIST', 'kv/metadata'],
    ] as const)
      expect(await vault.ask(method, path, { data: { password: 'x' } }, { 'x-vault-token': token })).toMatchObject({
        status: 403,
      });
  });

  test('values of one secret come from one version, however often it is rotated meanwhile', async () => {
    await put({ certificate: '0', private_key: '0' });
    const store = await allowed();
    const parts = ['certificate', 'private_key'].map((key) => at(store, key));
    let rotations = 0;
    let isRead = false;
    const rotate = async () => {
      for (; !isRead; rotations += 1) await put({ certificate: String(rotations), private_key: String(rotations) });
    };
    const rotating = rotate();
    const seen = new Set<string>();
    for (let cycle = 0; cycle < 10 || seen.size < 2; cycle += 1) {
      await refreshSources([parts], {});
      const [certificate, key] = await Promise.all(parts.map(text));
      expect(key).toBe(certificate);
      seen.add(key!);
    }
    isRead = true;
    await rotating;
  });

  test('a version that was deleted, brought back, or destroyed, and what was never there', async () => {
    await put({ password: 'p1' });
    const store = await allowed();
    const now = async () => {
      await refreshSources([[at(store)]], {});
      return text(at(store)).catch(({ message, isMissing }: { message: string; isMissing: boolean }) => [
        message,
        isMissing,
      ]);
    };
    expect(await now()).toBe('p1');
    const gone = [`Vault secret kv/${name} (key password) has a current version that was deleted`, true];
    await vault.must('DELETE', `kv/data/${name}`);
    expect(await now()).toEqual(gone);
    await vault.must('POST', `kv/undelete/${name}`, { versions: [1] });
    expect(await now()).toBe('p1');
    await vault.must('PUT', `kv/destroy/${name}`, { versions: [1] });
    expect(await now()).toEqual(gone);
    // One that will be deleted some day is there today.
    await vault.must('POST', `kv/metadata/${name}`, { delete_version_after: '1h' });
    await put({ password: 'p2' });
    expect(await now()).toBe('p2');
    await vault.must('DELETE', `kv/metadata/${name}`);
    expect(await now()).toEqual([`Vault secret kv/${name} (key password) does not exist`, true]);
  });

  test('a secret in an engine of version 1 is not said to be absent, and one in no engine is', async () => {
    await vault.must('POST', `old/${name}`, { password: 'p' });
    const paths = [`old/${name}`, `none/${name}`];
    const policy = await printed(...paths.map((path) => at(withToken('nobody'), 'password', path)));
    const store = withToken(await vault.token(policy));
    await expect(readSource(at(store, 'password', paths[0]), {})).rejects.toThrow(
      'is in a KV engine of version 1, and only version 2 is supported',
    );
    await expect(readSource(at(store, 'password', paths[1]), {})).rejects.toThrow('does not exist');
  });

  test('a secret that is too large, and values that are not text, are refused by themselves', async () => {
    await put({ password: 'p', list: ['planted'], number: 12345678 });
    const large = `${name}-large`;
    await put(
      Object.fromEntries(Array.from({ length: 5 }, (_, index) => [`v${index}`, 'x'.repeat(1024 * 1024)])),
      large,
    );
    const sources = (store: VaultSettings) => [
      at(store, 'v0', `kv/${large}`),
      at(store),
      at(store, 'list'),
      at(store, 'number'),
    ];
    const store = withToken(await vault.token(await printed(...sources(withToken('nobody')))));
    const [tooLarge, password, list, number] = sources(store) as [StoreSource, StoreSource, StoreSource, StoreSource];
    await refreshSources([[tooLarge], [password, list, number]], {});
    await expect(readSource(tooLarge, {})).rejects.toThrow('larger than 4 MiB');
    await expect(readSource(list, {})).rejects.toThrow('is not text');
    expect(await Promise.all([password, number].map(text))).toEqual(['p', '12345678']);
    expect((await readContent(password, {})).unavailable).toBeUndefined();
    await refreshSources([[tooLarge], [password, list, number]], {});
    expect((await readContent(password, {})).unavailable).toBeUndefined();
  });

  test('a token that has ended, was revoked, is only a wrapping or is none is refused', async () => {
    await put({ password: 'p' });
    const short = await allowed();
    expect(await text(at(short))).toBe('p');
    const { value } = (short.auth as VaultSettings['auth'] & { kind: 'token' }).token as { value: Secret };
    const token = value.reveal();
    await vault.must('POST', 'auth/token/renew', { token, increment: '1s' });
    await eventually(
      () => 'the token does not end',
      async () => ((await vault.ask('POST', 'auth/token/lookup', { token })).status === 403 ? true : undefined),
    );
    await refreshSources([[at(short)]], {});
    const policy = await printed(at(short));
    const revoked = await vault.token(policy);
    await vault.must('POST', 'auth/token/revoke', { token: revoked });
    const wrapped = await vault.must(
      'POST',
      'sys/wrapping/wrap',
      { password: 'planted' },
      { 'x-vault-wrap-ttl': '60' },
    );
    const refused = { unavailable: { kind: 'denied', operation: 'reading KV', errorClass: 'HTTP 403' } };
    // What was read before stays.
    expect(await readContent(at(short), {})).toMatchObject({ bytes: Buffer.from('p'), ...refused });
    for (const token of [revoked, wrapped.wrap_info.token, 'hvs.planted-nothing'])
      await expect(text(at(withToken(token)))).rejects.toMatchObject(refused);
  });

  let roles = 0;
  /** A role with the policy that `permissions` prints. */
  async function role(more: object = {}, secretId: object = {}) {
    roles += 1;
    const name = `role-${roles}`;
    const policy = await printed(at(withToken('nobody')));
    await vault.must('POST', `auth/approle/role/${name}`, { token_policies: [policy], ...more });
    const { data: id } = await vault.must('GET', `auth/approle/role/${name}/role-id`);
    const { data: secret } = await vault.must('POST', `auth/approle/role/${name}/secret-id`, {
      num_uses: 10,
      ...secretId,
    });
    return {
      store: settings({
        kind: 'app_role',
        mount: 'approle',
        roleId: local(id.role_id),
        secretId: local(secret.secret_id),
      }),
      async logins() {
        const { body } = await vault.ask('POST', `auth/approle/role/${name}/secret-id/lookup`, {
          secret_id: secret.secret_id,
        });
        return 10 - body.data.secret_id_num_uses;
      },
      revokeTokens: async () => {
        const { data } = await vault.must('LIST', 'auth/token/accessors');
        for (const accessor of data.keys) {
          const { body } = await vault.ask('POST', 'auth/token/lookup-accessor', { accessor });
          if (body.data?.meta?.role_name === name) await vault.must('POST', 'auth/token/revoke-accessor', { accessor });
        }
      },
    };
  }
  const cycle = async (store: VaultSettings) => {
    await refreshSources([[at(store)]], {});
    return text(at(store));
  };

  test('AppRole logs in once, and again when its token was revoked', async () => {
    await put({ password: 'p' });
    const { store, logins, revokeTokens } = await role();
    expect([await cycle(store), await cycle(store), await logins()]).toEqual(['p', 'p', 1]);
    await revokeTokens();
    expect([await cycle(store), await cycle(store), await logins()]).toEqual(['p', 'p', 2]);
  });

  test('AppRole logs in again before a token ends, and after one that had one use', async () => {
    await put({ password: 'p' });
    const hour = await role({ token_ttl: '1h', token_max_ttl: '1h' });
    expect(await cycle(hour.store)).toBe('p');
    const { now } = performance;
    const later = vi.spyOn(performance, 'now').mockImplementation(() => now.call(performance) + 3_571_000);
    expect([await cycle(hour.store), await hour.logins()]).toEqual(['p', 2]);
    later.mockRestore();
    const once = await role({ token_ttl: '1h', token_num_uses: 1 });
    expect([await cycle(once.store), await cycle(once.store), await once.logins()]).toEqual(['p', 'p', 2]);
    const batch = await role({ token_ttl: '1h', token_num_uses: 0, token_type: 'batch' });
    expect([await cycle(batch.store), await cycle(batch.store), await batch.logins()]).toEqual(['p', 'p', 1]);
  });

  test('a secret ID that is wrong or used up is named as a login that was refused', async () => {
    await put({ password: 'p' });
    const { store } = await role();
    const refused = {
      unavailable: { kind: 'denied', operation: 'AppRole login', errorClass: 'HTTP 400' },
    };
    const { auth } = store;
    if (auth.kind !== 'app_role') throw new Error('not an AppRole');
    await expect(text(at(settings({ ...auth, secretId: local('planted-wrong') })))).rejects.toMatchObject(refused);
    await expect(text(at(settings({ ...auth, roleId: local('planted-wrong') })))).rejects.toMatchObject(refused);
    const used = await role({}, { num_uses: 1 });
    expect(await cycle(used.store)).toBe('p');
    await used.revokeTokens();
    await refreshSources([[at(used.store)]], {});
    expect(await readContent(at(used.store), {})).toMatchObject(refused);
  });

  test('a quota is a store that throttles, and a sealed Vault one that does not answer', async () => {
    await put({ password: 'p' });
    const [throttled, sealed, after] = [await allowed(), await allowed(), await allowed()];
    await vault.must('POST', 'sys/quotas/rate-limit/test', { path: `kv/data/${name}`, rate: 0.001 });
    await vault.ask('GET', `kv/data/${name}`);
    await expect(text(at(throttled))).rejects.toMatchObject({
      unavailable: { kind: 'throttled', errorClass: 'HTTP 429' },
    });
    await vault.must('DELETE', 'sys/quotas/rate-limit/test');
    await vault.must('PUT', 'sys/seal');
    await expect(text(at(sealed))).rejects.toMatchObject({
      unavailable: { kind: 'unreachable', errorClass: 'HTTP 503' },
    });
    await vault.unseal();
    expect(await text(at(after))).toBe('p');
  });
});
