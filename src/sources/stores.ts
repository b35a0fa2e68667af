/** Reading from stores. Loaded by whoever has a source in one. */
import { awsSecret } from './aws/secrets-manager.ts';
import { awsSsm } from './aws/ssm.ts';
import { azureCertificate } from './azure/certificate.ts';
import { azureSecret } from './azure/secret.ts';
import { kubernetesSecret } from './kubernetes/secret.ts';
import type { Place, StoreReader } from './store/reader.ts';
import { keepOnly } from './store/shared.ts';
import type { Store } from './store/store.ts';
import type { SourceContent, StoreSource } from './types.ts';
import type { Variables } from './variables.ts';
import { vault } from './vault/kv.ts';

const readers: { readonly [Kind in StoreSource['kind']]: StoreReader<Kind> } = {
  aws_ssm: awsSsm,
  aws_secret: awsSecret,
  azure_secret: azureSecret,
  azure_certificate: azureCertificate,
  vault,
  kubernetes_secret: kubernetesSecret,
};
/** A reader takes the sources of its own kind, which the compiler cannot follow through the table. */
const readerOf = ({ kind }: StoreSource) => readers[kind] as StoreReader<StoreSource['kind']>;

/** @throws {SourceError} */
export const readFromStore = (source: StoreSource, env: Variables): Promise<SourceContent> =>
  readerOf(source).read(source, env);

export const placeOf = (source: StoreSource, env: Variables): Place => readerOf(source).place(source, env);

/** Forgets what was read of all others. */
export const retain = (sources: readonly StoreSource[], env: Variables): void =>
  keepOnly(sources.map((source) => placeOf(source, env)));

/** Reads them again, in as few calls as each store allows. */
export async function refresh(groups: readonly (readonly StoreSource[])[], env: Variables): Promise<void> {
  const stores = new Map<Store, string[][]>();
  for (const group of groups) {
    const places = group.map((source) => placeOf(source, env));
    for (const [store, items] of Map.groupBy(places, (each) => each.store)) {
      const known = stores.get(store) ?? [];
      known.push(items.map(({ name }) => name));
      stores.set(store, known);
    }
  }
  await Promise.all([...stores].map(([store, names]) => store.refresh(names)));
}
