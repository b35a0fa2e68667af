/** New values of a Secret, in one patch that holds only for the version that was read. Kubernetes keeps no earlier versions. */
import { joined, type SafeText, say, shellWord } from '../../text/index.ts';
import { type StoreProblem, StoreUnavailableError } from '../store/driver.ts';
import { ask, statusProblem } from '../store/https.ts';
import {
  type Committed,
  changedMeanwhile,
  missingPermission,
  NotWritableError,
  type Put,
  type StoreWriter,
  writeCall,
} from '../store/writer.ts';
import type { KubernetesSettings, StoreSource } from '../types.ts';
import type { Variables } from '../variables.ts';
import { access, secretUrl, storeName } from './secret.ts';

type SecretSource = Extract<StoreSource, { kind: 'kubernetes_secret' }>;
/** Base64; null removes a key (RFC 7396). */
type Data = Readonly<Record<string, string | null>>;

/** Where the value that was there stays, in the same Secret, so that nothing else needs a permission. */
const previousOf = (key: string) => `${key}.previous`;

export const kubernetesSecretWriter: StoreWriter<'kubernetes_secret'> = {
  async prepare(puts: readonly [Put<SecretSource>, ...Put<SecretSource>[]], env) {
    const { name, namespace, store } = puts[0].source;
    const secret = connect(store, namespace, name, env);
    const before = await secret.read();
    const values = puts.map(({ source, content }) => [source.key, content.toString('base64')] as const);
    const kept = values.flatMap(([key]) => {
      const value = before.data[key];
      return value === undefined || value === null ? [] : [[previousOf(key), value] as const];
    });
    const data: Data = Object.fromEntries([...values, ...kept]);
    // Whether it is allowed and would be accepted, without doing it.
    await secret.patch(data, before.version, { dryRun: true });
    return {
      async commit(): Promise<Committed> {
        const version = await secret.patch(data, before.version);
        if (kept.length === 0) return { version };
        const previous = kept.map(([key]) => key).join(', ');
        return {
          version,
          previous,
          back: goBack(
            namespace,
            name,
            values.map(([key]) => key),
            before.data,
          ),
        };
      },
      async undo() {
        const now = await secret.read();
        if (!Object.entries(data).every(([key, value]) => now.data[key] === value)) return;
        await secret.patch(
          Object.fromEntries(Object.keys(data).map((key) => [key, before.data[key] ?? null])),
          now.version,
        );
      },
    };
  },
};

/** A JSON patch (RFC 6902), which moves values without showing them. */
function goBack(namespace: string, name: string, keys: readonly string[], before: Data): SafeText {
  const operations = keys.map((key) =>
    before[key] === undefined
      ? { op: 'remove', path: `/data/${key}` }
      : { op: 'move', from: `/data/${previousOf(key)}`, path: `/data/${key}` },
  );
  const patch = shellWord(JSON.stringify(operations));
  return joined([
    say`kubectl --namespace ${shellWord(namespace)} patch secret ${shellWord(name)} --type json --patch `,
    patch,
  ]);
}

function connect(settings: KubernetesSettings, namespace: string, name: string, env: Variables) {
  const call = (verb: 'get' | 'patch', query = '', body?: object) =>
    writeCall(async (signal) => {
      const operation = `${verb} secrets`;
      const { token, ca, server } = await access(settings, env);
      const url = new URL(`${secretUrl(namespace, name)}${query}`, server);
      const headers = {
        authorization: `Bearer ${token}`,
        ...(body && { 'content-type': 'application/merge-patch+json' }),
      };
      const method = verb === 'get' ? 'GET' : 'PATCH';
      const answer = await ask(storeName, operation, { method, url, headers, ca, ...(body && { body }) }, signal);
      const { status } = answer;
      if (status === 200) return answer.body as Answer | undefined;
      if (status === 404)
        throw new NotWritableError(`does not exist: make it first (${createCommand(namespace, name)})`);
      if (status === 409) throw changedMeanwhile();
      if (status === 413 || status === 422)
        throw new NotWritableError('was refused: it is immutable, or would be larger than 1 MiB');
      const denied = missingPermission(`${verb} on the Secret ${name} in the namespace ${namespace}`);
      const problem: StoreProblem = { store: storeName, operation, ...statusProblem(status, denied) };
      throw new StoreUnavailableError(problem);
    });
  return {
    async read(): Promise<{ version: string; data: Data }> {
      const found = await call('get');
      return { version: found?.metadata?.resourceVersion ?? '', data: found?.data ?? {} };
    },
    async patch(data: Data, resourceVersion: string, { dryRun = false } = {}): Promise<string> {
      const query = `?fieldManager=mesh-cert-monitor${dryRun ? '&dryRun=All' : ''}`;
      const answer = await call('patch', query, { metadata: { resourceVersion }, data });
      return answer?.metadata?.resourceVersion ?? '';
    },
  };
}

interface Answer {
  readonly data?: Data;
  readonly metadata?: { readonly resourceVersion?: string };
}

const createCommand = (namespace: string, name: string) =>
  `kubectl --namespace ${namespace} create secret generic ${name}`;
