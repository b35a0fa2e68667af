/** Reads the sources of a deployed credential. */
import { setTimeout as sleep } from 'node:timers/promises';
import { refreshSources, type Variables } from '../config/index.ts';
import { type Finding, type FindingCode, finding } from '../findings/index.ts';
import { plural } from '../text/index.ts';
import type { Certificate } from '../x509/index.ts';
import { readCertificates } from './certificates.ts';
import { certificatesForClients, keyForClients, notForClients } from './for-clients.ts';
import { formOf } from './form/form.ts';
import { DeployedKey } from './key-handle.ts';
import { readKeystore } from './keystore/keystore.ts';
import { whereTheMatchIs } from './matching.ts';
import { permissions } from './permissions.ts';
import { type KeyProof, PrivateKeyError, readPrivateKey } from './private-key.ts';
import { readBundle } from './shared-bundles.ts';
import {
  type CredentialContent,
  type CredentialInputs,
  type FilesAhead,
  type PartContent,
  partSources,
  readSources,
} from './snapshot.ts';
import { storeProblems, withStoreProblems } from './stores.ts';
import type { DeployedCredential } from './types.ts';

export type { CredentialInputs } from './snapshot.ts';

export interface ReadOptions {
  /** The previous result, returned as it is while every byte is the same, so that an unchanged key is decrypted only once. */
  readonly previous?: DeployedCredential;
  /** For the first reading. What is not among them is read now. */
  readonly ahead?: FilesAhead | undefined;
  /** Waits before files that do not belong together are read again. Default: 250 ms. */
  readonly pause?: () => Promise<void>;
  /** Does the work of parsing and decrypting. Default: `interpret`. */
  readonly interpretWith?: (content: CredentialContent) => Promise<DeployedCredential>;
}

const swapPauseMs = 250;

/**
 * Reads every source. Never throws because of the content: problems are findings of the reading group.
 *
 * Certificate and key are two files, and a renewal writes one after the other. So if they do not belong together, or one of them does not
 * parse, they are read again after a short pause, and that result is reported.
 * @example
 * const sources = { certificate: { kind: 'file', path: '/etc/mesh/client.pem' } } as const;
 * const { certificate, problems } = await readCredential(sources, process.env);
 */
export async function readCredential(
  inputs: CredentialInputs,
  env: Variables,
  options: ReadOptions = {},
): Promise<DeployedCredential> {
  const { ahead, previous, interpretWith = interpret, pause = () => sleep(swapPauseMs) } = options;
  const found = await readSources(inputs, env, ahead);
  if (previous?.contentHash === found.contentHash) return withStoreProblems(previous, found);
  const material = previous && found.inStores ? await settled(inputs, env, found) : found;
  const credential = await interpretWith(material);
  if (!material.isInParts || !looksHalfSwapped(credential)) return withStoreProblems(credential, material);
  await pause();
  const again = await readAgain(inputs, env, material);
  if (again.contentHash === material.contentHash) return withStoreProblems(credential, again);
  return withStoreProblems(await interpretWith(again), again);
}

async function readAgain(inputs: CredentialInputs, env: Variables, before: CredentialContent) {
  if (before.inStores) await refreshSources([partSources(inputs)], env);
  return readSources(inputs, env);
}

const mostReadings = 4;

/** Something was changed in a store, perhaps in the middle of reading: read until two readings in a row are the same. */
async function settled(inputs: CredentialInputs, env: Variables, first: CredentialContent): Promise<CredentialContent> {
  let material = first;
  for (let reading = 1; reading < mostReadings; reading += 1) {
    const again = await readAgain(inputs, env, material);
    if (again.contentHash === material.contentHash) break;
    material = again;
  }
  return material;
}

const transient: ReadonlySet<FindingCode> = new Set<FindingCode>([
  'certificate_malformed',
  'private_key_malformed',
  'ca_bundle_malformed',
  'keystore_malformed',
  'passphrase_wrong',
  'certificate_unreadable',
  'private_key_unreadable',
  'ca_bundle_unreadable',
]);

function looksHalfSwapped({ certificate, privateKey, problems }: DeployedCredential): boolean {
  if (problems.some(({ code }) => transient.has(code))) return true;
  if (!certificate || !privateKey) return false;
  return Buffer.compare(certificate.publicKey.spki, privateKey.publicKey.spki) !== 0;
}

/**
 * Parses and decrypts what was read.
 * @param proof `later`: a key from a file of its own is not proven yet. If a rehearsal with it is accepted, that has proven it; otherwise it has to
 * be interpreted again.
 */
export async function interpret(material: CredentialContent, proof: KeyProof = 'now'): Promise<DeployedCredential> {
  const { certificate, privateKey, caBundle, keystore } = material.parts;
  const bundle = caBundle && (await bundleFrom(caBundle));
  const client = keystore
    ? await fromKeystore(keystore, material)
    : merge(certificate && (await clientFrom(certificate)), privateKey && (await keyFrom(privateKey, material, proof)));
  const extra = client.others ?? [];
  const stores = storeProblems(material.untold);
  const keyBelongs = await whereTheMatchIs(client, material);
  return {
    configured: {
      certificate: Boolean(certificate ?? keystore),
      privateKey: Boolean(privateKey ?? keystore),
      caBundle: Boolean(caBundle ?? keystore),
    },
    ...(client.certificate && { certificate: client.certificate }),
    ...(client.key && { privateKey: client.key }),
    ...(keyBelongs !== undefined && { keyBelongs }),
    // The CA certificates inside a keystore are the bundle, unless another is configured.
    extraCertificates: keystore && !bundle ? [] : extra,
    bundle: bundle?.certificates ?? (keystore ? extra : []),
    ...(keystore && !bundle && { bundleInKeystore: true as const }),
    ...missingIn(material),
    problems: [...client.problems, ...(bundle?.problems ?? []), ...stores],
    ...(stores.length > 0 && { storeProblems: stores }),
    contentHash: material.contentHash,
    ...(material.durableHash !== undefined && { durableHash: material.durableHash }),
    files: material.files,
  };
}

/** Whether the key of a credential that was interpreted without a proof can sign. True if there is none. */
export async function keyWorks({ privateKey }: DeployedCredential): Promise<boolean> {
  return privateKey instanceof DeployedKey ? privateKey.works() : true;
}

function missingIn({ parts }: CredentialContent): Pick<DeployedCredential, 'missing'> {
  const names = Object.keys(parts) as (keyof typeof parts)[];
  const missing = names.filter((name) => parts[name]?.isMissing);
  return missing.length > 0 ? { missing } : {};
}

interface Client {
  readonly certificate?: Certificate;
  readonly others?: readonly Certificate[];
  readonly key?: DeployedKey;
  readonly problems: readonly Finding[];
}

const merge = (certificate: Client | undefined, key: Client | undefined): Client => ({
  ...certificate,
  ...key,
  problems: [...(certificate?.problems ?? []), ...(key?.problems ?? [])],
});

const about = (code: FindingCode, { place }: PartContent, message: string, remedy?: string): Finding =>
  finding(code, `${place}: ${message}.`, { subject: place, ...(remedy === undefined ? {} : { remedy }) });

/** If a store did not answer, that is the finding. */
const unreadable = (code: FindingCode, { place, error, unavailable }: PartContent): Finding[] =>
  unavailable ? [] : [finding(code, `${error}.`, { subject: place })];

async function clientFrom(content: PartContent): Promise<Client> {
  if (!content.bytes) return { problems: unreadable('certificate_unreadable', content) };
  const form = formOf(content.bytes);
  const { entries, problems, overLimit } = await readCertificates(content.bytes, form);
  // If the first does not parse, the second is probably a CA: no client certificate is better than a wrong one.
  const [certificate, ...rest] = entries;
  const others = rest.filter((each) => each !== undefined);
  const code = (problem: string) => (overLimit.includes(problem) ? 'input_over_limit' : 'certificate_malformed');
  const findings = problems.map((problem) => about(code(problem), content, problem));
  if (certificate) findings.push(...certificatesForClients(content, form, entries));
  if (others.length > 0) {
    const message = `it contains ${plural(others.length, 'more certificate')} after the first`;
    findings.push(about('certificate_file_has_extra_certificates', content, message));
  }
  return { ...(certificate && { certificate }), others, problems: findings };
}

async function keyFrom(content: PartContent, material: CredentialContent, proof: KeyProof): Promise<Client> {
  if (!content.bytes) return { problems: unreadable('private_key_unreadable', content) };
  const advice = await permissions(content);
  try {
    const form = formOf(content.bytes);
    const key = await readPrivateKey(content.bytes, material.passphrase, proof, form);
    if (!key.encrypted) advice.push(unencrypted(content));
    advice.push(...keyForClients(content, form));
    return { key, problems: advice };
  } catch (error) {
    if (!(error instanceof PrivateKeyError)) throw error;
    if (isUnknown(error.finding, material)) return { problems: advice };
    return { problems: [about(error.finding, content, explain(error.finding, error.message, material)), ...advice] };
  }
}

async function fromKeystore(keystore: PartContent, material: CredentialContent): Promise<Client> {
  if (!keystore.bytes) return { problems: unreadable('certificate_unreadable', keystore) };
  const { problems, ...content } = await readKeystore(keystore.bytes, material.passphrase, {
    alias: material.alias,
    orPem: keystore.kind === 'azure_certificate',
  });
  const findings = problems
    .filter(({ code }) => !isUnknown(code, material))
    .map(({ code, message, remedy }) => about(code, keystore, explain(code, message, material), remedy));
  const advice = await permissions(keystore);
  if (content.key?.encrypted === false) advice.push(unencrypted(keystore));
  return { ...content, problems: [...findings, ...advice] };
}

/** A store encrypts what it keeps, unless it was told not to. */
function unencrypted(content: PartContent): Finding {
  const { place, isPlain, inStore } = content;
  if (!inStore) return about('private_key_unencrypted', content, 'the private key in it is not encrypted');
  if (isPlain) {
    const message = 'the private key in it is not encrypted, and the store keeps it as plain text';
    return about('private_key_unencrypted', content, message, 'Save it as a SecureString parameter.');
  }
  const message = `${place}: the private key in it has no passphrase; the store encrypts it.`;
  return finding('private_key_unencrypted', message, { subject: place, severity: 'info', remedy: storeEncrypts });
}

const storeEncrypts = 'Nothing has to be done. Whoever may read it in the store can act as this mailbox.';

/** If a store did not give the passphrase, nobody knows whether it is missing. */
const isUnknown = (code: FindingCode, { passphraseUnknown }: CredentialContent): boolean =>
  code === 'passphrase_missing' && passphraseUnknown === true;

/** Why there is no passphrase, if one is configured. */
const explain = (code: FindingCode, message: string, { passphraseError }: CredentialContent): string =>
  code === 'passphrase_missing' && passphraseError ? `${message}: ${passphraseError}` : message;

interface Bundle {
  readonly certificates: readonly Certificate[];
  readonly problems: readonly Finding[];
}

async function bundleFrom(content: PartContent): Promise<Bundle> {
  if (!content.bytes) return { certificates: [], problems: unreadable('ca_bundle_unreadable', content) };
  const { entries, problems, overLimit, notForClients: why } = await readBundle(content.bytes);
  const certificates = entries.filter((each) => each !== undefined);
  const code = (problem: string) => (overLimit.includes(problem) ? 'input_over_limit' : 'ca_bundle_malformed');
  const malformed = problems.map((problem) => about(code(problem), content, problem));
  const unreadByClients = certificates.length > 0 ? notForClients(content, why) : [];
  return { certificates, problems: [...malformed, ...unreadByClients] };
}
