/** One credential, judged without a configuration: what the `inspect` command prints, and what a program that imports this package gets. */
import type { GivenSource, Source } from '../config/index.ts';
import type { CredentialInputs } from '../credential/index.ts';
import { examineSources } from '../examine/index.ts';
import type { Finding } from '../findings/index.ts';
import { inspectionJson } from '../report/index.ts';
import { literal } from '../text/index.ts';
import { dayMs } from '../time/index.ts';
import type { Credential, CredentialPart, Inspection, InspectOptions } from './types.ts';

/** The defaults of a configuration's `thresholds`. */
export const thresholds = { warningMs: 45 * dayMs, criticalMs: 14 * dayMs };

/**
 * Checks a credential, or as much of one as is given.
 * @returns what `inspect --format json` prints under `inspection`. Problems with the credential, including an unreadable
 *   file or a wrong passphrase, are findings in it.
 * @throws {TypeError} if nothing is given to check, or a value is not of the type that `Credential` and `InspectOptions` say
 * @example
 * const { valid, findings } = await inspect({ certificate: { file: 'client.pem' }, caBundle: { file: 'ca_bundle.pem' } });
 */
export async function inspect(credential: Credential, options: InspectOptions = {}): Promise<Inspection> {
  const sources = sourcesOf(credential);
  const { chainOrder = 'root-first' } = options;
  const { assessment } = await examineSources(sources, { chainOrder, thresholds }, {}, timeOf(options));
  const remedied = { ...assessment, findings: assessment.findings.map(remediedHere) };
  return inspectionJson({ assessment: remedied, sources, chainOrder });
}

const parts = ['certificate', 'privateKey', 'passphrase', 'caBundle', 'keystore'] as const;
type Part = (typeof parts)[number];

const described: Readonly<Record<Part, string>> = {
  certificate: 'the given certificate',
  privateKey: 'the given private key',
  passphrase: 'the given passphrase',
  caBundle: 'the given CA bundle',
  keystore: 'the given keystore',
};

/** Callers in JavaScript have no compiler to warn them: a misspelt part would not be judged, and nobody would notice. */
function sourcesOf(credential: Credential): CredentialInputs {
  const known: readonly string[] = [...parts, 'alias'];
  const unknown = Object.keys(credential).find((name) => !known.includes(name));
  if (unknown !== undefined) throw new TypeError(`inspect: ${unknown} is not one of ${known.join(', ')}`);
  const { alias, certificate, privateKey, caBundle, keystore } = credential;
  if ([certificate, privateKey, caBundle, keystore].every((part) => part === undefined))
    throw new TypeError('inspect: give at least one of certificate, privateKey, caBundle and keystore');
  if (alias !== undefined && (typeof alias !== 'string' || keystore === undefined))
    throw new TypeError('inspect: alias is the name of an entry of the keystore');
  const sources = parts.flatMap((part) => {
    const value = credential[part];
    return value === undefined ? [] : [[part, sourceOf(part, value)] as const];
  });
  return { ...Object.fromEntries(sources), ...(alias === undefined ? {} : { alias }) };
}

function sourceOf(part: Part, value: CredentialPart): Source | GivenSource {
  if (typeof value === 'string') return { kind: 'given', what: described[part], bytes: Buffer.from(value, 'utf8') };
  if (value instanceof Uint8Array) return { kind: 'given', what: described[part], bytes: value };
  if (typeof value?.file === 'string') return { kind: 'file', path: value.file };
  // Never the value: it may be a secret.
  throw new TypeError(`inspect: ${part} is neither text, nor bytes, nor { file }`);
}

function timeOf({ at = new Date(), chainOrder }: InspectOptions): Date {
  if (!(at instanceof Date) || Number.isNaN(at.getTime())) throw new TypeError('inspect: at is not a date');
  if (chainOrder !== undefined && chainOrder !== 'root-first' && chainOrder !== 'leaf-first')
    throw new TypeError('inspect: chainOrder is neither root-first nor leaf-first');
  return at;
}

/** The catalogue's remedy mentions the configuration, which does not exist here. */
const remediedHere = (problem: Finding): Finding =>
  problem.code === 'passphrase_missing' ? { ...problem, remedy: literal('Pass it as `passphrase`.') } : problem;
