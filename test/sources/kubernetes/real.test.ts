/** Against the real API server: what the stand-in has by hearsay is so. */
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import {
  type KubernetesSettings,
  policiesFor,
  prepareWrite,
  readContent,
  readSource,
  refreshSources,
  type StoreSource,
} from '../../../src/sources/index.ts';
import { eventually } from '../../support/process.ts';
import { inline } from '../../support/sources.ts';
import { type Cluster, kubernetesApi, startKubernetes } from '../../support/stores/real-kubernetes.ts';
import { startRealVault, vaultServer } from '../../support/stores/real-vault.ts';

const base64 = (text: string | Buffer) => Buffer.from(text).toString('base64');

describe.skipIf(!kubernetesApi)('the real Kubernetes API', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startKubernetes();
  }, 120_000);
  afterAll(() => cluster?.stop());

  let namespace = '';
  let tests = 0;
  beforeEach(async () => {
    tests += 1;
    namespace = `apps-${tests}`;
    await cluster.ask('POST', '/api/v1/namespaces', { metadata: { name: namespace } });
  });

  const local = (text: string) => inline(text) as KubernetesSettings['ca'] & object;
  const settings = (): KubernetesSettings => ({
    server: cluster.server,
    token: local(cluster.token),
    ca: local(cluster.rootPem),
  });
  const at = (key: string, name = 'mesh'): StoreSource => ({
    kind: 'kubernetes_secret',
    name,
    namespace,
    key,
    store: settings(),
  });
  const path = (name = '') => `/api/v1/namespaces/${namespace}/secrets${name && `/${name}`}`;
  const create = (name: string, data: Record<string, string | Buffer>, more: object = {}) =>
    cluster.ask('POST', path(), {
      metadata: { name },
      data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, base64(value)])),
      ...more,
    });
  const dataOf = async (name = 'mesh') => {
    const { data } = (await cluster.ask('GET', path(name))) as { data: Record<string, string> };
    return Object.fromEntries(
      Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]),
    );
  };
  const text = async (source: StoreSource) => (await readSource(source, {})).toString();

  /** What `permissions` prints, for the user of this test. */
  async function allow(sources: readonly StoreSource[], written: readonly StoreSource[] = []) {
    const [policy] = policiesFor(sources, written);
    const roles = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`;
    for (const role of policy!.value as object[]) await cluster.ask('POST', `${roles}/roles`, role);
    await cluster.ask('POST', `${roles}/rolebindings`, {
      metadata: { name: 'monitor' },
      subjects: [{ kind: 'User', name: cluster.user, apiGroup: 'rbac.authorization.k8s.io' }],
      roleRef: { kind: 'Role', name: 'mesh-cert-monitor', apiGroup: 'rbac.authorization.k8s.io' },
    });
    // The API server hears of its own roles a moment later.
    const wanted = [
      ...sources.map((each) => ['get', each] as const),
      ...written.map((each) => ['patch', each] as const),
    ];
    for (const [verb, source] of wanted)
      await eventually(
        () => `${verb} is still not allowed`,
        async () => ((await mayDo(verb, nameOf(source))) ? true : undefined),
      );
  }
  const nameOf = (source: StoreSource) => (source.kind === 'kubernetes_secret' ? source.name : '');
  async function mayDo(verb: string, name: string): Promise<boolean> {
    const resourceAttributes = { namespace, verb, resource: 'secrets', name };
    const review = await cluster.ask('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', {
      spec: { user: cluster.user, resourceAttributes },
    });
    return (review as { status: { allowed: boolean } }).status.allowed;
  }
  const commit = async (source: StoreSource, content: string) =>
    (await prepareWrite([{ source, content: Buffer.from(content) }], {})).commit();

  test('the Role that permissions prints is enough to read, and without it the API refuses', async () => {
    await create('mesh', { key: 'k1', binary: Buffer.from('308201ff', 'hex') });
    await create('other', { key: 'planted' });
    await expect(readSource(at('key'), {})).rejects.toMatchObject({
      unavailable: { kind: 'denied', operation: 'get secrets', errorClass: 'HTTP 403' },
    });
    await allow([at('key')]);
    await refreshSources([[at('key')]], {});
    expect(await text(at('key'))).toBe('k1');
    expect((await readContent(at('binary'), {})).bytes.toString('hex')).toBe('308201ff');
    await expect(readSource(at('key', 'other'), {})).rejects.toMatchObject({ unavailable: { kind: 'denied' } });
    await expect(readSource(at('nothing'), {})).rejects.toMatchObject({ isMissing: true });
  });

  test('a Secret that is rotated or deleted is seen in the next cycle', async () => {
    await create('mesh', { crt: 'c1', key: 'k1' });
    await allow([at('key')]);
    expect(await Promise.all([at('crt'), at('key')].map(text))).toEqual(['c1', 'k1']);
    await cluster.ask(
      'PATCH',
      path('mesh'),
      { data: { crt: base64('c2'), key: base64('k2') } },
      'application/merge-patch+json',
    );
    await refreshSources([[at('crt'), at('key')]], {});
    expect(await Promise.all([at('crt'), at('key')].map(text))).toEqual(['c2', 'k2']);
    await cluster.ask('DELETE', path('mesh'));
    await refreshSources([[at('key')]], {});
    await expect(readSource(at('key'), {})).rejects.toMatchObject({ isMissing: true });
  });

  test('values are written with the Role for it, the previous ones stay, and the printed patch goes back', async () => {
    await create('mesh', { key: 'k1', other: 'o' });
    await allow([at('key')], [at('key')]);
    const { back } = await commit(at('key'), 'k2');
    expect(await dataOf()).toEqual({ key: 'k2', 'key.previous': 'k1', other: 'o' });
    const [, patch = ''] = /--type json --patch '(.*)'$/.exec(back[0] ?? '') ?? [];
    await cluster.ask('PATCH', path('mesh'), JSON.parse(patch), 'application/json-patch+json');
    expect(await dataOf()).toEqual({ key: 'k1', other: 'o' });
  });

  test('with the Role for reading alone, the missing verb is named and nothing changes', async () => {
    await create('mesh', { key: 'k1' });
    await allow([at('key')]);
    await expect(commit(at('key'), 'k2')).rejects.toThrow(
      `the permission patch on the Secret mesh in the namespace ${namespace} is missing`,
    );
    expect(await dataOf()).toEqual({ key: 'k1' });
  });

  test('what others write between looking and writing is not overwritten', async () => {
    await create('mesh', { key: 'k1' });
    await allow([at('key')], [at('key')]);
    const prepared = await prepareWrite([{ source: at('key'), content: Buffer.from('ours') }], {});
    await cluster.ask('PATCH', path('mesh'), { data: { key: base64('theirs') } }, 'application/merge-patch+json');
    await expect(prepared.commit()).rejects.toThrow('was changed by someone else in the meantime');
    expect(await dataOf()).toEqual({ key: 'theirs' });
  });

  test('an immutable Secret, one that would become too large, and one that does not exist are refused beforehand', async () => {
    await create('mesh', { key: 'k1' }, { immutable: true });
    await create('large', { key: 'k1', ballast: 'x'.repeat(600 * 1024) });
    await allow([at('key'), at('key', 'large'), at('key', 'none')], [at('key'), at('key', 'large'), at('key', 'none')]);
    await expect(commit(at('key'), 'k2')).rejects.toThrow('is immutable, or would be larger than 1 MiB');
    await expect(commit(at('key', 'large'), 'y'.repeat(600 * 1024))).rejects.toThrow(
      'is immutable, or would be larger than 1 MiB',
    );
    await expect(commit(at('key', 'none'), 'k2')).rejects.toThrow('does not exist: make it first');
    expect(await dataOf()).toEqual({ key: 'k1' });
  });

  test('what was written is undone, so that nothing of it is left', async () => {
    await create('mesh', { key: 'k1' });
    await allow([at('key')], [at('key')]);
    const prepared = await prepareWrite([{ source: at('key'), content: Buffer.from('k2') }], {});
    await prepared.commit();
    expect(await prepared.undo()).toEqual([]);
    expect(await dataOf()).toEqual({ key: 'k1' });
  });

  test.skipIf(!vaultServer)(
    'a service account logs in to a real Vault, which asks the API server who it is',
    async () => {
      const vault = await startRealVault();
      onTestFinished(() => vault.stop());
      const accounts = `/api/v1/namespaces/${namespace}/serviceaccounts`;
      const tokenOf = async (account: string) => {
        await cluster.ask('POST', accounts, { metadata: { name: account } });
        const made = await cluster.ask('POST', `${accounts}/${account}/token`, { spec: {} });
        return (made as { status: { token: string } }).status.token;
      };
      const [reviewer, monitor, other] = [await tokenOf('vault'), await tokenOf('monitor'), await tokenOf('other')];
      await cluster.ask('POST', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
        metadata: { name: `vault-${namespace}` },
        subjects: [{ kind: 'ServiceAccount', name: 'vault', namespace }],
        roleRef: { kind: 'ClusterRole', name: 'system:auth-delegator', apiGroup: 'rbac.authorization.k8s.io' },
      });
      await vault.must('POST', 'sys/auth/clusters/leeds', { type: 'kubernetes' });
      await vault.must('POST', 'auth/clusters/leeds/config', {
        kubernetes_host: cluster.server,
        kubernetes_ca_cert: cluster.rootPem,
        token_reviewer_jwt: reviewer,
      });
      const policy = await vault.policy('path "kv/data/mesh" {\n  capabilities = ["read"]\n}');
      await vault.must('POST', 'auth/clusters/leeds/role/mesh', {
        bound_service_account_names: ['monitor'],
        bound_service_account_namespaces: [namespace],
        token_policies: [policy],
      });
      await vault.must('POST', 'kv/data/mesh', { data: { password: 'p' } });
      const by = (jwt: string, role = 'mesh'): StoreSource => ({
        kind: 'vault',
        path: 'kv/mesh',
        key: 'password',
        store: {
          address: vault.address,
          ca: local(vault.rootPem),
          auth: { kind: 'kubernetes', mount: 'clusters/leeds', role, token: local(jwt) },
        },
      });
      // The API server hears of the binding a moment later.
      await eventually(
        () => 'the login is still refused',
        async () => {
          const login = await vault.ask('POST', 'auth/clusters/leeds/login', { role: 'mesh', jwt: monitor });
          return login.status === 200 ? true : undefined;
        },
      );
      expect(await text(by(monitor))).toBe('p');
      const refused = (status: number) => ({
        unavailable: { kind: 'denied', operation: 'Kubernetes login', errorClass: `HTTP ${status}` },
      });
      await expect(text(by(other))).rejects.toMatchObject(refused(403));
      await expect(text(by(monitor, 'planted-no-role'))).rejects.toMatchObject(refused(400));
      await expect(text(by(`${monitor.slice(0, -4)}AAAA`))).rejects.toMatchObject(refused(403));
    },
  );
});
