import { createHmac, randomBytes } from 'node:crypto';
import {
  type GivenSource,
  readContent,
  type Secret,
  type Source,
  SourceError,
  secretFrom,
  sourceLabel,
  type Variables,
} from '../config/index.ts';

/** A place that a configuration can name, or content passed in by the caller. */
type AnySource = Source | GivenSource;

/** Where the parts of one credential are. Both kinds of `CredentialSources` fit. A keystore is certificate, key and bundle in one. */
export interface CredentialInputs {
  readonly certificate?: AnySource;
  readonly privateKey?: AnySource;
  readonly passphrase?: AnySource;
  readonly caBundle?: AnySource;
  readonly keystore?: AnySource;
  /** Which key entry of the keystore. */
  readonly alias?: string;
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
}

export type Part = 'certificate' | 'privateKey' | 'caBundle' | 'keystore';

/** The bytes of every source at one moment, or why there are none. */
export interface CredentialContent {
  readonly parts: Readonly<Partial<Record<Part, PartContent>>>;
  readonly passphrase?: Secret;
  readonly passphraseError?: string;
  readonly alias?: string;
  /** A hash of every byte, mode and error; see `DeployedCredential.contentHash`. */
  readonly contentHash: string;
  readonly fromFiles: boolean;
}

const parts = ['certificate', 'privateKey', 'caBundle', 'keystore'] as const;
/** A plain hash of a short passphrase could be found by brute force; one with a key that never leaves this process cannot. */
const hashKey = randomBytes(32);

export async function readSources(inputs: CredentialInputs, env: Variables): Promise<CredentialContent> {
  const [passphrase, ...contents] = await Promise.all(
    [inputs.passphrase, ...parts.map((part) => inputs[part])].map((source) => source && read(source, env)),
  );
  const secret = passphrase && inputs.passphrase && secretOf(passphrase, inputs.passphrase);
  const sources = [inputs.passphrase, ...parts.map((part) => inputs[part])];
  return {
    parts: Object.fromEntries(parts.flatMap((part, index) => (contents[index] ? [[part, contents[index]]] : []))),
    ...secret,
    ...(inputs.alias === undefined ? {} : { alias: inputs.alias }),
    contentHash: hashOf([passphrase, ...contents], inputs.alias),
    fromFiles: sources.some((source) => source?.kind === 'file'),
  };
}

async function read(source: AnySource, env: Variables): Promise<PartContent> {
  const place = sourceLabel(source);
  try {
    const path = source.kind === 'file' ? { path: source.path } : {};
    return { place, kind: source.kind, ...path, ...(await readContent(source, env)) };
  } catch (error) {
    if (error instanceof SourceError)
      return { place, kind: source.kind, error: error.message, isMissing: error.isMissing };
    throw error;
  }
}

function secretOf(
  { bytes, error }: PartContent,
  source: AnySource,
): Pick<CredentialContent, 'passphrase' | 'passphraseError'> {
  if (!bytes) return { ...(error !== undefined && { passphraseError: error }) };
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

/** The places of its parts, for a sentence. */
export const placesOf = ({ parts: all }: CredentialContent): string =>
  [...new Set(Object.values(all).map(({ place }) => place))].join(', ');
