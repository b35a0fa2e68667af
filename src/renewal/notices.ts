/** When the contact is told something, and how often. Pure. */
import { dayMs, hourMs } from '../time/index.ts';
import { nextAttempt } from './backoff.ts';
import type { Undirected } from './decision.ts';
import type { MessageKind } from './mail/request-message.ts';
import { reopenings } from './reopen.ts';
import type { Notice, NoticeKind, RenewalRecord, StoredRenewal } from './types.ts';

export const noticeTries = 3;
const noticePauseMs = hourMs;

/**
 * Once for each attempt at sending. A notice that may have been sent or not is tried again after a pause, a limited number of times. While the mail
 * server takes nothing it is tried as the request is, without a limit.
 */
export function mayTell(record: StoredRenewal, kind: NoticeKind, now: Date): boolean {
  const notice = noticeOf(record, kind);
  if (!notice) return true;
  const pauseMs = isHeldUp(notice)
    ? nextAttempt(record, notice.failures, notice.triedAt).getTime() - notice.triedAt.getTime()
    : noticePauseMs;
  const hasPaused = Math.abs(now.getTime() - notice.triedAt.getTime()) >= pauseMs;
  return !notice.sentAt && notice.tries < noticeTries && hasPaused;
}

/** It waits for a mail server that has taken nothing so far. */
export const isHeldUp = ({ failures }: Notice): boolean => failures > 0;

/** What the contact was told of this attempt; a renewal that goes on after its end is another one. */
export const noticeOf = (record: StoredRenewal, kind: NoticeKind): Notice | undefined =>
  record.notices.find((each) => each.kind === kind && each.occasion === occasionOf(record, kind));

export const occasionOf = (
  { attempts = 0, transitions = [] }: Partial<RenewalRecord>,
  kind: MessageKind | NoticeKind,
): number =>
  attempts +
  Math.min(reopenings({ transitions }), mostReopeningsTold) +
  // Whoever was reminded of the draft is reminded of the desk too.
  (kind === 'reminder' ? forwardings({ transitions }) : 0);

/** How often somebody has said that a draft was sent. */
const forwardings = ({ transitions }: Pick<RenewalRecord, 'transitions'>): number =>
  transitions.filter(({ state }, index) => state === 'requested' && transitions[index - 1]?.state === 'requested')
    .length;

/** Two certificates may take turns in a place for ever. */
const mostReopeningsTold = 2;

export const notifyOnce = (record: StoredRenewal, notice: NoticeKind, reason: string, now: Date): Undirected =>
  mayTell(record, notice, now) ? { kind: 'notify', notice, reason } : { kind: 'rest', reason };

/** A store that is away, or a file that is being replaced, has come back by then. */
const stuckAfterMs = dayMs;

/** The request has not been made for a day, and for a reason that does not go away by itself. The mail server is not that reason. */
export function isStuck({ lastError, state, transitions }: RenewalRecord, now: Date): boolean {
  const since = transitions.findLast((each) => each.state === 'due')?.at;
  const isOld = since !== undefined && now.getTime() - since.getTime() >= stuckAfterMs;
  return state === 'due' && lastError !== undefined && isOld;
}

/** A server that refuses the login or the sender takes no message about that either. */
export const canBeTold = ({ refusedThing }: RenewalRecord): boolean =>
  refusedThing !== 'login' && refusedThing !== 'sender';
