import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { readSource, refreshSources, type Source, type VaultSettings } from '../../../src/sources/index.ts';
import { usableMs } from '../../../src/sources/vault/login.ts';
import { inline, variable } from '../../support/sources.ts';
import { startVault, type VaultStandIn } from '../../support/stores/vault.ts';

let vault: VaultStandIn;
beforeAll(async () => {
  vault = await startVault();
});
afterAll(() => vault?.stop());
beforeEach(() => {
  vault.secrets.clear();
  vault.logins.clear();
  vault.tokens.clear();
  vault.forbidden.clear();
  vault.answer = undefined;
  vault.leaseSeconds = 3600;
  vault.nextToken = undefined;
  vault.asked();
});

// Sources with the same settings share what was read, so each test has a namespace of its own.
let tests = 0;
function settings(auth: VaultSettings['auth']): VaultSettings {
  tests += 1;
  return { address: vault.address, namespace: `test-${tests}`, ca: local(vault.rootPem), auth };
}
const local = (text: string) => inline(text) as Extract<Source, { kind: 'inline' }>;
const withToken = () => {
  vault.tokens.add('planted-given');
  return settings({ kind: 'token', token: local('planted-given') });
};
const at = (store: VaultSettings, key = 'password', path = 'kv/mesh/int'): Source => ({
  kind: 'vault',
  path,
  key,
  store,
});
const text = async (source: Source) => (await readSource(source, {})).toString();
const put = (version: number, data: Record<string, unknown> | undefined) =>
  vault.secrets.set('kv/mesh/int', { version, data });

test('vault: the values of one secret come from one answer, and from one version', async () => {
  const store = withToken();
  put(1, { certificate: 'c1', private_key: 'k1' });
  const parts = ['certificate', 'private_key'].map((key) => at(store, key));
  expect(await Promise.all(parts.map(text))).toEqual(['c1', 'k1']);
  expect(vault.asked()).toEqual(['GET /v1/kv/data/mesh/int']);
  put(2, { certificate: 'c2', private_key: 'k2' });
  await refreshSources([parts], {});
  expect(await Promise.all(parts.map(text))).toEqual(['c2', 'k2']);
});

test('vault: AppRole logs in once, and again when the token ends or is revoked', async () => {
  vault.logins.set('approle', { role_id: 'role', secret_id: 'planted-secret-id' });
  const store = settings({
    kind: 'app_role',
    mount: 'approle',
    roleId: local('role'),
    secretId: local('planted-secret-id'),
  });
  put(1, { password: 'p' });
  const cycle = async () => {
    await refreshSources([[at(store)]], {});
    expect(await text(at(store))).toBe('p');
    return vault.asked().filter((each) => each.startsWith('POST'));
  };
  expect(await cycle()).toEqual(['POST /v1/auth/approle/login']);
  expect(await cycle()).toEqual([]);
  vault.tokens.clear();
  expect(await cycle()).toEqual(['POST /v1/auth/approle/login']);
});

test('vault: the namespace is named with the login and with each read', async () => {
  const store = withRole();
  put(1, { password: 'p' });
  vault.seen.length = 0;
  await text(at(store));
  expect(vault.seen).toHaveLength(2);
  for (const each of vault.seen) expect(each).toContain(`"x-vault-namespace":"${store.namespace}"`);
});

const withRole = () => {
  vault.logins.set('approle', { role_id: 'role', secret_id: 's' });
  return settings({ kind: 'app_role', mount: 'approle', roleId: local('role'), secretId: local('s') });
};
const logins = () => vault.asked().filter((each) => each.startsWith('POST'));

test('vault: a token that was logged in for lasts until half a minute before its end, and a short one for half its life', () => {
  expect(usableMs(3600)).toBe(3_570_000);
  expect(usableMs(20)).toBe(10_000);
  expect(usableMs(60)).toBe(30_000);
});

test.each([0, -1, Number.NaN, undefined, null, '3600', {}])(
  'vault: with a lease of %s, a token is used until it is refused',
  async (lease) => {
    expect(usableMs(lease)).toBe(Number.POSITIVE_INFINITY);
    const store = withRole();
    vault.leaseSeconds = lease;
    put(1, { password: 'p' });
    for (let cycle = 0; cycle < 3; cycle += 1) await refreshSources([[at(store)]], {});
    expect(logins()).toHaveLength(1);
  },
);

test('vault: calls that are refused together log in again once', async () => {
  const store = withRole();
  const paths = Array.from({ length: 12 }, (_, index) => `kv/mesh/${index}`);
  for (const path of paths) vault.secrets.set(path, { version: 1, data: { password: path } });
  const groups = paths.map((path) => [at(store, 'password', path)]);
  await refreshSources(groups, {});
  logins();
  vault.tokens.clear();
  await refreshSources(groups, {});
  expect(logins()).toHaveLength(1);
  for (const [source] of groups) expect(await text(source!)).toMatch(/^kv\/mesh\//);
});

test('vault: secrets that may not be read do not cause a login each, nor one in each cycle', async () => {
  const store = withRole();
  put(1, { password: 'p' });
  const forbidden = Array.from({ length: 8 }, (_, index) => `kv/forbidden/${index}`);
  for (const path of forbidden) vault.forbidden.add(path);
  const cycle = () => refreshSources([[at(store)], ...forbidden.map((path) => [at(store, 'password', path)])], {});
  for (let count = 0; count < 4; count += 1) await cycle();
  // One to begin with, and one to find out whether another token may read them.
  expect(logins()).toHaveLength(2);
  expect(await text(at(store))).toBe('p');
  await expect(readSource(at(store, 'password', forbidden[0]), {})).rejects.toThrow('refused reading KV (HTTP 403)');
});

test('vault: Kubernetes auth logs in with the service account, at the mount that was configured', async () => {
  vault.logins.set('clusters/leeds', { role: 'mesh', jwt: 'planted-jwt' });
  const token = variable('JWT') as Extract<Source, { kind: 'env' }>;
  const store = settings({ kind: 'kubernetes', mount: 'clusters/leeds', role: 'mesh', token });
  put(1, { password: 'p' });
  expect((await readSource(at(store), { JWT: 'planted-jwt' })).toString()).toBe('p');
});

test('vault: a secret, a version or a key that is not there', async () => {
  const store = withToken();
  put(3, undefined);
  await expect(readSource(at(store, 'x', 'kv/mesh/none'), {})).rejects.toMatchObject({
    message: 'Vault secret kv/mesh/none (key x) does not exist',
    isMissing: true,
  });
  await expect(readSource(at(store), {})).rejects.toMatchObject({
    message: 'Vault secret kv/mesh/int (key password) has a current version that was deleted',
    isMissing: true,
  });
  vault.secrets.set('kv/other', { version: 1, data: { a: 1, b: { c: 'planted' } } });
  await expect(readSource(at(store, 'd', 'kv/other'), {})).rejects.toThrow(
    'does not exist; the secret has 2 other keys',
  );
  await expect(readSource(at(store, 'b', 'kv/other'), {})).rejects.toThrow('is not text');
});

test.each([
  ['forbidden', { status: 403 }, 'refused reading KV (HTTP 403)', 'denied'],
  ['throttled', { status: 429 }, 'did not answer reading KV (HTTP 429)', 'throttled'],
  ['sealed', { status: 503 }, 'did not answer reading KV (HTTP 503)', 'unreachable'],
  ['cut off', 'reset', 'did not answer reading KV (ECONNRESET)', 'unreachable'],
  ['silent', 'hang', 'did not answer reading KV (no answer in time)', 'unreachable'],
] as const)('vault: a server that is %s is named with operation and class', async (_, answer, says, kind) => {
  const store = withToken();
  vault.answer = answer;
  await expect(readSource(at(store), {})).rejects.toMatchObject({
    message: `Vault secret kv/mesh/int (key password) could not be read: Vault ${says}`,
    unavailable: { kind },
  });
});

test('vault: a login that is refused, and a secret ID that is not at hand', async () => {
  const roleId = local('role');
  const refused = settings({ kind: 'app_role', mount: 'approle', roleId, secretId: local('planted-wrong') });
  await expect(readSource(at(refused), {})).rejects.toMatchObject({
    message: expect.stringContaining('Vault refused AppRole login (HTTP 400)') as string,
  });
  const absent = settings({
    kind: 'app_role',
    mount: 'approle',
    roleId,
    secretId: { kind: 'env', name: 'NO_SECRET_ID' },
  });
  await expect(readSource(at(absent), {})).rejects.toMatchObject({
    unavailable: { operation: 'logging in', errorClass: 'variable NO_SECRET_ID is not set' },
  });
});

test('vault: a token that cannot be sent is named, and not quoted', async () => {
  const given = settings({ kind: 'token', token: local('planted-token\n\n') });
  const error: unknown = await readSource(at(given), {}).catch((reason: unknown) => reason);
  expect(error).toMatchObject({
    unavailable: { kind: 'failed', errorClass: expect.stringMatching(/^the configuration is not a token: /) as string },
  });
  expect(`${String(error)}${JSON.stringify(error)}`).not.toContain('planted');
  vault.logins.set('approle', { role_id: 'role', secret_id: 's' });
  vault.nextToken = 'planted\ntoken';
  const role = settings({ kind: 'app_role', mount: 'approle', roleId: local('role'), secretId: local('s') });
  await expect(readSource(at(role), {})).rejects.toMatchObject({
    unavailable: { kind: 'failed', operation: 'AppRole login', errorClass: 'the token given is not one' },
  });
  expect(vault.asked()).toEqual(['POST /v1/auth/approle/login']);
});

test('vault: a secret nested deeper than can be written is a problem of that secret alone', async () => {
  const store = withToken();
  put(1, { password: 'p' });
  const depth = 300_000;
  vault.secrets.set('kv/deep', { version: 1, data: {}, json: `{"password":${'['.repeat(depth)}${']'.repeat(depth)}}` });
  await refreshSources([[at(store)], [at(store, 'password', 'kv/deep')]], {});
  expect(await text(at(store))).toBe('p');
  await expect(readSource(at(store, 'password', 'kv/deep'), {})).rejects.toMatchObject({
    unavailable: { store: 'Vault', operation: 'reading KV', errorClass: 'RangeError', kind: 'failed' },
  });
});

test('vault: a server that is not verified gets no token', async () => {
  const store = {
    ...withToken(),
    ca: local((await import('../../support/pki.ts').then(({ ca }) => ca({ cn: 'Another' }))).pem),
  };
  put(1, { password: 'p' });
  await expect(readSource(at(store), {})).rejects.toMatchObject({ unavailable: { kind: 'unreachable' } });
  expect(vault.asked()).toEqual([]);
});

test('vault: settings with another token are other settings', async () => {
  const store = withToken();
  put(1, { password: 'p' });
  expect(await text(at(store))).toBe('p');
  const other = { ...store, auth: { kind: 'token', token: local('wrong') } } as const;
  await expect(readSource(at(other), {})).rejects.toThrow('refused');
});

test('vault: no secret is in a path, a header but the one for it, or an error', async () => {
  const store = withToken();
  put(1, { password: 'planted-value' });
  await text(at(store));
  vault.answer = { status: 403 };
  await refreshSources([[at(store, 'password', 'kv/mesh/other')]], {});
  const error: unknown = await readSource(at(store, 'password', 'kv/mesh/other'), {}).catch(
    (reason: unknown) => reason,
  );
  expect(`${String(error)}${JSON.stringify(error)}`).not.toContain('planted');
  for (const each of vault.seen) expect(each).not.toContain('planted');
});
