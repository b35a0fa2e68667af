/** What a process finds that an earlier one left in the middle of sending. */
import type { RenewalStore } from './store/store.ts';
import type { StoredRenewal } from './types.ts';

export const uncertainReason = (what: string) => `it is not known whether the request was sent: ${what}`;

/**
 * Before the first request of this process: nobody else is sending, so anything in `sending` was interrupted. If its message had not been
 * begun, it was not sent and is due again.
 * @returns those that may have been sent.
 */
export function recoverInterrupted(store: RenewalStore, now: Date): StoredRenewal[] {
  const reason = uncertainReason('the service stopped while the mail server was being given the message');
  const unsent = 'the service stopped before the mail server was given the message, so it was not sent';
  return store.inState('sending').filter((record) => {
    const begun = record.bodyBegunAt !== undefined;
    const to = begun ? 'uncertain' : 'due';
    const changes = { lastError: begun ? reason : null };
    store.transition(record, { from: ['sending'], to, at: now, reason: begun ? reason : unsent, changes });
    return begun;
  });
}
