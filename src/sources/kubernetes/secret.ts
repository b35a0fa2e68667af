/** `{ kubernetes_secret: NAME, key: K, namespace: NS }`: one value of a Secret, from the API server. */
import { urlHost } from '../../text/index.ts';
import { SourceError } from '../error.ts';
import { readLocalText, readLocalToken } from '../local.ts';
import { type Item, type StoreDriver, type StoreProblem, StoreUnavailableError } from '../store/driver.ts';
import { ask, statusProblem } from '../store/https.ts';
import { valueIn } from '../store/json-value.ts';
import { storeReader } from '../store/reader.ts';
import { sharedStore } from '../store/shared.ts';
import { Store } from '../store/store.ts';
import type { KubernetesSettings, LocalSource } from '../types.ts';
import type { Variables } from '../variables.ts';

export const storeName = 'Kubernetes';
const operation = 'get secrets';

export const kubernetesSecret = storeReader<'kubernetes_secret'>({
  place: ({ name, namespace, store }, env) => ({
    name: `${namespace}/${name}`,
    store: sharedStore('kubernetes', store, () => new Store(driver(store, env))),
  }),
  pick({ bytes }, { key }) {
    const value = valueIn(JSON.parse(bytes.toString('utf8')), key);
    return 'refused' in value ? value : Buffer.from(value.toString('latin1'), 'base64');
  },
});

function driver(settings: KubernetesSettings, env: Variables): StoreDriver {
  return {
    named: { store: storeName, operation },
    // A Secret has all of its keys in one answer, from one moment.
    readsAtOnce: 1,
    async read([name = ''], signal) {
      return new Map([[name, await readOnce(name, settings, env, signal)]]);
    },
  };
}

const permissions = 'Give the Role that `mesh-cert-monitor permissions` prints to the service account of this pod.';

/** What every pod has, unless its service account is told not to (Kubernetes, “Accessing the API from a Pod”). */
const mounted = (name: string): LocalSource => ({
  kind: 'file',
  path: `/var/run/secrets/kubernetes.io/serviceaccount/${name}`,
});

export const secretUrl = (namespace: string, name: string): string =>
  `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets/${encodeURIComponent(name)}`;

async function readOnce(
  name: string,
  settings: KubernetesSettings,
  env: Variables,
  signal: AbortSignal,
): Promise<Item> {
  const [namespace = '', secret = ''] = name.split('/');
  const { server, token, ca } = await access(settings, env);
  const url = new URL(secretUrl(namespace, secret), server);
  const headers = { authorization: `Bearer ${token}` };
  const { status, body } = await ask(storeName, operation, { method: 'GET', url, headers, ca }, signal);
  const found = body as { data?: object; metadata?: { resourceVersion?: string } } | undefined;
  if (status === 200 && found?.metadata)
    return {
      // A Secret without data has none at all.
      bytes: Buffer.from(JSON.stringify(found.data ?? {})),
      ...(found.metadata.resourceVersion === undefined ? {} : { version: found.metadata.resourceVersion }),
    };
  if (status === 404) return { refused: 'does not exist', isMissing: true };
  const problem: StoreProblem = { store: storeName, operation, ...statusProblem(status, permissions) };
  if (problem.kind === 'denied') return { problem };
  throw new StoreUnavailableError(problem);
}

/** Read each time: the kubelet replaces the token before it ends. */
export async function access(settings: KubernetesSettings, env: Variables) {
  try {
    const [token, ca] = await Promise.all([
      readLocalToken(settings.token ?? mounted('token'), env),
      readLocalText(settings.ca ?? mounted('ca.crt'), env),
    ]);
    return { token, ca, server: settings.server ?? serverOf(env) };
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    throw new StoreUnavailableError({ store: storeName, operation, errorClass: error.message, kind: 'failed', remedy });
  }
}

const remedy =
  'Run this service in a pod with a mounted service account, or set `stores.kubernetes.server`, `token` and `ca_bundle`.';

function serverOf({ KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = '443' }: Variables): string {
  if (host === undefined) throw new SourceError('variable KUBERNETES_SERVICE_HOST is not set');
  const server = `https://${urlHost(host)}:${port}`;
  if (!URL.canParse(server))
    throw new SourceError('variables KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are no address');
  return server;
}
