/** How long there is nothing to do about a renewal. Pure. */
import type { Finding } from '../findings/index.ts';
import { clientCertificate } from './decide.ts';
import type { RenewalDecision, RenewalFacts } from './decision.ts';
import { dueAt, nextCaMention } from './due.ts';
import type { RenewalStatus } from './types.ts';

interface Concluded {
  readonly status: RenewalStatus;
  readonly findings: readonly Finding[];
}

/**
 * The earliest moment after `now` at which a step can do or say something else about the same facts: for a certificate that is in use and not
 * yet due, and about which there is nothing to report. Undefined for anything else, which is looked into in every cycle.
 */
export function restsUntil(
  facts: RenewalFacts,
  { kind }: Pick<RenewalDecision, 'kind'>,
  { status, findings }: Concluded,
  now: Date,
): Date | undefined {
  const { environment, assessment } = facts;
  const certificate = clientCertificate(assessment);
  if (kind !== 'rest' || findings.length > 0 || status.first || status.state !== 'not_due') return undefined;
  const notAfter = status.record ? status.record.notAfter : certificate?.notAfter;
  if (!assessment || !certificate || !notAfter) return undefined;
  // Where nothing is requested until a person asks, what is said of the certificate still changes when it expires.
  const changes = dueAt(environment, { notAfter }) ?? notAfter;
  if (changes <= now) return undefined;
  const mention = nextCaMention(assessment, now);
  return mention && mention < changes ? mention : changes;
}
