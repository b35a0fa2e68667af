/** Read → rehearse → assess, for one environment. What `serve`, `check` and the renewals stand on. */
import type { ResolvedEnvironment } from '../config/types.ts';
import { readCredential } from '../credential/read.ts';
import type { DeployedCredential } from '../credential/types.ts';
import { assess } from '../verify/assess.ts';
import { policyFor } from '../verify/policy.ts';
import { rehearse } from '../verify/rehearsal.ts';
import type { Assessment, Rehearsal } from '../verify/types.ts';

export type Variables = Readonly<Record<string, string | undefined>>;

export interface Examination {
  readonly credential: DeployedCredential;
  /** OpenSSL's verdict; absent when there was nothing to rehearse with. */
  readonly rehearsal?: Rehearsal;
  readonly rehearsedAt: Date;
  readonly assessment: Assessment;
}

/**
 * What is the same as last time is neither parsed, decrypted nor rehearsed again; only judged again, for time has passed.
 * @returns undefined where no credential is configured. Throws only for a bug: what is wrong with the files is in the assessment.
 */
export async function examine(
  environment: ResolvedEnvironment,
  last: Examination | undefined,
  env: Variables,
  now: Date,
): Promise<Examination | undefined> {
  if (!environment.credential) return undefined;
  const previous = last && { previous: last.credential };
  const credential = await readCredential(environment.credential, env, previous);
  const rehearsed = last && stillHolds(last, credential, now) ? last : await rehearseNow(credential, now);
  const { rehearsal, rehearsedAt } = rehearsed;
  const assessment = assess(credential, policyFor(environment), rehearsal, now);
  return { credential, ...(rehearsal ? { rehearsal } : {}), rehearsedAt, assessment };
}

type Rehearsed = Pick<Examination, 'rehearsal' | 'rehearsedAt'>;

async function rehearseNow(credential: DeployedCredential, now: Date): Promise<Rehearsed> {
  const rehearsal = await rehearse(credential);
  return { ...(rehearsal ? { rehearsal } : {}), rehearsedAt: now };
}

/** For the same bytes OpenSSL says the same, until a certificate begins or ends; the clock may also have been set back. */
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
