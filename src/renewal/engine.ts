/** Carries out what `decideRenewal` decides, one environment at a time, until there is nothing left to do now. */
import type { ResolvedEnvironment } from '../config/index.ts';
import type { Certificate } from '../x509/index.ts';
import { answers, subjectOf } from './claim.ts';
import { conclude, recordsOf, withoutStore } from './conclude.ts';
import { clientCertificate, decideRenewal } from './decide.ts';
import type { RenewalDecision, RenewalFacts } from './decision.ts';
import { keyFor } from './first.ts';
import type { SendResult } from './mail/mailer.ts';
import { isStuck, mayTell } from './notices.ts';
import { uncertainReason } from './recover.ts';
import { reopenedChanges } from './reopen.ts';
import { leftBehind } from './request/left-behind.ts';
import { lastHeldKey } from './request/pending-key.ts';
import { restsUntil } from './rest.ts';
import { askedChanges, refusalFacts } from './retry.ts';
import { saveUnsaved, sendRequest } from './send.ts';
import type { EngineDeps, RenewalInput, RenewalStep } from './step.ts';
import { patiently } from './store/patiently.ts';
import { type Changes, StoreError, type Transition } from './store/store.ts';
import { notify } from './tell.ts';
import { type EmailOutcome, type RequestKey, type StoredRenewal, statesNeedingKey, type Told } from './types.ts';

/** begin, fall due, send, uncertain's notice; or note, deploy, notify, close, and begin the next: no real sequence is longer. */
const mostMoves = 12;

/** The state of the world never makes it throw: if the disk cannot be written, that is a finding, and nothing is sent. */
export async function advanceRenewal(input: RenewalInput, deps: EngineDeps, now: Date): Promise<RenewalStep> {
  const { environment } = input;
  const emailed: EmailOutcome[] = [];
  try {
    await saveUnsaved(deps);
    let shown: RequestKey | undefined;
    for (let moves = 0; ; ) {
      deps.store.assertInPlace();
      let facts = await factsFor(input, deps);
      if (await identify(facts.records, environment, deps)) facts = await factsFor(input, deps);
      const decision = decideRenewal(facts, now);
      if (moves === mostMoves) throw new Error(`renewal of ${environment.name} does not finish: ${decision.kind}`);
      const goesOn = decision.kind !== 'rest' && (await act(decision, facts, input, deps, now, emailed));
      // There may be many records to take over; each is taken over once.
      if (decision.kind !== 'adopt') moves += 1;
      // The cycle that closes a renewal still shows it as deployed; the next cycle shows what follows.
      if (decision.kind === 'close') shown = decision.key;
      if (!goesOn) {
        // A failed step may have recorded its reason.
        const after = decision.kind === 'rest' ? facts : await factsFor(input, deps);
        const conclusion = conclude(after, deps, shown ?? decision.key, decision, now);
        deps.lastKnown.set(environment.name, conclusion.status);
        deps.unrecorded.delete(environment.name);
        const until = emailed.length === 0 ? restsUntil(after, decision, conclusion, now) : undefined;
        return { ...conclusion, emailed, ...(until ? { until } : {}) };
      }
    }
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    if (deps.unrecorded.get(environment.name) !== error.message)
      deps.log.warn({ environment: environment.name, problem: error.message }, 'renewal state cannot be recorded');
    deps.unrecorded.set(environment.name, error.message);
    return { ...withoutStore(input, deps, error, now), emailed };
  }
}

/** Records of earlier releases do not say which mailbox they are for; a later rename is recognised by it. @returns whether there was one */
async function identify(
  records: readonly StoredRenewal[],
  environment: ResolvedEnvironment,
  { store }: EngineDeps,
): Promise<boolean> {
  const unidentified = records.filter(({ mailboxId, closedAt }) => mailboxId === undefined && !closedAt);
  for (const record of unidentified) await patiently(() => store.note(record, subjectOf(environment)));
  return unidentified.length > 0;
}

/** Everything that a decision is based on. */
async function factsFor(input: RenewalInput, deps: EngineDeps): Promise<RenewalFacts> {
  const { environment } = input;
  const certificate = clientCertificate(input.assessment);
  const key = keyFor(environment, certificate);
  if (certificate) deps.deployed.set(environment.name, certificate.fingerprintSha256);
  const records = await patiently(() => recordsOf(deps.store, input));
  const refused = records.records.find(
    ({ state, fingerprintSha256 }) => state === 'failed' && fingerprintSha256 === key.fingerprintSha256,
  )?.refusedThing;
  const { doubt } = deps.clock;
  const gone = await keyGone(records.records, environment, deps);
  return {
    ...input,
    ...records,
    names: deps.names,
    making: deps.making,
    ...(deps.subjects ? { subjects: deps.subjects } : {}),
    configurationFile: deps.configurationFile,
    ...(doubt === undefined ? {} : { clockDoubt: doubt }),
    ...(gone === undefined ? {} : { keyGone: gone }),
    ...(refused ? { refusedFacts: await refusalFacts(refused, environment, deps) } : {}),
  };
}

/** Asked only while the desk has, or may have, a request whose key is in a store. */
async function keyGone(
  records: readonly StoredRenewal[],
  environment: ResolvedEnvironment,
  { env }: EngineDeps,
): Promise<string | undefined> {
  const open = records.find(({ keyPlace, state }) => keyPlace !== undefined && statesNeedingKey.includes(state));
  const held = open && (await lastHeldKey(open, environment, env));
  return held?.kind === 'gone' ? held.why : undefined;
}

/** @returns whether to decide again. */
async function act(
  decision: RenewalDecision,
  facts: RenewalFacts,
  input: RenewalInput,
  deps: EngineDeps,
  now: Date,
  emailed: EmailOutcome[],
): Promise<boolean> {
  const { store, log } = deps;
  const { kind, key, reason } = decision;
  const certificate = clientCertificate(facts.assessment);
  if (!key) throw new Error(`${kind} without a renewal`);
  const { environment } = input;
  const own = certificate ? { certificate } : {};
  const diagnosed = () => told(input, conclude(facts, deps, key, decision, now));
  const subject = subjectOf(environment);
  const move = (from: Transition['from'], to: StoredRenewal['state'], changes: Changes = {}, why: string = reason) =>
    patiently(() => store.transition(key, { from, to, at: now, reason: why, changes }));
  const note = async (changes: Changes) => {
    await patiently(() => store.note(key, changes));
    return true;
  };
  if (kind !== 'begin') log.info({ environment: environment.name, step: kind, reason }, 'renewal');

  switch (decision.kind) {
    case 'rest':
      return false;
    case 'adopt':
      // Not from under the hands of an environment that is making the request.
      return patiently(
        () => !deps.making.has(key.fingerprintSha256) && store.adopt(decision.from, environment.name, subject),
      );
    case 'begin':
      await patiently(() => store.begin({ ...replaced(key, certificate), ...subject }, now, reason));
      return true;
    case 'fall_due':
      return move(['not_due'], 'due', input.asked ? askedChanges(input.asked, now) : {});
    case 'withdraw':
      return move(['due'], 'not_due', { askedReason: null, nextAttemptAt: null, lastError: null });
    case 'retry':
      return move(['failed'], 'due', { lastError: null, nextAttemptAt: null });
    case 'send': {
      if (!(await patiently(() => beginsMaking(key, deps)))) return false;
      try {
        const left = await leftBehind(deps.stateDir, recordOf(facts, key), environment);
        if (left)
          return await move(
            ['due'],
            'uncertain',
            { ...left, bodyBegunAt: now, lastError: restoredReason },
            restoredReason,
          );
        const result = await sendRequest({ ...input, ...own, ...diagnosed(), record: recordOf(facts, key) }, deps, now);
        if (result) emailed.push(emailOutcome(result));
        else emailed.push(...(await tellIfStuck(key, decision, input, deps, now)));
        return result !== undefined;
      } finally {
        deps.making.delete(key.fingerprintSha256);
      }
    }
    case 'notify': {
      const news = { record: recordOf(facts, key), certificate, environment, ...diagnosed() };
      const result = await notify(decision.notice, news, deps, now);
      if (result) emailed.push(emailOutcome(result));
      return result !== undefined;
    }
    case 'note_successor':
      return note({ successorFingerprintSha256: decision.successor, successorSeenAt: now });
    case 'deploy':
      return move(['requested', 'uncertain', 'issued'], 'deployed', {
        lastError: null,
        ...(decision.accepted ? { acceptedAt: now } : {}),
        ...(certificate && answers(certificate, recordOf(facts, key))
          ? { issuedFingerprintSha256: decision.successor }
          : {}),
      });
    case 'retire':
      return move(['not_due', 'due', 'failed'], 'deployed', {
        successorFingerprintSha256: decision.successor,
        closedAt: now,
        lastError: null,
      });
    case 'reopen':
      return move(['deployed'], decision.to, reopenedChanges);
    case 'close':
      return note({ closedAt: now });
  }
}

/** One at a time makes the request for a certificate, or each would make a key of its own. Another environment may just have taken it over. */
function beginsMaking(key: RequestKey, { store, making }: EngineDeps): boolean {
  if (making.has(key.fingerprintSha256) || !store.get(key)) return false;
  making.add(key.fingerprintSha256);
  return true;
}

const restoredReason = uncertainReason(
  'a request for this certificate is on the disk, and the record of renewals, which may have been restored from a backup, does not know of it',
);

/** The contact is told of a request that still cannot be made after another try. Whoever asks by hand sees it, and an outbox tells nobody. */
async function tellIfStuck(
  key: RequestKey,
  decision: RenewalDecision,
  input: RenewalInput,
  deps: EngineDeps,
  now: Date,
): Promise<EmailOutcome[]> {
  const { environment, asked } = input;
  const record = await patiently(() => deps.store.get(key));
  if (asked || !deps.server || !record || !isStuck(record, now) || !mayTell(record, 'unsent', now)) return [];
  const facts = await factsFor(input, deps);
  const diagnosed = told(input, conclude(facts, deps, key, decision, now));
  const certificate = clientCertificate(facts.assessment);
  const result = await notify('unsent', { record, certificate, environment, ...diagnosed }, deps, now);
  return result ? [emailOutcome(result)] : [];
}

const told = ({ diagnose }: RenewalInput, conclusion: Pick<RenewalStep, 'status' | 'findings'>): { told?: Told } =>
  diagnose ? { told: diagnose(conclusion) } : {};

const emailOutcome = ({ outcome }: SendResult): EmailOutcome => (outcome === 'uncertain' ? 'failed' : outcome);

function replaced(key: RequestKey, certificate: Certificate | undefined) {
  if (!certificate) return { ...key, commonName: '' };
  const { subject, serial, notAfter } = certificate;
  return { ...key, commonName: subject.commonName ?? '', serial, notAfter };
}

function recordOf({ records }: RenewalFacts, key: RequestKey): StoredRenewal {
  const record = records.find(({ fingerprintSha256 }) => fingerprintSha256 === key.fingerprintSha256);
  if (!record) throw new Error(`no record of ${key.fingerprintSha256}`);
  return record;
}
