/** The module of a thread that examines. */
import { type CredentialContent, type DeployedCredential, packed, unpacked } from '../credential/index.ts';
import { answer } from '../threads/index.ts';
import type { AssessmentPolicy } from '../verify/index.ts';
import { type Ahead, here, interpretAndJudge, type Rehearsed } from './bench.ts';

export type Job =
  | {
      readonly kind: 'interpret';
      readonly content: CredentialContent;
      readonly ahead: Ahead | undefined;
      /** Fingerprints of certificates that whoever asks has already. */
      readonly known: ReadonlySet<string>;
    }
  | { readonly kind: 'keyIn'; readonly bytes: Uint8Array }
  | {
      readonly kind: 'judge';
      readonly credential: DeployedCredential;
      readonly policy: AssessmentPolicy;
      readonly before: Rehearsed | undefined;
      readonly now: Date;
    };

/** Both as `packed` leaves them: the certificates cross once. */
export interface Interpreted {
  readonly credential: unknown;
  /** Where it was asked for: so that the credential does not have to come back to be judged. */
  readonly judgement: unknown;
}

answer(async (data) => {
  const job = unpacked(data) as Job;
  if (job.kind === 'interpret') {
    const { content, ahead, known } = job;
    const { credential, judgement } = ahead
      ? await interpretAndJudge(content, ahead)
      : { credential: await here.interpret(content), judgement: undefined };
    const crossing = packed(credential, 'facts', known);
    return { credential: crossing, judgement: packed(judgement, 'name') } satisfies Interpreted;
  }
  if (job.kind === 'keyIn') return here.keyIn(Buffer.from(job.bytes));
  return packed(await here.judge(job.credential, job.policy, job.before, job.now), 'name');
});
