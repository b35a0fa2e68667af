/** From seeing a new certificate deployed to the end of the renewal. Pure. */
import { dayMs } from '../time/index.ts';
import type { RenewalFacts, Undirected } from './decision.ts';
import type { StoredRenewal } from './types.ts';

/** If no handshake has run for this long, a valid credential is enough (for an environment that is only checked offline). */
const handshakePatienceMs = dayMs;

/** @param successor - fingerprint of the certificate that is deployed in place of the one being renewed. */
export function decideSuccession(
  record: StoredRenewal,
  successor: string,
  { assessment, handshake, clockDoubt }: RenewalFacts,
  now: Date,
): Undirected {
  const seenAt = record.successorFingerprintSha256 === successor ? record.successorSeenAt : undefined;
  // Seen in the future: the clock has been set back since, and a handshake made now would never be later than that.
  if (!seenAt || seenAt > now) return { kind: 'note_successor', successor, reason: 'a new certificate is deployed' };
  const since = handshake && handshake.startedAt >= seenAt ? handshake.outcome : 'none';
  if (since === 'success')
    return {
      kind: 'deploy',
      successor,
      accepted: true,
      reason: 'the new certificate is deployed and MESH has accepted it',
    };
  const waited = clockDoubt === undefined && now.getTime() - seenAt.getTime() >= handshakePatienceMs;
  if (since === 'none' && assessment?.valid && waited)
    return {
      kind: 'deploy',
      successor,
      accepted: false,
      reason: 'the new certificate is deployed and valid; no handshake has been made for a day',
    };
  return { kind: 'rest', reason: 'a new certificate is deployed; MESH has not accepted it yet' };
}
