/** What a person does to a renewal: settles what a crash or a mail server left open, or wants it sent now. */
import type { RenewalStore } from './store/store.ts';
import type { RenewalRecord, RenewalState, RequestKey, StoredRenewal } from './types.ts';

export type Resolution = { readonly record: RenewalRecord } | { readonly refused: string };

const open: readonly RenewalState[] = ['uncertain', 'failed'];

/**
 * `sent`: the desk has the request; also for one that was drafted and a person has forwarded. `not-sent`: it may be sent, once more.
 * Changes nothing unless the newest open renewal of the environment is one that can be settled.
 * @throws {StoreError}
 */
export function resolveRenewal(
  store: RenewalStore,
  environment: string,
  outcome: 'sent' | 'not-sent',
  now: Date,
): Resolution {
  const record = store.list(environment).findLast(({ closedAt }) => !closedAt);
  if (!record) return { refused: `no renewal of ${environment} is open` };
  const moved = outcome === 'sent' ? confirmSent(store, record, now) : confirmNotSent(store, record, now);
  const after = store.get(record);
  return moved && after ? { record: after } : { refused: whyNot(after ?? record, outcome) };
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
    changes: { lastError: null, nextAttemptAt: null },
  });
}

function whyNot({ environment, state, delivery }: RenewalRecord, outcome: 'sent' | 'not-sent'): string {
  if (state === 'sending')
    return `the request for ${environment} is being sent at this moment; try again when the service has recorded the result`;
  if (state === 'requested' && outcome === 'not-sent' && delivery === 'sent')
    return `the mail server has accepted the request for ${environment}; it is not sent a second time. Reply to it, or telephone the desk`;
  return `the renewal of ${environment} is ${state}: there is nothing to settle`;
}

/**
 * A refused request becomes due again, and the pause after a failure is over. Returns the record as it was.
 * @throws {StoreError}
 */
export function retryNow(store: RenewalStore, key: RequestKey, now: Date): StoredRenewal | undefined {
  const before = store.get(key);
  const reason = 'somebody asked for another attempt';
  store.transition(key, { from: ['failed'], to: 'due', at: now, reason, changes: { lastError: null } });
  if (before?.nextAttemptAt) store.note(key, { nextAttemptAt: null });
  return before;
}
