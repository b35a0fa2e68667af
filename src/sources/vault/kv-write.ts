/** A new version of a secret in a KV version 2 engine. Its other keys stay as they are. */
import { say } from '../../text/index.ts';
import { vaultItem, vaultVariables } from '../own-tools.ts';
import { type StoreProblem, StoreUnavailableError } from '../store/driver.ts';
import { type Answered, ask, statusProblem } from '../store/https.ts';
import {
  type Committed,
  changedMeanwhile,
  missingPermission,
  NotWritableError,
  type Put,
  type StoreWriter,
  stillThere,
  writeCall,
} from '../store/writer.ts';
import type { StoreSource, VaultSettings } from '../types.ts';
import type { Variables } from '../variables.ts';
import { otherEngine } from './engine.ts';
import { storeName } from './kv.ts';
import { sessionOf, vaultHeaders } from './login.ts';
import { vaultPlace } from './path.ts';

type VaultSource = Extract<StoreSource, { kind: 'vault' }>;
/** As the tool calls it: the current version, or the whole secret with its versions. */
type Removal = 'delete' | 'metadata delete';
type Values = Readonly<Record<string, unknown>>;

export const vaultWriter: StoreWriter<'vault'> = {
  async prepare(puts: readonly [Put<VaultSource>, ...Put<VaultSource>[]], env) {
    const { path, store } = puts[0].source;
    const kv = connect(store, path, env);
    const before = await kv.read();
    if (!before) await kv.assertEngine();
    const { method, capability } = wayToWrite(before);
    await kv.assertAllowed(capability);
    const values = Object.fromEntries(puts.map(({ source, content }) => [source.key, content.toString('utf8')]));
    return {
      async commit(): Promise<Committed> {
        const version = await kv.write(values, before?.version ?? 0, { method, capability });
        if (!before?.data) return { version: String(version) };
        return {
          version: String(version),
          previous: String(before.version),
          back: goBack(path, before.version, store),
        };
      },
      async undo() {
        const now = await kv.read();
        const isOurs = now?.data && Object.entries(values).every(([key, value]) => now.data?.[key] === value);
        if (!isOurs || now.version === before?.version) return;
        const removal = before ? 'delete' : 'metadata delete';
        if (!before?.data) return kv.remove(removal).catch(stillThere(removeCommand(removal, path, store)));
        // RFC 7396: null removes a key.
        const keys = Object.keys(values);
        const previous = Object.fromEntries(keys.map((key) => [key, before.data?.[key] ?? null]));
        await kv.write(previous, now.version, wayToWrite(now));
      },
    };
  },
};

interface Way {
  readonly method: 'POST' | 'PATCH';
  /** That Vault asks for. */
  readonly capability: 'create' | 'update' | 'patch';
}

/** A secret whose current version was deleted is there all the same: Vault does not create it, and has nothing to patch. */
function wayToWrite(before: { readonly data?: Values | undefined } | undefined): Way {
  if (before?.data) return { method: 'PATCH', capability: 'patch' };
  return { method: 'POST', capability: before ? 'update' : 'create' };
}

function removeCommand(removal: Removal, whole: string, settings: VaultSettings) {
  const { mount, path } = vaultItem(whole, settings);
  return say`${vaultVariables(settings)} vault kv ${removal} ${mount} ${path}`;
}

/** `vault kv rollback` makes a new version of an old one. */
function goBack(whole: string, version: number, settings: VaultSettings) {
  const { mount, path } = vaultItem(whole, settings);
  return say`${vaultVariables(settings)} vault kv rollback ${mount} -version=${version} ${path}`;
}

function connect(settings: VaultSettings, path: string, env: Variables) {
  const session = sessionOf(settings, env);
  const { data, dataUrl, metadataUrl, engineUrl } = vaultPlace(path, settings);
  const call = (operation: string, method: 'GET' | 'POST' | 'PATCH' | 'DELETE', at: string, body?: object) =>
    writeCall(async (signal): Promise<Answered> => {
      const { token, ca } = await session.get(signal);
      const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
      const headers = { ...vaultHeaders(settings, token), ...(body && { 'content-type': type }) };
      const url = new URL(`/v1/${at}`, settings.address);
      const answer = await ask(storeName, operation, { method, url, headers, ca, ...(body && { body }) }, signal);
      if (answer.status === 429 || answer.status >= 500) throw problem(operation, answer.status);
      return answer;
    });
  const problem = (operation: string, status: number, capability?: string) => {
    const denied = missingPermission(`${capability ?? 'read'} on ${data}`);
    const found: StoreProblem = { store: storeName, operation, ...statusProblem(status, denied) };
    return new StoreUnavailableError(found);
  };
  return {
    async read() {
      const { status, body } = await call('reading KV', 'GET', dataUrl);
      const found = (body as { data?: { data?: Values | null; metadata?: { version?: number } } } | undefined)?.data;
      if (status === 404 && !found?.metadata) return undefined;
      if (status !== 200 && !found?.metadata) throw problem('reading KV', status);
      return { version: found?.metadata?.version ?? 0, data: found?.data ?? undefined };
    },
    /** In an engine of version 1, what is meant for version 2 would become another secret, with everything in it. */
    async assertEngine() {
      const refused = otherEngine(path, settings, await call('asking for the engine', 'GET', engineUrl));
      if (refused !== undefined) throw new NotWritableError(refused);
    },
    /** Vault says beforehand what a token may do, if it may ask. */
    async assertAllowed(capability: Way['capability']) {
      const { status, body } = await call('asking for capabilities', 'POST', 'sys/capabilities-self', {
        paths: [data],
      });
      const may = (body as { data?: Record<string, unknown>; capabilities?: unknown } | undefined)?.data?.[data];
      if (status !== 200 || !Array.isArray(may)) return;
      if (!may.includes(capability) && !may.includes('root'))
        throw new NotWritableError(
          `may not be written by this service; ${missingPermission(`${capability} on ${data}`)}`,
        );
    },
    async remove(removal: Removal): Promise<void> {
      const at = removal === 'delete' ? dataUrl : metadataUrl;
      const { status } = await call('deleting KV', 'DELETE', at);
      if (status !== 200 && status !== 204) throw problem('deleting KV', status, 'delete');
    },
    /** @param cas the version that it must still have */
    async write(values: Values, cas: number, { method, capability }: Way): Promise<number> {
      const { status, body } = await call('writing KV', method, dataUrl, { options: { cas }, data: values });
      // What was deleted keeps its version, and cannot be patched.
      if ((status === 400 && isOtherVersion(body)) || (status === 404 && method === 'PATCH')) throw changedMeanwhile();
      if (status !== 200) throw problem('writing KV', status, capability);
      return (body as { data?: { version?: number } } | undefined)?.data?.version ?? cas + 1;
    },
  };
}

/** Every request that Vault cannot do is answered with 400. */
function isOtherVersion(body: unknown): boolean {
  const { errors } = (body ?? {}) as { errors?: unknown };
  return (
    Array.isArray(errors) && errors.some((each) => String(each).startsWith('check-and-set parameter did not match'))
  );
}
