/** Where the work of an examination is done: here, or in a thread. */
import {
  type CredentialContent,
  type DeployedCredential,
  interpret,
  type KeyFound,
  keyWorks,
  privateKeyIn,
} from '../credential/index.ts';
import { type Rehearsal, rehearse } from '../rehearsal/index.ts';
import { type Assessment, type AssessmentPolicy, assess } from '../verify/index.ts';

/** OpenSSL's verdict, and when it was asked. Absent if there was nothing to rehearse. */
export interface Rehearsed {
  readonly rehearsal?: Rehearsal;
  readonly rehearsedAt: Date;
}

export type Judgement = Rehearsed & { readonly assessment: Assessment };

/** What `judge` will be asked next, if the files are not read again first. */
export interface Ahead {
  readonly policy: AssessmentPolicy;
  readonly now: Date;
}

export interface Bench {
  /** Parses and decrypts. */
  interpret(content: CredentialContent, ahead?: Ahead): Promise<DeployedCredential>;
  /** Rehearses, unless what OpenSSL said before still holds, and assesses. */
  judge(
    credential: DeployedCredential,
    policy: AssessmentPolicy,
    before: Rehearsed | undefined,
    now: Date,
  ): Promise<Judgement>;
  /** Whether these bytes contain a private key. `unknown`: that takes too long to find out. */
  keyIn(bytes: Buffer): Promise<KeyFound | 'unknown' | undefined>;
}

/**
 * Both steps in one. The private key signs once: OpenSSL accepts a client only if its signature verifies with the key of its certificate, and
 * the certificate's key is the deployed key's own public half. If OpenSSL does not accept it, the key is tried by itself, as `interpret` does.
 */
export async function interpretAndJudge(
  content: CredentialContent,
  { policy, now }: Ahead,
): Promise<{ readonly credential: DeployedCredential; readonly judgement: Judgement }> {
  const credential = await interpret(content, 'later');
  const rehearsal = await rehearse(credential);
  if (!rehearsal?.accepted && !(await keyWorks(credential))) {
    const damaged = await interpret(content);
    return { credential: damaged, judgement: await here.judge(damaged, policy, undefined, now) };
  }
  const before = { ...(rehearsal ? { rehearsal } : {}), rehearsedAt: now };
  return { credential, judgement: await here.judge(credential, policy, before, now) };
}

const judgedAhead = new WeakMap<DeployedCredential, Ahead & { readonly judgement: Judgement }>();

/** Keeps what was judged along with `interpret` until `judge` asks for it. */
export function keepAhead(credential: DeployedCredential, ahead: Ahead, judgement: Judgement): void {
  judgedAhead.set(credential, { ...ahead, judgement });
}

/** Undefined if it was judged for something else, or not at all. */
export function takeAhead(credential: DeployedCredential, { policy, now }: Ahead): Judgement | undefined {
  const ahead = judgedAhead.get(credential);
  judgedAhead.delete(credential);
  return ahead?.policy === policy && ahead.now === now ? ahead.judgement : undefined;
}

/** In this thread: for commands, which do one thing. */
export const here: Bench = {
  interpret: async (content, ahead) => {
    if (!ahead) return interpret(content);
    const { credential, judgement } = await interpretAndJudge(content, ahead);
    keepAhead(credential, ahead, judgement);
    return credential;
  },
  judge: async (credential, policy, before, now) => {
    const ahead = before ? undefined : takeAhead(credential, { policy, now });
    if (ahead) return ahead;
    const { rehearsal, rehearsedAt } = before ?? { rehearsal: await rehearse(credential), rehearsedAt: now };
    const assessment = assess(credential, policy, rehearsal, now);
    return { ...(rehearsal ? { rehearsal } : {}), rehearsedAt, assessment };
  },
  keyIn: (bytes) => privateKeyIn(bytes),
};
