/** Read → rehearse → assess, for one environment. What `serve`, `check` and the renewals stand on. */
import type { ResolvedEnvironment } from '../config/types.ts';
import { readCredential } from '../credential/read.ts';
import type { DeployedCredential } from '../credential/types.ts';
import { assess } from '../verify/assess.ts';
import { policyFor } from '../verify/policy.ts';
import { rehearse } from '../verify/rehearsal.ts';
import type { Assessment, Rehearsal } from '../verify/types.ts';

export type Variables = Readonly<Record<string, string | undefined>>;

/** OpenSSL's verdict, kept for as long as it cannot have changed. */
export interface KeptRehearsal {
  readonly contentHash: string;
  /** Absent when there was nothing to rehearse with. */
  readonly verdict: Rehearsal | undefined;
  readonly judgedAt: Date;
}

export interface Examination {
  readonly credential: DeployedCredential;
  readonly assessment: Assessment;
  readonly rehearsal: KeptRehearsal;
}

/** @returns undefined where no credential is configured. Throws only for a bug: what is wrong with the files is in the assessment. */
export async function examine(
  environment: ResolvedEnvironment,
  kept: KeptRehearsal | undefined,
  env: Variables,
  now: Date,
): Promise<Examination | undefined> {
  if (!environment.credential) return undefined;
  const credential = await readCredential(environment.credential, env);
  const rehearsal = kept && stillHolds(kept, credential, now) ? kept : await rehearsed(credential, now);
  const assessment = assess(credential, policyFor(environment), rehearsal.verdict, now);
  return { credential, assessment, rehearsal };
}

async function rehearsed(credential: DeployedCredential, now: Date): Promise<KeptRehearsal> {
  const verdict = await rehearse(credential);
  return { contentHash: credential.contentHash, verdict, judgedAt: now };
}

/** For the same bytes OpenSSL says the same, until a certificate begins or ends; the clock may also have been set back. */
export function stillHolds(
  kept: KeptRehearsal,
  credential: Pick<DeployedCredential, 'contentHash' | 'certificate' | 'extraCertificates' | 'bundle'>,
  now: Date,
): boolean {
  if (kept.contentHash !== credential.contentHash) return false;
  const [from, to] = [kept.judgedAt.getTime(), now.getTime()].sort((a, b) => a - b) as [number, number];
  const certificates = [credential.certificate ?? [], credential.extraCertificates, credential.bundle].flat();
  return certificates
    .flatMap(({ notBefore, notAfter }) => [notBefore.getTime(), notAfter.getTime()])
    .every((boundary) => boundary < from || boundary > to);
}
