/** Carries out what `decideRenewal` decides, one environment at a time, until there is nothing left to do now. */
import type { ResolvedEnvironment } from '../config/index.ts';
import type { DeployedCredential } from '../credential/index.ts';
import type { Finding } from '../findings/index.ts';
import { escaped, say } from '../text/index.ts';
import { lastSafeDay } from '../time/index.ts';
import type { Assessment } from '../verify/index.ts';
import type { Certificate } from '../x509/index.ts';
import { clientCertificate, decideRenewal, dueAt, type RenewalDecision, type RenewalFacts } from './decide.ts';
import { renewalFindings } from './findings.ts';
import { renderClosing, renderReminder, renderUncertain } from './mail/contact-messages.ts';
import { UnsafeMessageFieldError } from './mail/header-safety.ts';
import type { SendResult } from './mail/mailer.ts';
import type { Message } from './mail/request-message.ts';
import { type Sender, saveUnsaved, sendRequest } from './send.ts';
import { isPresent } from './store/pending-files.ts';
import { type RenewalStore, StoreError } from './store/store.ts';
import type { EmailOutcome, NoticeKind, RenewalStatus, RequestKey, StoredRenewal } from './types.ts';

export interface RenewalInput {
  readonly environment: ResolvedEnvironment;
  /** Absent: no credential is configured, or none has been read yet. */
  readonly assessment?: Assessment;
  readonly credential?: DeployedCredential;
  /** The last one that was run; a HandshakeResult fits. */
  readonly handshake?: RenewalFacts['handshake'];
}

export interface RenewalStep {
  readonly status: RenewalStatus;
  readonly findings: readonly Finding[];
  /** One for each message that went to a mail server or the outbox, or failed to. */
  readonly emailed: readonly EmailOutcome[];
}

export interface RenewalLog {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
}

export interface EngineDeps extends Sender {
  readonly log: RenewalLog;
  /** By environment: what stays on show while the database cannot be used. */
  readonly lastKnown: Map<string, RenewalStatus>;
}

/** begin, fall due, send, uncertain's notice; or note, deploy, notify, close, and begin the next: no honest chain is longer. */
const mostMoves = 12;

/** Never throws for the state of the world: a disk that takes nothing is a finding, and then nothing is sent. */
export async function advanceRenewal(input: RenewalInput, deps: EngineDeps, now: Date): Promise<RenewalStep> {
  const { environment } = input;
  const emailed: EmailOutcome[] = [];
  try {
    saveUnsaved(deps, environment.name);
    let shown: RequestKey | undefined;
    for (let moves = 0; ; moves += 1) {
      const facts: RenewalFacts = { ...input, records: deps.store.list(environment.name) };
      const decision = decideRenewal(facts, now);
      if (moves === mostMoves)
        throw new Error(`renewal of ${environment.name} does not come to rest: ${decision.kind}`);
      const goesOn = decision.kind !== 'rest' && (await act(decision, facts, input, deps, now, emailed));
      // The cycle that closes a renewal still shows it as deployed; the next one shows what follows it.
      if (decision.kind === 'close') shown = decision.key;
      if (!goesOn) {
        const conclusion = conclude(facts, deps, shown ?? decision.key, decision, now);
        deps.lastKnown.set(environment.name, conclusion.status);
        return { ...conclusion, emailed };
      }
    }
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    deps.log.warn({ environment: environment.name, problem: error.message }, 'renewal state cannot be recorded');
    return { ...withoutStore(input, deps.lastKnown.get(environment.name), error.message, now), emailed };
  }
}

/**
 * How the renewal stands, for a command that looks once: does nothing, sends nothing, records nothing.
 * @param store absent: nothing has been recorded yet.
 * @throws {StoreError}
 */
export function viewRenewal(
  input: RenewalInput,
  store: Pick<RenewalStore, 'get' | 'list'> | undefined,
  stateDir: string,
  now: Date,
): Omit<RenewalStep, 'emailed'> {
  const facts: RenewalFacts = { ...input, records: store?.list(input.environment.name) ?? [] };
  const decision = decideRenewal(facts, now);
  return conclude(facts, { store: store ?? { get: () => undefined }, stateDir }, decision.key, decision, now);
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
  if (!key || !certificate) throw new Error(`${kind} without a certificate`);
  const move = (from: Parameters<typeof store.transition>[1]['from'], to: StoredRenewal['state'], changes = {}) =>
    store.transition(key, { from, to, at: now, reason, changes });
  if (kind !== 'begin') log.info({ environment: key.environment, step: kind, reason }, 'renewal');

  switch (decision.kind) {
    case 'rest':
      return false;
    case 'begin':
      store.begin(replaced(key, certificate), now, reason);
      return true;
    case 'fall_due':
      return move(['not_due'], 'due');
    case 'withdraw':
      return move(['due'], 'not_due', { nextAttemptAt: null, lastError: null });
    case 'send': {
      const result = await sendRequest({ ...input, certificate, record: recordOf(facts, key) }, deps, now);
      if (result) emailed.push(emailOutcome(result));
      return result !== undefined;
    }
    case 'notify': {
      const result = await notify(decision.notice, recordOf(facts, key), certificate, input, deps, now);
      if (result) emailed.push(emailOutcome(result));
      return result !== undefined;
    }
    case 'note_successor':
      store.note(key, { successorFingerprintSha256: decision.successor, successorSeenAt: now });
      return true;
    case 'deploy':
      return move(['requested', 'uncertain', 'issued'], 'deployed', { lastError: null });
    case 'retire':
      return move(['not_due', 'due', 'failed'], 'deployed', {
        successorFingerprintSha256: decision.successor,
        closedAt: now,
        lastError: null,
      });
    case 'close':
      store.note(key, { closedAt: now });
      return true;
  }
}

const emailOutcome = ({ outcome }: SendResult): EmailOutcome => (outcome === 'uncertain' ? 'failed' : outcome);

function replaced(key: RequestKey, { subject, serial, notAfter }: Certificate) {
  return { ...key, commonName: subject.commonName ?? '', serial, notAfter };
}

function recordOf({ records }: RenewalFacts, key: RequestKey): StoredRenewal {
  const record = records.find(({ fingerprintSha256 }) => fingerprintSha256 === key.fingerprintSha256);
  if (!record) throw new Error(`no record of ${key.fingerprintSha256}`);
  return record;
}

/** Tells the contact. Written down first, so that a service that dies here every time does not tell them every time. */
async function notify(
  kind: NoticeKind,
  record: StoredRenewal,
  certificate: Certificate,
  { environment }: RenewalInput,
  { store, mailer, from, log }: EngineDeps,
  now: Date,
): Promise<SendResult | undefined> {
  store.tryNotice(record, kind, record.attempts, now);
  let message: Message;
  try {
    const context = { environment, from, record, now };
    message =
      kind === 'uncertain'
        ? renderUncertain(context)
        : kind === 'reminder'
          ? renderReminder(context, lastSafeDay(record.notAfter, environment.renewal.deskWorkingDays))
          : renderClosing(context, certificate);
  } catch (error) {
    if (!(error instanceof UnsafeMessageFieldError)) throw error;
    log.warn({ environment: environment.name, problem: error.message }, 'the contact cannot be told');
    return undefined;
  }
  const result = await mailer.send(message, now);
  if (result.outcome === 'sent' || result.outcome === 'drafted') store.noticeSent(record, kind, record.attempts, now);
  else log.warn({ environment: environment.name, kind, problem: result.reason }, 'the contact could not be told');
  return result;
}

function conclude(
  facts: RenewalFacts,
  { store, stateDir }: { readonly store: Pick<RenewalStore, 'get'>; readonly stateDir: string },
  key: RequestKey | undefined,
  { reason }: RenewalDecision,
  now: Date,
): Omit<RenewalStep, 'emailed'> {
  const { environment } = facts;
  const record = key && store.get(key);
  const certificate = record ?? clientCertificate(facts.assessment);
  const why = record?.state === 'due' && record.lastError ? `${reason}; ${record.lastError}` : reason;
  const renewable = certificate && environment.renewal.desk.length > 0;
  const status: RenewalStatus = {
    state: record?.state ?? 'not_due',
    reason: escaped(why),
    ...(renewable ? datesOf(environment, certificate) : {}),
    ...(record?.requestedAt ? { requestedAt: record.requestedAt } : {}),
    ...(record ? { record } : {}),
  };
  const keyMissing = record !== undefined && !isPresent(stateDir, record.keyFile);
  return {
    status,
    findings: renewalFindings({ ...facts, ...(record ? { record } : {}), reason: why, keyMissing }, now),
  };
}

function datesOf(environment: ResolvedEnvironment, { notAfter }: Pick<Certificate, 'notAfter'>) {
  return {
    dueAt: dueAt(environment, { notAfter }),
    lastSafeDay: lastSafeDay(notAfter, environment.renewal.deskWorkingDays),
  };
}

/** What can be said when nothing can be looked up or written down. */
function withoutStore(
  input: RenewalInput,
  lastKnown: RenewalStatus | undefined,
  storeProblem: string,
  now: Date,
): Omit<RenewalStep, 'emailed'> {
  const certificate = clientCertificate(input.assessment);
  const reason = say`the record of renewals cannot be used`;
  const dates = certificate && datesOf(input.environment, certificate);
  const status = { state: 'not_due', ...dates, ...lastKnown, reason } as const;
  const known = lastKnown?.record ? { record: lastKnown.record } : {};
  const circumstances = { ...input, ...known, records: [], reason, keyMissing: false, storeProblem };
  return { status, findings: renewalFindings(circumstances, now) };
}
