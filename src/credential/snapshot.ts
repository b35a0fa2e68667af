import { createHmac, hash } from 'node:crypto';
import {
  type AnySource,
  isInStore,
  readContent,
  type Secret,
  SourceError,
  type StoreProblem,
  secretFrom,
  sourceLabel,
  type Variables,
} from '../config/index.ts';
import { type Mark, type MarkedFile, markOf, markSecret } from '../marks/index.ts';

/** Where the parts of one credential are. Both kinds of `CredentialSources` fit. A keystore is certificate, key and bundle in one. */
export interface CredentialInputs {
  readonly certificate?: AnySource;
  readonly privateKey?: AnySource;
  readonly passphrase?: AnySource;
  readonly caBundle?: AnySource;
  readonly keystore?: AnySource;
  /** Which key entry of the keystore. */
  readonly alias?: string;
  /** What the environment needs besides, read only to notice that a store does not answer. */
  readonly watched?: readonly AnySource[];
}

export interface PartContent {
  readonly place: string;
  readonly kind: AnySource['kind'];
  readonly bytes?: Buffer;
  readonly mode?: number;
  /** Of a file that was read ahead. */
  readonly mark?: Mark;
  /** For a file whose mode is given. */
  readonly path?: string;
  /** A sentence that begins with the place. */
  readonly error?: string;
  /** There is nothing at the place. */
  readonly isMissing?: boolean;
  /** The store did not answer just now. With bytes: they were read earlier. */
  readonly unavailable?: StoreProblem;
  readonly inStore?: true;
  /** In a store that keeps it unencrypted. */
  readonly isPlain?: true;
}

export type Part = 'certificate' | 'privateKey' | 'caBundle' | 'keystore';

/** What a file was known by when it was read. */
export interface FileMark {
  readonly path: string;
  readonly mark: Mark;
}

/** Something in a store that does not answer. */
export interface Untold {
  readonly place: string;
  readonly problem: StoreProblem;
  /** It was read earlier. */
  readonly isKnown: boolean;
  /** A part of the credential, and not of something else that the environment needs. */
  readonly isPart: boolean;
}

/** The bytes of every source at one moment, or why there are none. */
export interface CredentialContent {
  readonly parts: Readonly<Partial<Record<Part, PartContent>>>;
  readonly passphrase?: Secret;
  readonly passphraseError?: string;
  /** The store did not say. */
  readonly passphraseUnknown?: true;
  readonly alias?: string;
  /** A hash of every byte, mode and error; see `DeployedCredential.contentHash`. */
  readonly contentHash: string;
  /** From places in which one part can be replaced before the other. */
  readonly isInParts: boolean;
  readonly inStores: boolean;
  /** What a store did not tell. */
  readonly untold: readonly Untold[];
  /** See `DeployedCredential.durableHash`. */
  readonly durableHash?: string;
  /** See `DeployedCredential.files`. */
  readonly files: readonly FileMark[];
}

const parts = ['certificate', 'privateKey', 'caBundle', 'keystore'] as const;

/** Files that were read a moment ago, by path. */
export type FilesAhead = ReadonlyMap<string, MarkedFile>;

/** Reads every source once. Never throws because of what is there. */
export async function readSources(
  inputs: CredentialInputs,
  env: Variables,
  ahead?: FilesAhead,
): Promise<CredentialContent> {
  const sources = [inputs.passphrase, ...parts.map((part) => inputs[part])];
  const inTurn = oneFileAtATime(env, ahead);
  const [read, watched] = await Promise.all([
    Promise.all(sources.map((source) => source && inTurn(source))),
    Promise.all((inputs.watched ?? []).map(inTurn)),
  ]);
  const [passphrase, ...contents] = read;
  const marks = read.map((each) => each?.mark ?? (each?.bytes && markOf(each.bytes, each.mode)));
  const secret = passphrase && inputs.passphrase && secretOf(passphrase, inputs.passphrase);
  return {
    parts: Object.fromEntries(parts.flatMap((part, index) => (contents[index] ? [[part, contents[index]]] : []))),
    ...secret,
    ...(inputs.alias === undefined ? {} : { alias: inputs.alias }),
    contentHash: hashOf(read, marks, inputs.alias),
    ...(sources.some(isInStore) ? {} : { durableHash: durableHashOf(contents, inputs.alias) }),
    files: read.flatMap((each, index) => {
      const mark = marks[index];
      return each?.path !== undefined && mark !== undefined ? [{ path: each.path, mark }] : [];
    }),
    isInParts: sources.some((source) => source?.kind === 'file' || isInStore(source)),
    inStores: sources.some(isInStore),
    untold: [...untoldIn(read, true), ...untoldIn(watched, false)],
  };
}

/** A disk that hangs then holds one of the few threads that all file systems share, and not four. */
function oneFileAtATime(env: Variables, ahead?: FilesAhead): (source: AnySource) => Promise<PartContent> {
  let last: Promise<unknown> = Promise.resolve();
  return async (source) => {
    if (source.kind !== 'file') return readPart(source, env);
    const { kind, path } = source;
    const file = ahead?.get(path);
    if (file) return { place: sourceLabel(source), kind, path, ...file };
    const part = last.then(() => readPart(source, env));
    last = part.catch(() => {});
    return part;
  };
}

const untoldIn = (all: readonly (PartContent | undefined)[], isPart: boolean): Untold[] =>
  all.flatMap((part) =>
    part?.unavailable
      ? [{ place: part.place, problem: part.unavailable, isKnown: part.bytes !== undefined, isPart }]
      : [],
  );

async function readPart(source: AnySource, env: Variables): Promise<PartContent> {
  const place = sourceLabel(source);
  const part = { place, kind: source.kind, ...(isInStore(source) && { inStore: true as const }) };
  try {
    const path = source.kind === 'file' ? { path: source.path } : {};
    return { ...part, ...path, ...(await readContent(source, env)) };
  } catch (error) {
    if (error instanceof SourceError)
      return {
        ...part,
        error: error.message,
        isMissing: error.isMissing,
        ...(error.unavailable && { unavailable: error.unavailable }),
      };
    throw error;
  }
}

function secretOf(
  { bytes, error, unavailable }: PartContent,
  source: AnySource,
): Pick<CredentialContent, 'passphrase' | 'passphraseError' | 'passphraseUnknown'> {
  if (!bytes)
    return { ...(error !== undefined && { passphraseError: error }), ...(unavailable && { passphraseUnknown: true }) };
  try {
    return { passphrase: secretFrom(bytes, source) };
  } catch (empty) {
    if (empty instanceof SourceError) return { passphraseError: empty.message };
    throw empty;
  }
}

function hashOf(
  contents: readonly (PartContent | undefined)[],
  marks: readonly (Mark | undefined)[],
  alias: string | undefined,
): string {
  const facts = contents.map((each, index) => [each?.place, each?.mode, each?.error, marks[index]]);
  return createHmac('sha256', markSecret)
    .update(JSON.stringify([alias, facts]))
    .digest('hex');
}

/** Without the passphrase: a plain hash of a short one could be found by brute force. */
function durableHashOf(contents: readonly (PartContent | undefined)[], alias: string | undefined): string {
  const facts = contents.map((each) => [
    each?.place,
    each?.mode,
    each?.error,
    each?.bytes && hash('sha256', each.bytes),
  ]);
  return hash('sha256', JSON.stringify([alias, facts]));
}

/** Of the parts themselves. */
export const partSources = (inputs: CredentialInputs): AnySource[] =>
  [inputs.passphrase, ...parts.map((part) => inputs[part])].filter((source) => source !== undefined);

/** The places of its parts, for a sentence. */
export const placesOf = ({ parts: all }: CredentialContent): string =>
  [...new Set(Object.values(all).map(({ place }) => place))].join(', ');
