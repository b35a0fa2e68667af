/** What becomes of the renewal of a certificate that was replaced and is deployed again. Pure. */
import { wasAsked } from './claim.ts';
import { type RenewalState, type StoredRenewal, statesNeedingKey } from './types.ts';

/**
 * Where it goes on. The other certificate may have been a wrong file, or in place for a moment: if nobody was asked, it starts again, and a
 * request that was not answered by the other certificate still waits for its answer. Whoever has gone back from the answer that `accept` has accepted has it to deploy.
 * Undefined if it was answered in another way: another request is for a person to decide.
 */
export function reopensAs(record: StoredRenewal): RenewalState | undefined {
  if (record.state !== 'deployed') return undefined;
  if (!wasAsked(record)) return 'not_due';
  const { successorFingerprintSha256: successor, issuedFingerprintSha256: answer, transitions } = record;
  const before = transitions.findLast(({ state }) => state !== 'deployed')?.state;
  // What `accept` has laid out can be put in place again.
  if (before === 'issued' && successor === answer) return before;
  if (successor === undefined || successor === answer) return undefined;
  return statesNeedingKey.find((state) => state === before);
}

/** How often it has been reopened. */
export const reopenings = ({ transitions }: Pick<StoredRenewal, 'transitions'>): number =>
  transitions.slice(0, -1).filter(({ state }) => state === 'deployed').length;

/** Nothing of its end is so any more. */
export const reopenedChanges = {
  closedAt: null,
  successorFingerprintSha256: null,
  successorSeenAt: null,
  acceptedAt: null,
} as const;
