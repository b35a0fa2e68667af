/** The module of a thread that examines. */
import { type CredentialContent, type DeployedCredential, packed, unpacked } from '../credential/index.ts';
import { answer } from '../threads/index.ts';
import type { AssessmentPolicy } from '../verify/index.ts';
import { here, type Rehearsed } from './bench.ts';

export type Job =
  | { readonly kind: 'interpret'; readonly content: CredentialContent }
  | {
      readonly kind: 'judge';
      readonly credential: DeployedCredential;
      readonly policy: AssessmentPolicy;
      readonly before: Rehearsed | undefined;
      readonly now: Date;
    };

answer(async (data) => {
  const job = unpacked(data) as Job;
  if (job.kind === 'interpret') return packed(await here.interpret(job.content), 'facts');
  return packed(await here.judge(job.credential, job.policy, job.before, job.now), 'name');
});
