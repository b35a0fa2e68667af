/** `renew`: a person asks for a new certificate now, without waiting for the window. */
import type { Configuration, ResolvedEnvironment, Variables } from '../../config/index.ts';
import type { Examination } from '../../examine/index.ts';
import type { Certificate } from '../../x509/index.ts';
import { clientCertificate } from '../decide.ts';
import type { RenewalInput, RenewalLog, RenewalStep } from '../engine.ts';
import type { Message } from '../mail/request-message.ts';
import { createRenewals, senderOf } from '../renewals.ts';
import { type FileNames, makeDraft, whyNotDrafted, writeDraft } from '../request/draft.ts';
import { retryNow } from '../resolve.ts';
import { openStore, StoreLockedError } from '../store/store.ts';
import type { RenewalState, RequestKey } from '../types.ts';

/** An environment as it was examined for the occasion. */
export interface RenewalSubject {
  readonly environment: ResolvedEnvironment;
  readonly examination: Examination;
  /** The one that is deployed. */
  readonly certificate: Certificate;
}

/** @returns undefined when the client certificate cannot be read: there is nothing to name in a request then. */
export function renewalSubject(environment: ResolvedEnvironment, examination: Examination): RenewalSubject | undefined {
  const certificate = clientCertificate(examination.assessment);
  return certificate && { environment, examination, certificate };
}

export type DraftOutcome =
  /** Files relative to the directory that was given. */
  { readonly message: Message; readonly files: FileNames } | { readonly refused: string };

/** Writes key, request and message to `directory`: nothing is sent, and nothing recorded. */
export async function draftByHand(
  configuration: Configuration,
  { environment, examination: { credential }, certificate }: RenewalSubject,
  directory: string,
  env: Variables,
  now: Date,
): Promise<DraftOutcome> {
  try {
    const draft = await makeDraft({ environment, certificate, credential, from: senderOf(configuration), env, now });
    return { message: draft.message, files: await writeDraft(directory, '.', draft) };
  } catch (error) {
    return { refused: whyNotDrafted(error) };
  }
}

export type RenewOutcome =
  /** `problem`: what the mail server had against it all the same. */
  | { readonly kind: 'requested'; readonly reason: string; readonly problem?: string }
  /** The running service holds the state directory, and sends with its next check. */
  | { readonly kind: 'left_to_service' }
  /** The running service holds the state directory, and its window is not open yet. */
  | { readonly kind: 'not_in_window'; readonly reason: string }
  /** A request is with the desk, or may be. */
  | { readonly kind: 'asked_already'; readonly state: RenewalState; readonly reason?: string }
  | { readonly kind: 'not_sent'; readonly reason: string };

/** @throws {StoreError} when the record of renewals cannot be used. */
export async function renewByHand(
  configuration: Configuration,
  subject: RenewalSubject,
  env: Variables,
  now: Date,
): Promise<RenewOutcome> {
  const { environment, certificate } = subject;
  const key = { environment: environment.name, fingerprintSha256: certificate.fingerprintSha256 };
  try {
    const renewals = createRenewals(configuration, env, quiet, now);
    try {
      const before = renewals.retryNow(key, now)?.state;
      return outcomeOf(key, before, await renewals.step(inputOf(subject, now), now));
    } finally {
      await renewals.close();
    }
  } catch (error) {
    if (error instanceof StoreLockedError) return leaveToService(configuration.stateDir, key, error, now);
    throw error;
  }
}

const quiet: RenewalLog = { info: () => {}, warn: () => {} };

/** A person who asks now opens the window now. */
function inputOf({ environment, examination, certificate }: RenewalSubject, now: Date): RenewalInput {
  const { assessment, credential } = examination;
  const windowMs = Math.max(environment.renewal.windowMs, certificate.notAfter.getTime() - now.getTime());
  return { environment: { ...environment, renewal: { ...environment.renewal, windowMs } }, assessment, credential };
}

/** One process sends. Where the service is running it is that one, and all it needs is a word that it may. */
function leaveToService(stateDir: string, key: RequestKey, locked: StoreLockedError, now: Date): RenewOutcome {
  const store = openStore(stateDir, { exclusive: false });
  try {
    const state = retryNow(store, key, now)?.state;
    if (state === 'due' || state === 'failed') return { kind: 'left_to_service' };
    if (state === undefined || state === 'not_due') return { kind: 'not_in_window', reason: locked.message };
    return { kind: 'asked_already', state };
  } finally {
    store.close();
  }
}

/** The states from which a request may still be sent. */
const unasked: readonly (RenewalState | undefined)[] = [undefined, 'not_due', 'due', 'failed'];

function outcomeOf(key: RequestKey, before: RenewalState | undefined, { status, findings }: RenewalStep): RenewOutcome {
  const { state, reason, record } = status;
  // An open request for an earlier certificate stands in the way as much as one for this.
  const asked = !unasked.includes(before) || record?.fingerprintSha256 !== key.fingerprintSha256;
  if (asked) return { kind: 'asked_already', state, reason };
  if (state === 'requested')
    return { kind: 'requested', reason, ...(record.lastError ? { problem: record.lastError } : {}) };
  const problems = findings.filter(({ code }) => code === 'renewal_email_failed').map(({ message }) => message);
  return { kind: 'not_sent', reason: (problems.length > 0 ? problems : [reason]).join('; ') };
}
