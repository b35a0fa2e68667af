import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  type KubernetesSettings,
  readContent,
  readSource,
  refreshSources,
  type Source,
} from '../../../src/sources/index.ts';
import { inline } from '../../support/sources.ts';
import { type ApiServer, startApiServer } from '../../support/stores/kubernetes.ts';

let api: ApiServer;
beforeAll(async () => {
  api = await startApiServer();
});
afterAll(() => api?.stop());
beforeEach(() => {
  api.secrets.clear();
  api.answer = undefined;
  api.token = 'planted-account-token';
  api.asked();
});

// Sources with the same settings share what was read, so each test has a token variable of its own.
let tests = 0;
function settings(): KubernetesSettings {
  tests += 1;
  const ca = inline(api.rootPem) as Extract<Source, { kind: 'inline' }>;
  return { server: api.server, token: { kind: 'env', name: `TOKEN_${tests}` }, ca };
}
const variables = (token = api.token) =>
  Object.fromEntries(Array.from({ length: 40 }, (_, each) => [`TOKEN_${each}`, token]));
const at = (store: KubernetesSettings, key: string, name = 'mesh'): Source => ({
  kind: 'kubernetes_secret',
  name,
  key,
  namespace: 'mesh',
  store,
});
const base64 = (text: string) => Buffer.from(text).toString('base64');
const text = async (source: Source) => (await readSource(source, variables())).toString();

test('kubernetes: the keys of a Secret come from one answer, decoded', async () => {
  const store = settings();
  api.secrets.set('mesh/mesh', { resourceVersion: '7', data: { 'tls.crt': base64('c'), 'tls.key': base64('k£') } });
  expect(await Promise.all(['tls.crt', 'tls.key'].map((key) => text(at(store, key))))).toEqual(['c', 'k£']);
  expect(api.asked()).toEqual(['GET /api/v1/namespaces/mesh/secrets/mesh']);
});

test('kubernetes: binary content is what it was', async () => {
  const store = settings();
  api.secrets.set('mesh/mesh', {
    resourceVersion: '7',
    data: { p12: Buffer.from('308200ff', 'hex').toString('base64') },
  });
  expect((await readContent(at(store, 'p12'), variables())).bytes.toString('hex')).toBe('308200ff');
});

test('kubernetes: a changed Secret is seen in the next cycle', async () => {
  const store = settings();
  api.secrets.set('mesh/mesh', { resourceVersion: '7', data: { key: base64('before') } });
  expect(await text(at(store, 'key'))).toBe('before');
  api.secrets.set('mesh/mesh', { resourceVersion: '8', data: { key: base64('after') } });
  await refreshSources([[at(store, 'key')]], variables());
  expect(await text(at(store, 'key'))).toBe('after');
});

test('kubernetes: a Secret or key that is not there', async () => {
  const store = settings();
  api.secrets.set('mesh/empty', { resourceVersion: '1' });
  await expect(text(at(store, 'key'))).rejects.toMatchObject({
    message: 'Kubernetes Secret mesh/mesh (key key) does not exist',
    isMissing: true,
  });
  await expect(text(at(store, 'key', 'empty'))).rejects.toThrow('does not exist; the secret has 0 other keys');
});

test.each([
  ['forbidden', { status: 403 }, 'refused get secrets (HTTP 403)', 'denied'],
  ['throttled', { status: 429 }, 'did not answer get secrets (HTTP 429)', 'throttled'],
  ['failing', { status: 500 }, 'did not answer get secrets (HTTP 500)', 'unreachable'],
  ['silent', 'hang', 'did not answer get secrets (no answer in time)', 'unreachable'],
  ['endless', 'endless', 'did not answer get secrets (answer larger than 4 MiB)', 'failed'],
] as const)('kubernetes: an API server that is %s is named with operation and class', async (_, answer, says, kind) => {
  const store = settings();
  api.answer = answer;
  const error: unknown = await text(at(store, 'key')).catch((reason: unknown) => reason);
  expect(error).toMatchObject({
    message: `Kubernetes Secret mesh/mesh (key key) could not be read: Kubernetes ${says}`,
    unavailable: { kind },
  });
  expect(JSON.stringify(error)).not.toContain('planted');
});

test('kubernetes: the token is read each time, because the kubelet replaces it', async () => {
  const store = settings();
  api.secrets.set('mesh/mesh', { resourceVersion: '7', data: { key: base64('v') } });
  let token = 'planted-old';
  const changing = new Proxy({}, { get: () => token }) as Record<string, string>;
  api.token = 'planted-old';
  expect((await readSource(at(store, 'key'), changing)).toString()).toBe('v');
  api.token = 'planted-new';
  token = 'planted-new';
  await refreshSources([[at(store, 'key')]], changing);
  expect((await readSource(at(store, 'key'), changing)).toString()).toBe('v');
  expect(api.asked()).toHaveLength(2);
});

test('kubernetes: outside a pod it says what is missing', async () => {
  const outside: Source = { kind: 'kubernetes_secret', name: 'x', key: 'y', namespace: 'z', store: {} };
  await expect(readSource(outside, {})).rejects.toMatchObject({
    unavailable: { kind: 'failed', remedy: expect.stringContaining('stores.kubernetes.server') as string },
  });
});

test.each([
  ['planted-token\n\n', '10.0.0.1', 'is not a token: '],
  ['planted-token', 'no host', 'variables KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are no address'],
])('kubernetes: with the token %j and the host %j nothing is sent, and it says why', async (token, host, says) => {
  const { server: _, ...inPod } = settings();
  const store: KubernetesSettings = { ...inPod, token: { kind: 'env', name: `OF_POD_${tests}` } };
  const source = at(store, 'key');
  const variables = { [`OF_POD_${tests}`]: token, KUBERNETES_SERVICE_HOST: host };
  await refreshSources([[source]], variables);
  const error: unknown = await readSource(source, variables).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ unavailable: { kind: 'failed', errorClass: expect.stringContaining(says) as string } });
  expect(`${String(error)}${JSON.stringify(error)}`).not.toContain('planted');
});

test('kubernetes: no secret is in a path or a header', async () => {
  const store = settings();
  api.secrets.set('mesh/mesh', { resourceVersion: '7', data: { key: base64('planted-value') } });
  await text(at(store, 'key'));
  for (const each of api.seen) expect(each).not.toMatch(/planted|cGxhbnRlZC12YWx1ZQ/);
});
