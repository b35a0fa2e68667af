/** Checks the certificate that came back, rehearses it with the pending key, and writes the files ready to deploy. */
import { join } from 'node:path';
import { orderBundle, shippedBundle } from '../../bundle/index.ts';
import {
  type ResolvedEnvironment,
  readSecret,
  type StoreSource,
  targetOf,
  type Variables,
} from '../../config/index.ts';
import { type DeployedCredential, type PrivateKeyHandle, readCredential } from '../../credential/index.ts';
import { examineCandidate } from '../../examine/index.ts';
import { readRegularFile } from '../../files/index.ts';
import type { SafeText } from '../../text/index.ts';
import { type Assessment, looksSelfSigned, policyFor } from '../../verify/index.ts';
import { type Certificate, parseCertificate, pemOf, readPem, toPem } from '../../x509/index.ts';
import { writeAtomically } from '../store/atomic-file.ts';
import type { RenewalRecord } from '../types.ts';
import { deploymentInstructions, type LaidOutFiles } from './deployment-instructions.ts';
import { judgeIssued, pickIssued } from './judge.ts';
import { keyOfRequest } from './key-of-request.ts';
import { laidOutAt } from './laid-out.ts';
import { readIssuedFile } from './read.ts';
import { sharingOf } from './sharing.ts';

export interface PrepareInput {
  readonly environment: ResolvedEnvironment;
  /** Every environment in the configuration. */
  readonly environments: readonly ResolvedEnvironment[];
  /** The renewal that the certificate answers. */
  readonly record: RenewalRecord;
  /** The file's bytes. */
  readonly issued: Uint8Array;
  readonly stateDir: string;
  readonly env: Variables;
  readonly now: Date;
}

export type PrepareResult = Refused | Accepted;

export interface Refused {
  readonly accepted: false;
  readonly certificate?: Certificate;
  readonly reasons: readonly string[];
  readonly notes: readonly string[];
}

export interface Accepted {
  readonly accepted: true;
  readonly certificate: Certificate;
  /** When the certificate that it replaces expires; absent if it is the first. */
  readonly replacedNotAfter?: Date;
  /** From the certificate to the root. */
  readonly path: readonly Certificate[];
  readonly notes: readonly string[];
  /** Why it must not go where the configuration says. */
  readonly conflict?: string;
  readonly files: LaidOutFiles;
  /** Where the new key is, if it is in a secret store and not among the files. */
  readonly keyIn?: StoreSource;
  /** Line by line, as in the file `instructions`. */
  readonly instructions: SafeText;
}

/**
 * Judges first, and writes only what was accepted: below `stateDir`, never to a deployed file.
 * @throws {Error} of the file system when the files cannot be written; the record must then stay as it is.
 */
export async function prepareIssued(input: PrepareInput): Promise<PrepareResult> {
  const file = await readIssuedFile(input.issued);
  if ('refused' in file) return refuse([file.refused]);
  const certificate = pickIssued(file.certificates, input.record);
  if (!certificate) return refuse(['the file does not contain a certificate']);

  const deployed = input.environment.credential && (await readCredential(input.environment.credential, input.env));
  const pending = await keyOfRequest(input, deployed);
  if ('refused' in pending) return refuse([pending.refused], certificate);

  const cas = [...file.certificates, ...(await cameEarlier(input))];
  const bundle = withIntermediates(trustedFor(input.environment, deployed), cas, certificate);
  const candidate = candidateOf(certificate, pending.handle, bundle);
  const assessment = await examineCandidate(candidate, policyFor(input.environment), input.now);
  const received = { environment: input.environment, issued: certificate, certificates: file.certificates };
  const { reasons, notes } = judgeIssued(received, input.record, assessment);
  if (reasons.length > 0) return refuse(reasons, certificate, notes);
  const sharing = await sharingOf({ ...input, certificate });
  const laidOut = await layOut(input, certificate, bundle, assessment, { deployed, ...sharing });
  const { notAfter } = input.record;
  const replaced = notAfter ? { replacedNotAfter: notAfter } : {};
  return { accepted: true, certificate, ...replaced, notes: [...notes, ...sharing.notes], ...laidOut };
}

const refuse = (reasons: readonly string[], certificate?: Certificate, notes: readonly string[] = []): Refused => ({
  accepted: false,
  reasons,
  notes,
  ...(certificate ? { certificate } : {}),
});

/** Accepted once, the certificate lies alone in its file: the CAs that came with it are in the bundle beside it. */
async function cameEarlier({ record, stateDir }: PrepareInput): Promise<Certificate[]> {
  if (record.state !== 'issued') return [];
  const read = await readRegularFile(laidOutAt(record, stateDir).caBundle, { mostBytes: mostBundleBytes });
  if ('problem' in read) return [];
  const issued = await readIssuedFile(read.bytes);
  return 'refused' in issued ? [] : [...issued.certificates];
}

const mostBundleBytes = 1024 * 1024;

/**
 * CAs that came with the certificate help to build the path, but a root among them is not trusted: trust comes from the bundle, which
 * a person put together, not from an email.
 */
function withIntermediates(
  bundle: readonly Certificate[],
  received: readonly Certificate[],
  issued: Certificate,
): Certificate[] {
  const known = new Set(bundle.map(({ fingerprintSha256 }) => fingerprintSha256));
  const extra = received.filter(
    (each) =>
      each !== issued && each.basicConstraints?.ca && !looksSelfSigned(each) && !known.has(each.fingerprintSha256),
  );
  return [...bundle, ...extra];
}

/**
 * The deployed bundle; where there is none yet, the public CA certificates of the NHS environment, which are shipped.
 */
function trustedFor(
  { preset, chainOrder }: ResolvedEnvironment,
  deployed: DeployedCredential | undefined,
): readonly Certificate[] {
  const isThere = deployed && !deployed.missing?.some((part) => part === 'caBundle' || part === 'keystore');
  if (isThere || preset === undefined || preset === 'sandbox') return deployed?.bundle ?? [];
  return shippedBundle(preset, chainOrder).flatMap(({ pem }) =>
    readPem(pem).flatMap(({ bytes }) => (bytes ? [parseCertificate(bytes)] : [])),
  );
}

/** The credential as it would be deployed. */
function candidateOf(
  certificate: Certificate,
  privateKey: PrivateKeyHandle,
  bundle: readonly Certificate[],
): DeployedCredential {
  return {
    configured: { certificate: true, privateKey: true, caBundle: true },
    certificate,
    extraCertificates: [],
    bundle,
    privateKey,
    problems: [],
    contentHash: certificate.fingerprintSha256,
  };
}

async function layOut(
  { environment, record, stateDir, env }: PrepareInput,
  certificate: Certificate,
  bundle: readonly Certificate[],
  assessment: Assessment,
  { deployed, conflict }: { readonly deployed: DeployedCredential | undefined; readonly conflict?: string },
): Promise<Pick<Accepted, 'path' | 'files' | 'instructions' | 'keyIn' | 'conflict'>> {
  const files: LaidOutFiles = {
    ...laidOutAt(record, stateDir),
    ...(record.keyFile === undefined ? {} : { privateKey: join(stateDir, record.keyFile) }),
  };
  const ordered = orderBundle(bundle, environment.chainOrder);
  const path = assessment.path.flatMap(
    (fingerprint) =>
      assessment.certificates.find((each) => each.certificate.fingerprintSha256 === fingerprint)?.certificate ?? [],
  );
  const newPassphrase = await newKeyNeedsNewPassphrase(environment, record, env);
  const { missing = [] } = deployed ?? {};
  const { keyPlace } = record;
  const against = conflict === undefined ? {} : { conflict };
  const instructions = deploymentInstructions(environment, files, {
    ...against,
    certificate,
    path,
    newPassphrase,
    missing,
    ...(keyPlace === undefined ? {} : { keyPlace }),
  });
  await writeAtomically(files.certificate, toPem(certificate.der));
  await writeAtomically(files.caBundle, pemOf(ordered));
  await writeAtomically(files.instructions, instructions);
  const { pendingKey: place } = environment.renewal;
  return { path, files, instructions, ...against, ...(keyPlace === undefined || !place ? {} : { keyIn: place }) };
}

/** Whether the new key has a different passphrase from the one the application has. */
export async function newKeyNeedsNewPassphrase(
  environment: ResolvedEnvironment,
  { keyFile, keyPlace }: RenewalRecord,
  env: Variables,
): Promise<boolean> {
  const { passphrase } = environment.renewal;
  const known = targetOf(environment)?.parts.passphrase;
  if ((keyFile ?? keyPlace) === undefined || !passphrase) return false;
  if (!known) return true;
  const [next, current] = [await readSecret(passphrase, env), await readSecret(known, env)];
  return next.reveal() !== current.reveal();
}
