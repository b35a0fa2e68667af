/** `{ vault: PATH, key: K }`: one value of a secret in a KV version 2 engine of HashiCorp Vault or OpenBao. */
import { type Item, type StoreDriver, type StoreProblem, StoreUnavailableError } from '../store/driver.ts';
import { ask, statusProblem } from '../store/https.ts';
import { valueIn } from '../store/json-value.ts';
import { storeReader } from '../store/reader.ts';
import { sharedStore } from '../store/shared.ts';
import { Store } from '../store/store.ts';
import type { VaultSettings } from '../types.ts';
import type { Variables } from '../variables.ts';
import { otherEngine } from './engine.ts';
import { type Access, sessionOf, vaultHeaders } from './login.ts';
import { vaultPlace } from './path.ts';

export const storeName = 'Vault';
const perSecond = 50;

export const vault = storeReader<'vault'>({
  place: ({ path, store }, env) => ({
    name: path,
    store: sharedStore('vault', store, () => new Store(driver(store, env), { perSecond })),
  }),
  pick: ({ bytes }, { key }) => valueIn(JSON.parse(bytes.toString('utf8')), key),
});

function driver(settings: VaultSettings, env: Variables): StoreDriver {
  const session = sessionOf(settings, env);
  return {
    named: { store: storeName, operation: 'reading KV' },
    readsAtOnce: 1,
    async read([path = ''], signal) {
      const read = async () => {
        const access = await session.get(signal);
        return { item: await readOnce(access, settings, path, signal), token: access.token };
      };
      const first = await read();
      // The token may have been revoked, or have ended early.
      if (!isDenied(first.item) || !session.refused(first.token)) return new Map([[path, first.item]]);
      const { item } = await read();
      if (!isDenied(item)) session.renewalHelped();
      return new Map([[path, item]]);
    },
  };
}

const permissions =
  'Give the policy that `mesh-cert-monitor permissions` prints to the role or token that `stores.vault.auth` names.';

const isDenied = (item: Item): boolean => 'problem' in item && item.problem.kind === 'denied';

async function readOnce(
  { token, ca }: Access,
  settings: VaultSettings,
  path: string,
  signal: AbortSignal,
): Promise<Item> {
  const headers = vaultHeaders(settings, token);
  const get = (operation: string, at: string) =>
    ask(storeName, operation, { method: 'GET', url: new URL(`/v1/${at}`, settings.address), headers, ca }, signal);
  const { dataUrl, engineUrl } = vaultPlace(path, settings);
  const { status, body } = await get('reading KV', dataUrl);
  const data = (body as { data?: { data?: object | null; metadata?: Metadata } } | undefined)?.data;
  if (status === 200 && data?.data)
    return { bytes: Buffer.from(JSON.stringify(data.data)), ...versionOf(data.metadata) };
  // A deleted version is answered with 404 too, and with its metadata.
  if (status === 404 && data?.metadata) return { refused: 'has a current version that was deleted', isMissing: true };
  if (status === 404) {
    const refused = otherEngine(path, settings, await get('asking for the engine', engineUrl));
    return refused === undefined ? { refused: 'does not exist', isMissing: true } : { refused };
  }
  const problem: StoreProblem = { store: storeName, operation: 'reading KV', ...statusProblem(status, permissions) };
  if (problem.kind === 'denied') return { problem };
  throw new StoreUnavailableError(problem);
}

interface Metadata {
  readonly version?: number;
}

const versionOf = (metadata: Metadata | undefined) =>
  metadata?.version === undefined ? {} : { version: String(metadata.version) };
