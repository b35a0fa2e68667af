/** The status and findings of a renewal once there is nothing left to do about it now. Does nothing itself. */
import type { ResolvedEnvironment } from '../config/index.ts';
import { escaped, say } from '../text/index.ts';
import { addWorkingDays, lastSafeDay } from '../time/index.ts';
import type { Certificate } from '../x509/index.ts';
import { subjectOf } from './claim.ts';
import type { ClockWatch } from './clock.ts';
import { clientCertificate, decideRenewal, waitsForClock } from './decide.ts';
import type { RenewalDecision, RenewalFacts } from './decision.ts';
import { dueAt, hasRenewals, withError } from './due.ts';
import { renewalFindings } from './findings.ts';
import { keyFor, standingOfFirst } from './first.ts';
import { deploymentOf } from './remedies.ts';
import { isDraft } from './states.ts';
import type { Configured, EngineDeps, RenewalInput, RenewalStep } from './step.ts';
import { isPresent } from './store/pending-files.ts';
import { type RenewalReader, type StoreError, StoreReplacedError } from './store/store.ts';
import type { RenewalRecord, RenewalStatus, RequestKey, StoredRenewal } from './types.ts';

type Conclusion = Omit<RenewalStep, 'emailed'>;

export function recordsOf(
  store: RenewalReader,
  { environment, assessment }: RenewalInput,
): Pick<RenewalFacts, 'records' | 'related'> {
  const { fingerprintSha256: fingerprint } = keyFor(environment, clientCertificate(assessment));
  return {
    records: store.list(environment.name),
    related: store.related(environment.name, subjectOf(environment), fingerprint),
  };
}

/**
 * The state of a renewal, for a command that checks once: does nothing, sends nothing, records nothing.
 * @param store absent if nothing has been recorded yet.
 * @throws {StoreError}
 */
export function viewRenewal(
  input: RenewalInput,
  store: RenewalReader | undefined,
  { stateDir, ...configured }: Configured & { readonly stateDir: string },
  now: Date,
): Conclusion {
  const records = store ? recordsOf(store, input) : { records: [], related: [] };
  let facts: RenewalFacts = { ...input, ...records, ...configured };
  let decision = decideRenewal(facts, now);
  while (decision.kind === 'adopt') {
    facts = adopted(facts, decision.from);
    decision = decideRenewal(facts, now);
  }
  return conclude(facts, { stateDir, clock: { step: undefined } }, decision.key, decision, now);
}

/** As the service would see it after taking over the record. */
function adopted({ records, related, ...facts }: RenewalFacts, from: RequestKey): RenewalFacts {
  const is = (record: StoredRenewal) =>
    record.environment === from.environment && record.fingerprintSha256 === from.fingerprintSha256;
  const taken = related.filter(is).map((record) => ({ ...record, environment: facts.environment.name }));
  return { ...facts, records: [...records, ...taken], related: related.filter((record) => !is(record)) };
}

export function conclude(
  facts: RenewalFacts,
  { stateDir, clock }: { readonly stateDir: string; readonly clock: Pick<ClockWatch, 'step'> },
  key: RequestKey | undefined,
  { reason }: RenewalDecision,
  now: Date,
): Conclusion {
  const { environment } = facts;
  const record = [...facts.records, ...facts.related].find(
    (each) => each.environment === key?.environment && each.fingerprintSha256 === key.fingerprintSha256,
  );
  const notAfter = record ? record.notAfter : clientCertificate(facts.assessment)?.notAfter;
  const first = standingOfFirst(facts, record);
  const why = withError(reason, record);
  const deployment = record?.state === 'issued' ? deploymentOf(record, facts, stateDir) : undefined;
  const isRenewable = hasRenewals(environment);
  const status: RenewalStatus = {
    state: record?.state ?? 'not_due',
    reason: escaped(why),
    ...(isRenewable && notAfter ? datesOf(environment, { notAfter }) : {}),
    ...(record?.requestedAt ? { requestedAt: record.requestedAt, ...answerDue(environment, record) } : {}),
    ...(record ? { record } : {}),
    ...(deployment ? { deployment } : {}),
    ...(record && waitsForClock(record, facts) ? { clockDoubt: escaped(`${facts.clockDoubt}`) } : {}),
    ...(first ? { first } : {}),
  };
  const keyMissing =
    record !== undefined &&
    (record.keyPlace === undefined ? !isPresent(stateDir, record.keyFile) : facts.keyGone !== undefined);
  return {
    status,
    findings: renewalFindings(
      {
        ...facts,
        ...(record ? { record } : {}),
        ...(deployment ? { deployment } : {}),
        ...(first ? { first } : {}),
        ...(clock.step === undefined ? {} : { clockStep: clock.step }),
        reason: why,
        keyMissing,
      },
      now,
    ),
  };
}

function answerDue({ renewal }: ResolvedEnvironment, record: RenewalRecord): Pick<RenewalStatus, 'answerDue'> {
  const { requestedAt, state } = record;
  if (!requestedAt || state !== 'requested' || isDraft(record)) return {};
  return { answerDue: addWorkingDays(requestedAt, renewal.deskWorkingDays) };
}

function datesOf(environment: ResolvedEnvironment, { notAfter }: Pick<Certificate, 'notAfter'>) {
  const opens = dueAt(environment, { notAfter });
  return {
    ...(opens ? { dueAt: opens } : {}),
    lastSafeDay: lastSafeDay(notAfter, environment.renewal.deskWorkingDays),
  };
}

/** What can be said when nothing can be read or recorded. */
export function withoutStore(
  input: RenewalInput,
  { lastKnown, names, configurationFile, clock }: EngineDeps,
  error: StoreError,
  now: Date,
): Conclusion {
  const certificate = clientCertificate(input.assessment);
  const known = lastKnown.get(input.environment.name);
  const reason = say`the record of renewals cannot be used`;
  const dates = certificate && datesOf(input.environment, certificate);
  const status = { state: 'not_due', ...dates, ...known, reason } as const;
  const circumstances = {
    ...input,
    ...(known?.record ? { record: known.record } : {}),
    ...(known?.deployment ? { deployment: known.deployment } : {}),
    ...(known?.first ? { first: known.first } : {}),
    ...(clock.step === undefined ? {} : { clockStep: clock.step }),
    records: [],
    related: [],
    names,
    configurationFile,
    reason,
    keyMissing: false,
    storeProblem: error.message,
    stateReplaced: error instanceof StoreReplacedError,
  };
  return { status, findings: renewalFindings(circumstances, now) };
}
