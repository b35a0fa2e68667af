/**
 * Of two causes that have nothing to do with each other and are equally bad, which has to be put right first: what stops the other from being
 * judged or put right, then what is broken now, then what will break. The alerts page in this order.
 */
import { catalogue, type FindingCode, type FindingGroup, findingCodes } from '../findings/index.ts';
import { rules } from './rules/all.ts';

/** A code stands where it is named, otherwise with its group. */
const order: readonly (FindingCode | FindingGroup)[] = [
  // Only a new certificate helps, whatever else is wrong. One that only a wrong clock makes look expired is a consequence.
  'certificate_expired',
  'clock_skew',
  'reading',
  'match',
  'validity',
  'strength',
  'chain',
  'client_certificate_not_requested',
  'handshake_failed',
  'mailbox_not_validated_recently',
  'state_replaced',
  'certificate_expires_imminently',
  'certificate_expires_soon',
  'renewal_email_failed',
  'renewal_key_missing',
  'renewal_unanswered',
  'renewal_due',
  'renewal_overdue',
  'ca_expires_soon',
  'ca_expires_before_client',
  'renewal',
  'handshake',
  'naming',
];

const place = (code: FindingCode): number => {
  const own = order.indexOf(code);
  return own >= 0 ? own : order.indexOf(catalogue[code].group);
};

/** Within a group, in the order of the rules. */
const ruled = (code: FindingCode): number => {
  const index = rules.findIndex(({ cause }) => cause === code);
  return index >= 0 ? index : rules.length;
};

const ranked = [...findingCodes].sort((one, other) => place(one) - place(other) || ruled(one) - ruled(other));
const ranks = new Map(ranked.map((code, index) => [code, index] as const));

/** A smaller number comes first. Every code has its own. */
export const rankOf = (code: FindingCode): number => ranks.get(code) ?? ranked.length;
