/** Reads what a `Source` points to, every time, so that content that was rotated is noticed. */
import { limits } from '../limits/index.ts';
import type { SafeText } from '../text/index.ts';
import { awsSecret } from './aws/secrets-manager.ts';
import { awsSsm } from './aws/ssm.ts';
import { azureCertificate } from './azure/certificate.ts';
import { azureSecret } from './azure/secret.ts';
import { SourceError } from './error.ts';
import { given } from './given.ts';
import { kubernetesSecret } from './kubernetes/secret.ts';
import { localReaders } from './local.ts';
import type { SourceReader } from './reader.ts';
import { Secret } from './secret.ts';
import type { StoreReader } from './store/reader.ts';
import type { Store } from './store/store.ts';
import { decodeText } from './text.ts';
import type { AnySource, Source, SourceContent, SourceKind, StoreSource } from './types.ts';
import type { Variables } from './variables.ts';
import { vault } from './vault/kv.ts';

const storeReaders: { readonly [Kind in StoreSource['kind']]: StoreReader<Kind> } = {
  aws_ssm: awsSsm,
  aws_secret: awsSecret,
  azure_secret: azureSecret,
  azure_certificate: azureCertificate,
  vault,
  kubernetes_secret: kubernetesSecret,
};
const readers: { readonly [Kind in SourceKind]: SourceReader<Kind> } = {
  ...localReaders,
  given,
  ...storeReaders,
};

/** A reader takes the sources of its own kind, which the compiler cannot follow through the table. */
const readerOf = ({ kind }: AnySource) => readers[kind] as SourceReader<SourceKind>;

/** How messages name a source: the path, `variable NAME`, `the configuration`, or what was given. */
export const sourceLabel = (source: AnySource): SafeText => readerOf(source).label(source);

/**
 * @throws {SourceError} for a file that is missing, not regular or not readable, a variable that is not set, and anything that is empty or
 * larger than 1 MiB.
 * @throws {ResourceShortageError} when this process has no file descriptor or memory left to read it with.
 */
export async function readContent(source: AnySource, variables: Variables): Promise<SourceContent> {
  const content = await readerOf(source).read(source, variables);
  const { kind } = source;
  // An empty file is judged by what is expected in it.
  if (content.bytes.length === 0 && kind !== 'file')
    throw new SourceError(`${sourceLabel(source)} is empty`, { isMissing: kind === 'env' });
  if (content.bytes.length > limits.sourceBytes) throw new SourceError(`${sourceLabel(source)} is larger than 1 MiB`);
  return content;
}

/**
 * @throws {SourceError} as `readContent` does.
 * @example
 * const pem = await readSource({ kind: 'aws_ssm', name: '/mesh/MESH_CA_CERT', store: { region: 'eu-west-2' } }, process.env);
 */
export async function readSource(source: Source, variables: Variables): Promise<Buffer> {
  return (await readContent(source, variables)).bytes;
}

/** As text, without one line break at the end. @throws {SourceError} as `readContent` does, and if it is empty. */
export async function readSecret(source: Source, variables: Variables): Promise<Secret> {
  return secretFrom((await readContent(source, variables)).bytes, source);
}

/** @throws {SourceError} if it is empty. */
export function secretFrom(bytes: Uint8Array, source: AnySource): Secret {
  const text = decodeText(bytes).replace(/\r?\n$/, '');
  if (text === '') throw new SourceError(`${sourceLabel(source)} is empty`);
  return new Secret(text);
}

/** Whether it is in a secret store, which is asked over the network. */
export const isInStore = (source: AnySource | undefined): source is StoreSource =>
  source !== undefined && source.kind in storeReaders;

/**
 * Reads everything in stores again, in as few calls as each store allows. Other sources are read when they are wanted. Never throws because of
 * a store.
 * @param groups what belongs together, such as the parts of a credential
 */
export async function refreshSources(groups: readonly (readonly AnySource[])[], variables: Variables): Promise<void> {
  const stores = new Map<Store, string[][]>();
  for (const group of groups) {
    const places = group.filter(isInStore).map((source) => {
      const { place } = storeReaders[source.kind] as StoreReader<StoreSource['kind']>;
      return place(source, variables);
    });
    for (const [store, items] of Map.groupBy(places, (each) => each.store)) {
      const known = stores.get(store) ?? [];
      known.push(items.map(({ name }) => name));
      stores.set(store, known);
    }
  }
  await Promise.all([...stores].map(([store, names]) => store.refresh(names)));
}
