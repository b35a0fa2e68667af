/** Reads what a `Source` points to, every time, so that content that was rotated is noticed. */
import { limits } from '../limits/index.ts';
import type { SafeText } from '../text/index.ts';
import { SourceError } from './error.ts';
import { given } from './given.ts';
import { localReaders } from './local.ts';
import type { SourceReader } from './reader.ts';
import { Secret } from './secret.ts';
import { storeKinds, storeLabel } from './store/labels.ts';
import type { Put } from './store/writer.ts';
import { decodeText } from './text.ts';
import type { AnySource, Source, SourceContent, SourceKind, StoreSource } from './types.ts';
import type { Variables } from './variables.ts';
import type { PreparedWrite } from './write.ts';

type NearKind = Exclude<SourceKind, StoreSource['kind']>;

const readers: { readonly [Kind in NearKind]: SourceReader<Kind> } = {
  ...localReaders,
  given,
};

/** A reader takes the sources of its own kind, which the compiler cannot follow through the table. */
const readerOf = ({ kind }: Exclude<AnySource, StoreSource>) => readers[kind] as SourceReader<NearKind>;

/** How messages name a source: the path, `variable NAME`, `the configuration`, or what was given. */
export const sourceLabel = (source: AnySource): SafeText =>
  isInStore(source) ? storeLabel(source) : readerOf(source).label(source);

/**
 * @throws {SourceError} for a file that is missing, not regular or not readable, a variable that is not set, and anything that is empty or
 * larger than 1 MiB.
 * @throws {ResourceShortageError} when this process has no file descriptor or memory left to read it with.
 */
export async function readContent(source: AnySource, variables: Variables): Promise<SourceContent> {
  const content = isInStore(source)
    ? await (await stores()).readFromStore(source, variables)
    : await readerOf(source).read(source, variables);
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
  source !== undefined && storeKinds.has(source.kind);

/**
 * Reads everything in stores again, in as few calls as each store allows. Other sources are read when they are wanted. Never throws because of
 * a store.
 * @param groups what belongs together, such as the parts of a credential
 */
export async function refreshSources(groups: readonly (readonly AnySource[])[], variables: Variables): Promise<void> {
  const inStores = groups.map((group) => group.filter(isInStore)).filter(({ length }) => length > 0);
  if (inStores.length === 0) return;
  await (await stores()).refresh(inStores, variables);
}

/** Forgets what was read of every other place in a store, because it is secret. To be called when the configuration has changed. */
export async function retainSources(sources: readonly StoreSource[], variables: Variables): Promise<void> {
  if (loaded) (await loaded).retain(sources, variables);
}

/** What writes to stores is loaded by whoever does. @throws {WriteRefusedError} with the permission that is missing, if that is why. */
export async function prepareWrite(puts: readonly Put[], variables: Variables): Promise<PreparedWrite> {
  return (await import('./write.ts')).prepareWrite(puts, variables);
}

let loaded: Promise<typeof import('./stores.ts')> | undefined;

/** Loaded by whoever has a source in one. */
function stores(): Promise<typeof import('./stores.ts')> {
  loaded ??= import('./stores.ts');
  return loaded;
}
