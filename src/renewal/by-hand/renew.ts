/** `renew` and `request`: a person asks for a new certificate now, without waiting for the window, or for the first. */
import type { Configuration, ResolvedEnvironment, Variables } from '../../config/index.ts';
import type { Examination } from '../../examine/index.ts';
import type { Certificate } from '../../x509/index.ts';
import { subjectOf } from '../claim.ts';
import { clientCertificate } from '../decide.ts';
import { firstKey, keyFor } from '../first.ts';
import { createRenewals, senderOf } from '../renewals.ts';
import { type Draft, type FileNames, makeDraft, whyNotDrafted, writeDraft } from '../request/draft.ts';
import { keyIsGoneFrom } from '../request/pending-key.ts';
import { retryNow } from '../resolve.ts';
import { askedChanges } from '../retry.ts';
import type { RenewalInput, RenewalLog, RenewalStep } from '../step.ts';
import { openStore, type RenewalStore, StoreLockedError } from '../store/store.ts';
import type { RenewalState } from '../types.ts';

/** An environment as it was examined for this command. */
export interface RenewalSubject {
  readonly environment: ResolvedEnvironment;
  readonly examination: Examination;
  /** The deployed certificate; absent in the first request. */
  readonly certificate?: Certificate;
}

/** @returns undefined when the client certificate cannot be read, because a request then has nothing to name. */
export function renewalSubject(environment: ResolvedEnvironment, examination: Examination): RenewalSubject | undefined {
  const certificate = clientCertificate(examination.assessment);
  return certificate && { environment, examination, certificate };
}

export interface Asked {
  /** The reason, in the words of the person who asks; it goes to the desk. */
  readonly reason?: string;
}

export type DraftOutcome =
  /** Files, relative to the given directory. */
  { readonly draft: Pick<Draft, 'message' | 'toDesk'>; readonly files: FileNames } | { readonly refused: string };

/** Writes key, request and message to `directory`: nothing is sent, and nothing recorded. */
export async function draftByHand(
  configuration: Configuration,
  { environment, examination: { credential }, certificate }: RenewalSubject,
  { directory, ...asked }: Asked & { readonly directory: string },
  env: Variables,
  now: Date,
): Promise<DraftOutcome> {
  try {
    const from = senderOf(configuration);
    const replaced = certificate ? { certificate } : {};
    const draft = await makeDraft({
      environment,
      ...replaced,
      credential,
      from,
      env,
      configurationFile: configuration.path,
      ...asked,
      now,
    });
    return { draft, files: await writeDraft(directory, '.', draft, { unsent: true }) };
  } catch (error) {
    return { refused: whyNotDrafted(error) };
  }
}

export type RenewOutcome =
  /** `problem`: what the mail server nevertheless objected to. */
  | { readonly kind: 'requested'; readonly reason: string; readonly problem?: string }
  /** The running service has the state directory locked, and sends the request in its next check. */
  | { readonly kind: 'left_to_service' }
  /** The running service has the state directory locked, and the renewal window is not open yet. */
  | { readonly kind: 'not_in_window' }
  | { readonly kind: 'not_checked_yet' }
  /** The desk has a request, or may have one. */
  | { readonly kind: 'asked_already'; readonly state: RenewalState; readonly reason?: string }
  | { readonly kind: 'not_sent'; readonly reason: string };

/** @throws {StoreError} when the record of renewals cannot be used. */
export async function renewByHand(
  configuration: Configuration,
  subject: RenewalSubject,
  asked: Asked,
  env: Variables,
  now: Date,
): Promise<RenewOutcome> {
  const { fingerprintSha256 } = keyFor(subject.environment, subject.certificate);
  try {
    const renewals = createRenewals(configuration, env, quiet, now);
    try {
      const before = (await renewals.retryNow(subject.environment, fingerprintSha256, asked, now))?.state;
      return outcomeOf(fingerprintSha256, before, await renewals.step(inputOf(subject, asked), now));
    } finally {
      await renewals.close();
    }
  } catch (error) {
    if (!(error instanceof StoreLockedError)) throw error;
    const configured = configuration.environments.find(({ name }) => name === subject.environment.name);
    const isMadeThere = !subject.certificate || subject.environment.renewal.mode === 'manual';
    if (isMadeThere && configured && configured.renewal.key !== subject.environment.renewal.key)
      return { kind: 'not_sent', reason: `${error.message}; it would use renewal.key: ${configured.renewal.key}` };
    return leaveToService(configuration.stateDir, subject, asked, env, now);
  }
}

const quiet: RenewalLog = { info: () => {}, warn: () => {} };

function inputOf({ environment, examination }: RenewalSubject, asked: Asked): RenewalInput {
  const { assessment, credential } = examination;
  return { environment, assessment, credential, asked };
}

/** Only one process sends. If the service is running, it is the one; this only records that it may send. */
async function leaveToService(
  stateDir: string,
  { environment, certificate }: RenewalSubject,
  asked: Asked,
  env: Variables,
  now: Date,
): Promise<RenewOutcome> {
  const store = openStore(stateDir, { exclusive: false });
  try {
    const key = keyFor(environment, certificate);
    if (!certificate) beginFirst(store, environment, asked, now);
    const { fingerprintSha256 } = key;
    const keyIsGone = keyIsGoneFrom(environment, env);
    const record = await retryNow(store, environment, { fingerprintSha256, asked, stateDir, keyIsGone }, now);
    const state = record?.state;
    // There is no window for which to wait.
    if (environment.renewal.mode === 'manual') {
      if (!record) return { kind: 'not_checked_yet' };
      const changes = askedChanges(asked, now);
      const isNow = store.transition(record, { from: ['not_due'], to: 'due', at: now, reason: renewReason, changes });
      if (isNow) return { kind: 'left_to_service' };
    }
    if (state === 'due' || state === 'failed') return { kind: 'left_to_service' };
    if (state === undefined || state === 'not_due') return { kind: 'not_in_window' };
    return { kind: 'asked_already', state };
  } finally {
    store.close();
  }
}

/** The service begins a renewal by itself, and the first request only when it is told. */
function beginFirst(store: RenewalStore, environment: ResolvedEnvironment, { reason }: Asked, now: Date): void {
  const key = firstKey(environment);
  store.begin({ ...key, ...subjectOf(environment), commonName: '' }, now, firstReason);
  const changes = reason === undefined ? {} : { askedReason: reason };
  store.transition(key, { from: ['not_due'], to: 'due', at: now, reason: firstReason, changes });
}

const renewReason = 'somebody asked for a new certificate';
const firstReason = 'somebody asked for the first certificate of this environment';

/** The states from which a request can still be sent. */
const unasked: readonly (RenewalState | undefined)[] = [undefined, 'not_due', 'due', 'failed'];

function outcomeOf(
  fingerprintSha256: string,
  before: RenewalState | undefined,
  { status, findings }: RenewalStep,
): RenewOutcome {
  const { state, reason, record } = status;
  // An open request for an earlier certificate prevents sending as much as one for this.
  const asked = !unasked.includes(before) || record?.fingerprintSha256 !== fingerprintSha256;
  if (asked) return { kind: 'asked_already', state, reason };
  if (state === 'requested')
    return { kind: 'requested', reason, ...(record.lastError ? { problem: record.lastError } : {}) };
  const problems = findings
    .filter(({ code }) => code === 'renewal_email_failed' || code === 'state_replaced')
    .map(({ message }) => message);
  return { kind: 'not_sent', reason: (problems.length > 0 ? problems : [reason]).join('; ') };
}
