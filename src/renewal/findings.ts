/** The findings of an environment that come from its renewal. Pure. */
import type { ResolvedEnvironment } from '../config/index.ts';
import { type Finding, finding, type Severity } from '../findings/index.ts';
import { plural } from '../text/index.ts';
import { isTooLateToAsk, lastSafeDay, londonDay, workingDaysBetween } from '../time/index.ts';
import { clientCertificate, isUnanswered } from './decide.ts';
import type { RenewalFacts } from './decision.ts';
import { hasRenewals, isDue, isInWindow } from './due.ts';
import { firstFinding } from './first-findings.ts';
import { forwardRemedy, urgentForwardRemedy } from './remedies.ts';
import { isDraft } from './states.ts';
import { type Deployment, type RenewalRecord, type RenewalStatus, statesNeedingKey } from './types.ts';

export interface RenewalCircumstances extends RenewalFacts {
  /** The environment's current renewal. */
  readonly record?: RenewalRecord;
  /** Of a certificate that has come back. */
  readonly deployment?: Deployment;
  /** The environment has never had a certificate. */
  readonly first?: NonNullable<RenewalStatus['first']>;
  /** Why it is in its state. */
  readonly reason: string;
  /** The key file of the request is not where the record says. */
  readonly keyMissing: boolean;
  /** What the disk or the database reported, when nothing can be recorded and so nothing may be sent. */
  readonly storeProblem?: string;
  /** A restart would find another directory than the one that is being written to. */
  readonly stateReplaced?: boolean;
  /** How this machine's clock was set, while nothing has confirmed it since. */
  readonly clockStep?: string;
}

export function renewalFindings(circumstances: RenewalCircumstances, now: Date): Finding[] {
  const { environment, record, clockStep } = circumstances;
  if (circumstances.first) return firstFindings(circumstances, now);
  const notAfter = record?.notAfter ?? clientCertificate(circumstances.assessment)?.notAfter;
  if (!notAfter || !hasRenewals(environment)) return [];
  // With fewer working days left than the desk needs, the new certificate may come too late: no longer a warning.
  const severity = isTooLateToAsk(notAfter, environment.renewal.deskWorkingDays, now) ? 'critical' : 'warning';
  const raise = raiser(severity);
  const found = [
    ...aboutStore(circumstances, raise),
    ...(clockStep ? [finding('clock_stepped', capital(clockStep))] : []),
    ...(record ? aboutRecord(circumstances, record, raise, now) : []),
  ];
  if (!record && isDue(environment, { notAfter }, now)) found.push(raise('renewal_due', circumstances.reason));
  return found;
}

const raiser =
  (severity: Severity): Raise =>
  (code, message, remedy) =>
    finding(code, capital(message), { severity, ...(remedy ? { remedy } : {}) });

/** Nothing expires while the first certificate is awaited, so nothing is critical. */
function firstFindings(circumstances: RenewalCircumstances, now: Date): Finding[] {
  const { record } = circumstances;
  const raise = raiser('warning');
  return [
    firstFinding(circumstances, now),
    ...aboutStore(circumstances, raise),
    ...(record
      ? [...notDeployed(circumstances, record), ...notSent(record, raise), ...keyGone(circumstances, record, raise)]
      : []),
  ];
}

/** With a capital at the start; names of files, hosts and settings stay as they are. */
const capital = (text: string) => text.replace(/^[a-z](?=[a-z]* )/, (letter) => letter.toUpperCase());

function aboutStore({ storeProblem, stateReplaced }: RenewalCircumstances, raise: Raise): Finding[] {
  if (!storeProblem) return [];
  if (stateReplaced) return [finding('state_replaced', `${capital(storeProblem)}; nothing is sent`)];
  return [raise('renewal_email_failed', `nothing is sent: ${storeProblem}`, storeRemedy)];
}

const storeRemedy = 'Fix the problem in the message. The service tries again in its next cycle.';

type Raise = (code: Parameters<typeof finding>[0], message: string, remedy?: string) => Finding;

function aboutRecord(circumstances: RenewalCircumstances, record: RenewalRecord, raise: Raise, now: Date): Finding[] {
  const { environment, reason } = circumstances;
  const { state } = record;
  const due = isDue(environment, record, now);
  const answered = isReplaced(circumstances, record);
  const found: Finding[] = [];

  if (due && (state === 'not_due' || state === 'due') && !answered) found.push(raise('renewal_due', reason));
  if (state === 'deployed' && isInWindow(environment, record, now) && !answered)
    found.push(raise('renewal_due', reason, deployedAgainRemedy(record, environment)));
  if (isDraft(record) && !answered)
    found.push(raise('renewal_due', reason, forwardRemedy(record, environment.renewal.desk)));
  if (!answered) found.push(...overdue(circumstances, record, raise, now));
  if (isUnanswered(record, environment, now) && !answered)
    found.push(
      raise(
        'renewal_unanswered',
        `requested on ${londonDay(record.requestedAt ?? now)}, and no new certificate has arrived since`,
      ),
    );
  if (!answered)
    found.push(
      ...notDeployed(circumstances, record),
      ...notSent(record, raise),
      ...keyGone(circumstances, record, raise),
    );
  return found;
}

/** Information for as long as there is time: that it runs out is found as for every certificate. */
function notDeployed({ deployment }: RenewalCircumstances, { state, transitions }: RenewalRecord): Finding[] {
  if (state !== 'issued') return [];
  const step = transitions.findLast((each) => each.state === 'issued');
  const message = `A certificate was accepted${step ? ` on ${londonDay(step.at)}` : ''} and is not deployed yet`;
  return [finding('renewal_not_deployed', message, deployment ? { remedy: deployment.remedy } : {})];
}

function notSent({ lastError, state }: RenewalRecord, raise: Raise): Finding[] {
  const tells = lastError && ['due', 'failed', 'uncertain', 'requested'].includes(state);
  return tells ? [raise('renewal_email_failed', lastError, state === 'due' ? retriedRemedy : undefined)] : [];
}

const retriedRemedy = 'Put right what the message names. The service tries again by itself.';

function keyGone(
  { keyMissing, keyGone: why }: RenewalCircumstances,
  { state, keyFile }: RenewalRecord,
  raise: Raise,
): Finding[] {
  if (!keyMissing || !statesNeedingKey.includes(state)) return [];
  return [raise('renewal_key_missing', why ?? `${keyFile} is not in the state directory`)];
}

/** Only its own environment can begin it again. */
const deployedAgainRemedy = (record: RenewalRecord, { name }: ResolvedEnvironment) =>
  record.environment === name
    ? 'Deploy the certificate that replaced it, or run `mesh-cert-monitor renew` to ask for another.'
    : 'Deploy the certificate that replaced it.';

function overdue(circumstances: RenewalCircumstances, record: RenewalRecord, raise: Raise, now: Date): Finding[] {
  const { state, notAfter } = record;
  const { desk, deskWorkingDays } = circumstances.environment.renewal;
  if (!notAfter || ['not_due', 'deployed'].includes(state) || !isTooLateToAsk(notAfter, deskWorkingDays, now))
    return [];
  const left = workingDaysBetween(now, notAfter);
  const ends = notAfter < now ? 'expired' : 'expires';
  const message =
    `the certificate ${ends} on ${londonDay(notAfter)} and the last day that gave the desk its ${plural(deskWorkingDays, 'working day')} was ` +
    `${londonDay(lastSafeDay(notAfter, deskWorkingDays))}; full working days left: ${left}`;
  const forward = isDraft(record) ? urgentForwardRemedy(record, desk) : undefined;
  return [raise('renewal_overdue', message, circumstances.deployment?.remedy ?? forward)];
}

/**
 * The certificate that was issued, or another, is already deployed; only MESH's acceptance is missing, and the handshake has its own findings.
 * If the new file cannot be read, that is also a separate finding and changes nothing here.
 */
function isReplaced({ assessment }: RenewalFacts, record: RenewalRecord): boolean {
  const { issuedFingerprintSha256, successorFingerprintSha256 } = record;
  const deployed = clientCertificate(assessment)?.fingerprintSha256;
  if (deployed === undefined) return successorFingerprintSha256 !== undefined;
  return deployed === successorFingerprintSha256 || deployed === issuedFingerprintSha256;
}
