import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type KubernetesSettings, type Put, prepareWrite, type StoreSource } from '../../../src/sources/index.ts';
import { inline } from '../../support/sources.ts';
import { type ApiServer, startApiServer } from '../../support/stores/kubernetes.ts';

let api: ApiServer;
beforeAll(async () => {
  api = await startApiServer();
});
afterAll(() => api?.stop());
beforeEach(() => {
  api.secrets.clear();
  api.mayPatch = true;
  api.beforePatch = undefined;
  api.asked();
});

const base64 = (text: string) => Buffer.from(text).toString('base64');
const local = (text: string) => inline(text) as KubernetesSettings['ca'] & object;
const settings = (): KubernetesSettings => ({ server: api.server, token: local(api.token), ca: local(api.rootPem) });
const put = (key: string, text: string, name = 'mesh'): Put<StoreSource> => ({
  source: { kind: 'kubernetes_secret', name, namespace: 'apps', key, store: settings() },
  content: Buffer.from(text),
});
const commit = async (...puts: readonly Put[]) => (await prepareWrite(puts, {})).commit();
const refusal = async (...puts: readonly Put[]) => String(await commit(...puts).catch((error: Error) => error.message));
const values = (name = 'mesh') => api.secrets.get(`apps/${name}`)?.data;

test('kubernetes: values of one Secret change in one patch, and the previous ones stay beside them', async () => {
  api.secrets.set('apps/mesh', { resourceVersion: '7', data: { 'tls.key': base64('k1'), other: base64('o') } });
  const { written, back } = await commit(put('tls.key', 'k2'), put('tls.crt', 'c2'));
  expect(values()).toEqual({
    'tls.key': base64('k2'),
    'tls.key.previous': base64('k1'),
    'tls.crt': base64('c2'),
    other: base64('o'),
  });
  expect(written).toEqual([
    { place: 'Kubernetes Secret apps/mesh (key tls.key)', version: '8', previous: 'tls.key.previous' },
    { place: 'Kubernetes Secret apps/mesh (key tls.crt)', version: '8', previous: 'tls.key.previous' },
  ]);
  expect(back).toEqual([
    `kubectl --namespace apps patch secret mesh --type json --patch '[{"op":"move","from":"/data/tls.key.previous","path":"/data/tls.key"},{"op":"remove","path":"/data/tls.crt"}]'`,
  ]);
});

test('kubernetes: a Secret that changes between looking and writing is not overwritten', async () => {
  api.secrets.set('apps/mesh', { resourceVersion: '7', data: { key: base64('k1') } });
  api.beforePatch = (isDryRun) => {
    if (!isDryRun) api.secrets.set('apps/mesh', { resourceVersion: '9', data: { key: base64('theirs') } });
  };
  expect(await refusal(put('key', 'k2'))).toContain('was changed by someone else in the meantime');
  expect(values()).toEqual({ key: base64('theirs') });
});

test('kubernetes: without the verb, it is named before anything is written', async () => {
  api.secrets.set('apps/mesh', { resourceVersion: '7', data: { key: base64('k1') } });
  api.mayPatch = false;
  expect(await refusal(put('key', 'k2'))).toBe(
    'Kubernetes Secret apps/mesh (key key) could not be written: Kubernetes refused patch secrets (HTTP 403); the permission patch on the Secret mesh in the namespace apps is missing: `mesh-cert-monitor permissions --install` prints what is needed',
  );
});

test('kubernetes: a Secret that does not exist has to be made first', async () => {
  expect(await refusal(put('key', 'k2'))).toBe(
    'Kubernetes Secret apps/mesh (key key) does not exist: make it first (kubectl --namespace apps create secret generic mesh)',
  );
});

test('kubernetes: what was written before something failed is put back', async () => {
  for (const name of ['a', 'b']) api.secrets.set(`apps/${name}`, { resourceVersion: '1', data: { key: base64('k1') } });
  let writes = 0;
  api.beforePatch = (isDryRun) => {
    if (!isDryRun) writes += 1;
    if (writes === 2) api.secrets.set('apps/b', { resourceVersion: '5', data: { key: base64('theirs') } });
  };
  expect(await refusal(put('key', 'k2', 'a'), put('new', 'n', 'a'), put('key', 'k2', 'b'))).toContain('apps/b');
  expect(values('a')).toEqual({ key: base64('k1') });
  for (const each of api.seen) expect(each).not.toContain('planted');
});
