/** What a person can do to a renewal: settle what a crash or a mail server left open, or have it sent now. */
import type { ResolvedEnvironment } from '../config/index.ts';
import { isAnothers, shared, subjectOf } from './claim.ts';
import { reopenedChanges, reopenings, reopensAs } from './reopen.ts';
import { askedChanges } from './retry.ts';
import { isPresent } from './store/pending-files.ts';
import type { RenewalReader, RenewalStore } from './store/store.ts';
import { type RenewalRecord, type RenewalState, type StoredRenewal, statesNeedingKey } from './types.ts';

/** `sharedWith`: the environment under whose name the renewal is recorded, where that is another one that uses the same certificate. */
export type Resolution =
  | { readonly record: RenewalRecord; readonly sharedWith?: string }
  | { readonly refused: string };

const open: readonly RenewalState[] = ['uncertain', 'failed'];

/**
 * `sent`: the desk has the request; also for one that was drafted and that a person has forwarded. `not-sent`: it may be sent
 * once more. Changes nothing unless the newest open renewal of the environment can be settled.
 * @param names of every environment in the configuration
 * @param fingerprintSha256 by which its request is known to others that use the same certificate; asked for only where none of its own is under way.
 * @throws {StoreError}
 */
export function resolveRenewal(
  store: RenewalStore,
  environment: ResolvedEnvironment,
  names: ReadonlySet<string>,
  outcome: 'sent' | 'not-sent',
  now: Date,
  fingerprintSha256?: string,
): Resolution {
  const elsewhere = sharedRenewal(store, environment, fingerprintSha256);
  const record = elsewhere ?? openRenewal(store, environment, names);
  if (!record) return { refused: `no renewal of ${environment.name} is open` };
  const moved = outcome === 'sent' ? confirmSent(store, record, now) : confirmNotSent(store, record, now);
  const after = store.get(record);
  if (!moved || !after) return { refused: whyNot(after ?? record, outcome) };
  return { record: after, ...(elsewhere ? { sharedWith: elsewhere.environment } : {}) };
}

/** The newest of its own. @throws {StoreError} */
export function openRenewal(
  store: RenewalReader,
  environment: ResolvedEnvironment,
  names: ReadonlySet<string>,
): StoredRenewal | undefined {
  const renewals = renewalsOf(store, environment, names).filter(({ closedAt }) => !closedAt);
  return renewals.findLast((each) => !isAnothers(each, subjectOf(environment))) ?? renewals.at(-1);
}

/** Whether a request has been made and is not over. */
export const isUnderWay = ({ state }: RenewalRecord): boolean => !['not_due', 'due', 'deployed'].includes(state);

function sharedRenewal(
  store: RenewalReader,
  environment: ResolvedEnvironment,
  fingerprintSha256: string | undefined,
): StoredRenewal | undefined {
  if (fingerprintSha256 === undefined) return undefined;
  const related = store.related(environment.name, subjectOf(environment), fingerprintSha256);
  const record = shared({ related }, fingerprintSha256);
  return record && isUnderWay(record) ? record : undefined;
}

/** Under its current name and earlier ones, oldest first. @throws {StoreError} */
export function renewalsOf(
  store: RenewalReader,
  environment: ResolvedEnvironment,
  names: ReadonlySet<string>,
): StoredRenewal[] {
  const related = store.related(environment.name, subjectOf(environment), undefined);
  return [...related.filter((record) => !names.has(record.environment)), ...store.list(environment.name)];
}

function confirmSent(store: RenewalStore, record: StoredRenewal, now: Date): boolean {
  const forwarded = record.state === 'requested' && record.delivery === 'drafted';
  const attemptedAt = record.transitions.findLast(({ state }) => state === 'sending')?.at;
  return store.transition(record, {
    from: forwarded ? ['requested'] : open,
    to: 'requested',
    at: now,
    reason: forwarded
      ? 'somebody confirmed that the request was forwarded to the desk'
      : 'somebody confirmed that the request was sent',
    changes: { delivery: 'sent', requestedAt: forwarded ? now : (attemptedAt ?? now), lastError: null },
  });
}

function confirmNotSent(store: RenewalStore, record: StoredRenewal, now: Date): boolean {
  return store.transition(record, {
    from: open,
    to: 'due',
    at: now,
    reason: 'somebody confirmed that the request was not sent, so it can be sent',
    changes: { askedAt: now, bodyBegunAt: null, lastError: null, nextAttemptAt: null },
  });
}

function whyNot({ environment, state, delivery }: RenewalRecord, outcome: 'sent' | 'not-sent'): string {
  if (state === 'sending')
    return `the request for ${environment} is being sent at this moment; try again when the service has recorded the result`;
  if (state === 'requested' && outcome === 'not-sent' && delivery === 'sent')
    return `the mail server has accepted the request for ${environment}; it is not sent a second time. Reply to it, or telephone the desk`;
  return `the renewal of ${environment} is ${state}: there is nothing to settle`;
}

export interface Retry {
  readonly fingerprintSha256: string;
  /** Why a person asks, for the desk. */
  readonly asked: { readonly reason?: string };
  readonly stateDir: string;
  /** Of a request whose key is in a secret store, which only asking the store can tell. */
  keyIsGone(record: StoredRenewal): Promise<boolean>;
}

/**
 * A refused request becomes due again, and the pause after a failure ends. So does one that the desk has, if its private key is gone: what the
 * desk issues for it would be of no use. Not one that is uncertain: first a person says whether the desk has it. Returns the record as it was, or as it is due again, under whatever name.
 * @throws {StoreError}
 */
export async function retryNow(
  store: RenewalStore,
  environment: ResolvedEnvironment,
  { fingerprintSha256, asked, stateDir, keyIsGone }: Retry,
  now: Date,
): Promise<StoredRenewal | undefined> {
  const found = renewalOfCertificate(store, environment, fingerprintSha256);
  if (!found) return undefined;
  const before = deployedAgain(store, environment, found, now);
  const isGone =
    before.keyPlace === undefined
      ? !isPresent(stateDir, before.keyFile)
      : statesNeedingKey.includes(before.state) && (await keyIsGone(before));
  const replaced = isGone
    ? beginAgain(store, before, ['requested', 'issued'], keyGone, now)
    : reopenings(before) > 0 && beginAgain(store, before, ['issued'], replacedBefore, now);
  const reason = 'somebody asked for another attempt';
  store.transition(before, { from: ['failed'], to: 'due', at: now, reason, changes: { lastError: null } });
  if (replaced || before.state === 'due' || before.state === 'failed')
    store.note(before, { ...askedChanges(asked, now), nextAttemptAt: null });
  return replaced ? store.get(before) : before;
}

const keyGone = 'somebody asked for a new request, because the private key of the earlier one is gone';
const replacedBefore = 'somebody asked for a new request, because this certificate is deployed again';

/**
 * A certificate that was replaced, and is deployed again: its renewal goes on, and where it was finished there is another request. Not where another environment finished it.
 * @returns the record as it is then.
 */
function deployedAgain(
  store: RenewalStore,
  { name }: ResolvedEnvironment,
  record: StoredRenewal,
  now: Date,
): StoredRenewal {
  if (record.state !== 'deployed' || record.environment !== name) return record;
  const to = reopensAs(record);
  if (to === undefined || to === 'not_due') beginAgain(store, record, ['deployed'], replacedBefore, now);
  else store.transition(record, { from: ['deployed'], to, at: now, reason: replacedBefore, changes: reopenedChanges });
  return store.get(record) ?? record;
}

/** With another key, another request and another Message-ID. */
function beginAgain(
  store: RenewalStore,
  record: StoredRenewal,
  from: readonly RenewalState[],
  reason: string,
  now: Date,
): boolean {
  return store.transition(record, {
    from,
    to: 'due',
    at: now,
    reason,
    changes: {
      ...reopenedChanges,
      messageId: null,
      // What is not known is drafted anew; the files stay.
      spkiSha256: null,
      issuedFingerprintSha256: null,
      requestedAt: null,
      delivery: null,
      bodyBegunAt: null,
      lastError: null,
      nextAttemptAt: null,
    },
  });
}

/** Its own, or else that of another environment that uses the same certificate. */
function renewalOfCertificate(
  store: RenewalReader,
  environment: ResolvedEnvironment,
  fingerprintSha256: string,
): StoredRenewal | undefined {
  const own = store.get({ environment: environment.name, fingerprintSha256 });
  if (own) return own;
  return store
    .related(environment.name, subjectOf(environment), fingerprintSha256)
    .find((record) => record.fingerprintSha256 === fingerprintSha256);
}
