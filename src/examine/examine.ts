/** Read → rehearse → assess: the pipeline behind `serve`, `check`, `inspect`, `renew` and `accept`. */
import {
  type AnySource,
  type CredentialParts,
  isInStore,
  type ResolvedEnvironment,
  refreshSources,
  sourceLabel,
  type Variables,
} from '../config/index.ts';
import {
  type CredentialInputs,
  type DeployedCredential,
  type FilesAhead,
  partSources,
  readCredential,
} from '../credential/index.ts';
import { worstFirst } from '../findings/index.ts';
import { rehearse } from '../rehearsal/index.ts';
import { minuteMs } from '../time/index.ts';
import { type Assessment, type AssessmentPolicy, assess, nextBoundary, policyFor } from '../verify/index.ts';
import { type Ahead, type Bench, here, type Rehearsed } from './bench.ts';
import { judgeNext } from './next.ts';

export interface Examination extends Rehearsed {
  readonly credential: DeployedCredential;
  readonly assessment: Assessment;
  /** What the assessment was made for. It says the same for this policy from when it was made until the boundary. */
  readonly judged?: {
    readonly sources: CredentialInputs;
    readonly policy: AssessmentPolicy;
    readonly until: Date | undefined;
  };
  /** `credential.next`, if it is configured. */
  readonly next?: Examination;
  /** The assessment without what is said about `next`. */
  readonly deployed?: Assessment;
}

/**
 * An unchanged credential is not parsed, decrypted or rehearsed again, and it is assessed again only once time has passed a moment at
 * which the assessment can change.
 * @param files what was read of them a moment ago, so that it does not have to be read again.
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
  bench: Bench = here,
  files?: FilesAhead,
): Promise<Examination | undefined> {
  const [sources, nextSources] = [inputsOf(environment), environment.credential?.next];
  if (!sources) return undefined;
  const policy = policyFor(environment);
  const own = examineSources(sources, policy, env, now, last && ownOf(last), bench, files);
  if (!nextSources) return own;
  const next = examineSources(nextSources, policy, env, now, last?.next, bench);
  return withNext(await own, await next, sourceLabel(certificateOf(nextSources)));
}

const certificateOf = (credential: CredentialParts): AnySource =>
  credential.kind === 'pem' ? credential.certificate : credential.keystore;

function withNext(own: Examination, next: Examination, place: string): Examination {
  const { assessment } = own;
  const findings = worstFirst([
    ...assessment.findings,
    ...judgeNext(assessment, { place, assessment: next.assessment }),
  ]);
  return { ...own, assessment: { ...assessment, findings }, deployed: assessment, next };
}

/** Without what was said about the next one. */
function ownOf({ next: _, deployed, ...own }: Examination): Examination {
  return deployed ? { ...own, assessment: { ...deployed, assessedAt: own.assessment.assessedAt } } : own;
}

const inputs = new WeakMap<ResolvedEnvironment, CredentialInputs>();

/** The same object each time, so that a change is cheap to notice. Undefined where no credential is configured. */
export function inputsOf(environment: ResolvedEnvironment): CredentialInputs | undefined {
  const { credential } = environment;
  if (!credential) return undefined;
  const { next: _, ...deployed } = credential;
  const known = inputs.get(environment) ?? { ...deployed, watched: watchedOf(environment) };
  inputs.set(environment, known);
  return known;
}

/** What a handshake needs from stores, besides the credential. */
const watchedOf = ({ mesh }: ResolvedEnvironment): AnySource[] => [mesh.password, mesh.sharedKey].filter(isInStore);

/**
 * Reads what these environments name in stores, for one cycle: everything of a store in as few calls as it allows. Examinations and handshakes
 * then go by what was read. Does nothing for environments that name no store.
 */
export async function readAhead(environments: readonly ResolvedEnvironment[], env: Variables): Promise<void> {
  await refreshSources(environments.flatMap(groupsInStores), env);
}

const groups = new WeakMap<ResolvedEnvironment, AnySource[][]>();

/** What an examination and a handshake read from stores, by what belongs together. */
function groupsInStores(environment: ResolvedEnvironment): readonly AnySource[][] {
  const { credential } = environment;
  const known = groups.get(environment) ?? [
    ...[credential, credential?.next].flatMap((each) => {
      const parts = each ? partSources(each) : [];
      return parts.some(isInStore) ? [parts] : [];
    }),
    ...watchedOf(environment).map((source) => [source]),
  ];
  groups.set(environment, known);
  return known;
}

/** Whether an examination of it waits for a store. */
export const needsStore = (environment: ResolvedEnvironment): boolean => groupsInStores(environment).length > 0;

/** As `examine`, for sources that are not in a configuration. */
export async function examineSources(
  sources: CredentialInputs,
  policy: AssessmentPolicy,
  env: Variables,
  now: Date,
  last?: Examination,
  bench: Bench = here,
  files?: FilesAhead,
): Promise<Examination> {
  const previous = last && !isToBeTriedAgain(last, now) ? last : undefined;
  const credential = await read(sources, env, previous?.credential, bench, { policy, now }, files);
  if (previous && stillSaysTheSame(previous, credential, policy, now)) return lookedAtAgain(previous, now);
  const before = previous && stillHolds(previous, credential, now) ? previous : undefined;
  const judgement = await bench.judge(credential, policy, before, now);
  const until = isGivenUp(judgement)
    ? new Date(now.getTime() + triedAgainAfterMs)
    : nextBoundary(credential, policy, now);
  return { credential, ...judgement, judged: { sources, policy, until } };
}

/** The credential alone, for a handshake. The same object while every byte is the same. */
export const read = (
  sources: CredentialInputs,
  env: Variables,
  previous: DeployedCredential | undefined,
  bench: Bench = here,
  ahead?: Ahead,
  files?: FilesAhead,
): Promise<DeployedCredential> =>
  readCredential(sources, env, {
    ahead: files,
    ...(previous && { previous }),
    interpretWith: (content) => bench.interpret(content, ahead),
  });

const triedAgainAfterMs = 10 * minuteMs;

export const isGivenUp = ({ assessment }: Pick<Examination, 'assessment'>): boolean =>
  assessment.findings.some(({ code }) => code === 'check_given_up');

const isToBeTriedAgain = (last: Examination, now: Date): boolean =>
  isGivenUp(last) && last.judged?.until !== undefined && now >= last.judged.until;

/** Nothing has changed: the same, as of `now`. */
export const lookedAtAgain = (last: Examination, now: Date): Examination => ({
  ...last,
  assessment: { ...last.assessment, assessedAt: now },
});

/** The clock may also have been set back. Without OpenSSL's verdict, it is asked again. */
export function stillSaysTheSame(
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
