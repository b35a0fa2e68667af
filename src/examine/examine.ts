/** Read → rehearse → assess: the pipeline behind `serve`, `check`, `inspect`, `renew` and `accept`. */
import type { ResolvedEnvironment, Variables } from '../config/index.ts';
import { type CredentialInputs, type DeployedCredential, readCredential } from '../credential/index.ts';
import {
  type Assessment,
  type AssessmentPolicy,
  assess,
  nextBoundary,
  policyFor,
  type Rehearsal,
  rehearse,
} from '../verify/index.ts';

export interface Examination {
  readonly credential: DeployedCredential;
  /** OpenSSL's verdict. Undefined if there was nothing to rehearse. */
  readonly rehearsal?: Rehearsal;
  readonly rehearsedAt: Date;
  readonly assessment: Assessment;
  /** What the assessment was made for. It says the same for this policy from when it was made until the boundary. */
  readonly judged?: { readonly policy: AssessmentPolicy; readonly until: Date | undefined };
}

/**
 * An unchanged credential is not parsed, decrypted or rehearsed again, and it is assessed again only once time has passed a moment at
 * which the assessment can change.
 * @returns undefined where no credential is configured.
 * @throws {ResourceShortageError} when this process could not look. Anything else thrown is a bug: what is wrong with the files is in the
 * assessment.
 * @example
 * const first = await examine(environment, undefined, process.env, new Date());
 * const next = await examine(environment, first, process.env, new Date());
 */
export async function examine(
  environment: ResolvedEnvironment,
  last: Examination | undefined,
  env: Variables,
  now: Date,
): Promise<Examination | undefined> {
  return environment.credential && examineSources(environment.credential, policyFor(environment), env, now, last);
}

/** As `examine`, for sources that are not in a configuration. */
export async function examineSources(
  sources: CredentialInputs,
  policy: AssessmentPolicy,
  env: Variables,
  now: Date,
  last?: Examination,
): Promise<Examination> {
  const credential = await readCredential(sources, env, last && { previous: last.credential });
  if (last && stillSaysTheSame(last, credential, policy, now))
    return { ...last, assessment: { ...last.assessment, assessedAt: now } };
  const rehearsed = last && stillHolds(last, credential, now) ? last : await rehearseNow(credential, now);
  const { rehearsal, rehearsedAt } = rehearsed;
  const assessment = assess(credential, policy, rehearsal, now);
  const judged = { policy, until: nextBoundary(credential, policy, now) };
  return { credential, ...(rehearsal ? { rehearsal } : {}), rehearsedAt, assessment, judged };
}

/** The clock may also have been set back. Without OpenSSL's verdict, it is asked again. */
function stillSaysTheSame(
  last: Examination,
  credential: DeployedCredential,
  policy: AssessmentPolicy,
  now: Date,
): boolean {
  const { assessment, judged } = last;
  if (judged?.policy !== policy || last.credential !== credential || now < assessment.assessedAt) return false;
  return judged.until === undefined || now < judged.until;
}

/** Rehearses and assesses a credential that is not deployed yet. */
export async function examineCandidate(
  credential: DeployedCredential,
  policy: AssessmentPolicy,
  now: Date,
): Promise<Assessment> {
  return assess(credential, policy, await rehearse(credential), now);
}

type Rehearsed = Pick<Examination, 'rehearsal' | 'rehearsedAt'>;

async function rehearseNow(credential: DeployedCredential, now: Date): Promise<Rehearsed> {
  const rehearsal = await rehearse(credential);
  return { ...(rehearsal ? { rehearsal } : {}), rehearsedAt: now };
}

/** OpenSSL's verdict on the same bytes stays the same until a certificate becomes valid or expires. The clock may also have been set back. */
export function stillHolds(
  last: Pick<Examination, 'rehearsedAt'> & { readonly credential: Pick<DeployedCredential, 'contentHash'> },
  credential: Pick<DeployedCredential, 'contentHash' | 'certificate' | 'extraCertificates' | 'bundle'>,
  now: Date,
): boolean {
  if (last.credential.contentHash !== credential.contentHash) return false;
  const [from, to] = [last.rehearsedAt.getTime(), now.getTime()].sort((a, b) => a - b) as [number, number];
  const certificates = [credential.certificate ?? [], credential.extraCertificates, credential.bundle].flat();
  return certificates
    .flatMap(({ notBefore, notAfter }) => [notBefore.getTime(), notAfter.getTime()])
    .every((boundary) => boundary < from || boundary > to);
}
