/** Where the work of an examination is done: here, or in a thread. */
import { type CredentialContent, type DeployedCredential, interpret } from '../credential/index.ts';
import { type Assessment, type AssessmentPolicy, assess, type Rehearsal, rehearse } from '../verify/index.ts';

/** OpenSSL's verdict, and when it was asked. Absent if there was nothing to rehearse. */
export interface Rehearsed {
  readonly rehearsal?: Rehearsal;
  readonly rehearsedAt: Date;
}

export type Judgement = Rehearsed & { readonly assessment: Assessment };

export interface Bench {
  /** Parses and decrypts. */
  interpret(content: CredentialContent): Promise<DeployedCredential>;
  /** Rehearses, unless what OpenSSL said before still holds, and assesses. */
  judge(
    credential: DeployedCredential,
    policy: AssessmentPolicy,
    before: Rehearsed | undefined,
    now: Date,
  ): Promise<Judgement>;
}

/** In this thread: for commands, which do one thing. */
export const here: Bench = {
  interpret,
  judge: async (credential, policy, before, now) => {
    const { rehearsal, rehearsedAt } = before ?? { rehearsal: await rehearse(credential), rehearsedAt: now };
    const assessment = assess(credential, policy, rehearsal, now);
    return { ...(rehearsal ? { rehearsal } : {}), rehearsedAt, assessment };
  },
};
