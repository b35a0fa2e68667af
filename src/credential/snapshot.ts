import { createHmac, randomBytes } from 'node:crypto';
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
  /** For a file whose mode is given. */
  readonly path?: string;
  /** A sentence that begins with the place. */
  readonly error?: string;
  /** There is nothing at the place. */
  readonly isMissing?: boolean;
  /** The store did not answer just now. With bytes: they were read earlier. */
  readonly unavailable?: StoreProblem;
  /** Not a part of the credential. */
  readonly isWatched?: true;
  readonly inStore?: true;
  /** In a store that keeps it unencrypted. */
  readonly isPlain?: true;
}

export type Part = 'certificate' | 'privateKey' | 'caBundle' | 'keystore';

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
  /** Parts of which a store did not tell what they are now. */
  readonly unavailable: readonly PartContent[];
}

const parts = ['certificate', 'privateKey', 'caBundle', 'keystore'] as const;
/** A plain hash of a short passphrase could be found by brute force; one with a key that never leaves this process cannot. */
const hashKey = randomBytes(32);

export async function readSources(inputs: CredentialInputs, env: Variables): Promise<CredentialContent> {
  const sources = [inputs.passphrase, ...parts.map((part) => inputs[part])];
  const [read, watched] = await Promise.all([
    Promise.all(sources.map((source) => source && readPart(source, env))),
    Promise.all((inputs.watched ?? []).map((source) => readPart(source, env))),
  ]);
  const [passphrase, ...contents] = read;
  const secret = passphrase && inputs.passphrase && secretOf(passphrase, inputs.passphrase);
  return {
    parts: Object.fromEntries(parts.flatMap((part, index) => (contents[index] ? [[part, contents[index]]] : []))),
    ...secret,
    ...(inputs.alias === undefined ? {} : { alias: inputs.alias }),
    contentHash: hashOf([passphrase, ...contents], inputs.alias),
    isInParts: sources.some((source) => source?.kind === 'file' || isInStore(source)),
    inStores: sources.some(isInStore),
    unavailable: [
      ...read.filter((part) => part !== undefined),
      ...watched.map((part) => ({ ...part, isWatched: true as const })),
    ].filter(({ unavailable }) => unavailable),
  };
}

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

/** Lengths are included so that two different splits of the same bytes differ. */
function hashOf(content: readonly (PartContent | undefined)[], alias: string | undefined): string {
  const hash = createHmac('sha256', hashKey).update(JSON.stringify([alias]));
  for (const each of content) {
    hash.update(JSON.stringify([each?.place, each?.mode, each?.error, each?.bytes?.length]));
    if (each?.bytes) hash.update(each.bytes);
  }
  return hash.digest('hex');
}

/** Of the parts themselves. */
export const partSources = (inputs: CredentialInputs): AnySource[] =>
  [inputs.passphrase, ...parts.map((part) => inputs[part])].filter((source) => source !== undefined);

/** The places of its parts, for a sentence. */
export const placesOf = ({ parts: all }: CredentialContent): string =>
  [...new Set(Object.values(all).map(({ place }) => place))].join(', ');
