/** How messages name a place in a store. Apart from what reads stores, which is loaded only by whoever has one. */
import { type SafeText, say } from '../../text/index.ts';
import type { SourceOf } from '../reader.ts';
import type { StoreSource } from '../types.ts';

type StoreKind = StoreSource['kind'];

const labels: { readonly [Kind in StoreKind]: (source: SourceOf<Kind>) => SafeText } = {
  aws_ssm: ({ name }) => say`SSM parameter ${name}`,
  aws_secret: ({ id, jsonKey }) =>
    jsonKey === undefined ? say`AWS secret ${id}` : say`AWS secret ${id} (key ${jsonKey})`,
  azure_secret: ({ name, vault }) => say`Key Vault secret ${vault}/secrets/${name}`,
  azure_certificate: ({ name, vault }) => say`Key Vault certificate ${vault}/certificates/${name}`,
  vault: ({ path, key }) => say`Vault secret ${path} (key ${key})`,
  kubernetes_secret: ({ name, key, namespace }) => say`Kubernetes Secret ${namespace}/${name} (key ${key})`,
};

export const storeKinds: ReadonlySet<string> = new Set(Object.keys(labels));

/** Each takes the sources of its own kind, which the compiler cannot follow through the table. */
export const storeLabel = (source: StoreSource): SafeText =>
  (labels[source.kind] as (each: StoreSource) => SafeText)(source);
