/** What to do next about one environment's renewal, and why. Pure: the engine does it, and asks again until nothing is left to do. */
import type { ResolvedEnvironment } from '../config/index.ts';
import { plural } from '../text/index.ts';
import { hourMs, rfc3339, workingDaysHavePassed } from '../time/index.ts';
import type { Assessment } from '../verify/index.ts';
import type { Certificate } from '../x509/index.ts';
import { abandoned, concerns, isAnothers, replaces, shared, subjectOf, wasAsked } from './claim.ts';
import type { RenewalDecision, RenewalFacts, Undirected } from './decision.ts';
import { dueReason, hasRenewals, isDue } from './due.ts';
import { isFirst, keyFor } from './first.ts';
import { canBeTold, isHeldUp, noticeOf, noticeTries, notifyOnce } from './notices.ts';
import { reopensAs } from './reopen.ts';
import { sendAgainCommand } from './retry.ts';
import { isDraft } from './states.ts';
import { decideSuccession } from './succession.ts';
import type { RenewalRecord, RequestKey, StoredRenewal } from './types.ts';

export function decideRenewal(facts: RenewalFacts, now: Date): RenewalDecision {
  const { environment, records } = facts;
  const certificate = clientCertificate(facts.assessment);
  const key = keyFor(environment, certificate);
  const left = abandoned(facts, certificate, key.fingerprintSha256);
  if (left) return { kind: 'adopt', from: keyOf(left), key, reason: `it was recorded under ${left.environment}` };
  if (!certificate) return decideWithout(key, facts, now);
  const decisions = records
    .filter((record) => record.fingerprintSha256 !== key.fingerprintSha256 && !record.closedAt)
    .filter((record) => concerns(record, environment, certificate))
    .flatMap((record) => decidePredecessor(record, certificate, facts, now) ?? []);
  const next = decisions.find(({ kind }) => kind !== 'rest') ?? decisions.at(-1);
  if (next) return next;
  return decideCurrent(key, certificate, facts, now);
}

/** Without a certificate only the first can be asked for, and only when somebody has asked: a file that cannot be read is no reason. */
function decideWithout(key: RequestKey, facts: RenewalFacts, now: Date): RenewalDecision {
  const { environment, records, related } = facts;
  const begun = [...records, ...related].some(
    (each) => each.fingerprintSha256 === key.fingerprintSha256 && isOpen(each),
  );
  if (begun || (facts.asked && records.length === 0)) return decideCurrent(key, {}, facts, now);
  const own = records.filter((record) => !isAnothers(record, subjectOf(environment)));
  return { kind: 'rest', ...keyOfNewest(own), reason: whyNoCertificate(environment) };
}

const isOpen = ({ state, closedAt }: RenewalRecord) => state !== 'deployed' && !closedAt;

/** What is to be done about the certificate that is deployed, or about the first. */
function decideCurrent(
  key: RequestKey,
  certificate: { readonly notAfter?: Date },
  facts: RenewalFacts,
  now: Date,
): RenewalDecision {
  const own = facts.records.find(({ fingerprintSha256 }) => fingerprintSha256 === key.fingerprintSha256);
  const other = shared(facts, key.fingerprintSha256);
  if (other && (!own || (wasAsked(other) && !wasAsked(own)))) return decideShared(other, key, facts, now);
  return { key, ...(own ? decideOwn(own, facts, now) : { kind: 'begin', reason: dueReason(facts, certificate, now) }) };
}

/** Another environment uses the same certificate: only one of them sends the request, the first whose window opens. */
function decideShared(other: StoredRenewal, key: RequestKey, facts: RenewalFacts, now: Date): RenewalDecision {
  const own = decideOwn(other, facts, now);
  if (own.kind === 'fall_due' || own.kind === 'send')
    return { kind: 'adopt', from: keyOf(other), key, reason: own.reason };
  const why =
    other.state === 'deployed'
      ? 'this certificate was replaced there, and is still deployed here'
      : facts.environment.renewal.mode === 'manual' && isBefore(other)
        ? 'it is left to that one'
        : own.reason;
  const reason = `${other.environment} uses the same certificate, and one request covers both: ${why}`;
  return { kind: 'rest', key: keyOf(other), reason };
}

const isBefore = ({ state }: StoredRenewal): boolean => state === 'not_due' || state === 'due';

const keyOf = ({ environment, fingerprintSha256 }: StoredRenewal): RequestKey => ({ environment, fingerprintSha256 });

const whyNoCertificate = ({ credential }: ResolvedEnvironment) =>
  credential ? 'the client certificate cannot be read' : 'no credential is configured';

export function clientCertificate(assessment: Assessment | undefined): Certificate | undefined {
  return assessment?.certificates.find(({ role }) => role === 'client')?.certificate;
}

function keyOfNewest(records: readonly StoredRenewal[]): { key?: RequestKey } {
  const newest = records.findLast(({ closedAt }) => !closedAt) ?? records.at(-1);
  return newest ? { key: keyOf(newest) } : {};
}

function decideOwn(record: StoredRenewal, facts: RenewalFacts, now: Date): Undirected {
  const open = isAsked(record, facts) || isDue(facts.environment, record, now);
  switch (record.state) {
    case 'not_due':
      if (!hasRenewals(facts.environment))
        return { kind: 'rest', reason: 'no certificate desk is configured, so there is nobody to send a request to' };
      return { kind: open ? 'fall_due' : 'rest', reason: dueReason(facts, record, now) };
    case 'due':
      return open ? decideDue(record, facts, now) : { kind: 'withdraw', reason: dueReason(facts, record, now) };
    case 'sending':
      return { kind: 'rest', reason: 'the request is being sent' };
    case 'uncertain':
      return notifyOnce(record, 'uncertain', lastReason(record), now);
    case 'requested':
      return isWaitedFor(record, facts.environment, now) && facts.clockDoubt === undefined
        ? notifyOnce(record, 'reminder', reminderReason(record, facts.environment), now)
        : { kind: 'rest', reason: lastReason(record) };
    case 'issued':
      return { kind: 'rest', reason: lastReason(record) };
    case 'failed':
      return decideFailed(record, facts, now);
    case 'deployed':
      return decideReplaced(record);
  }
}

/** By a person, now or since it was last sent. */
const isAsked = ({ askedAt }: StoredRenewal, { asked }: RenewalFacts) => asked !== undefined || askedAt !== undefined;

function decideReplaced(record: StoredRenewal): Undirected {
  const to = reopensAs(record);
  if (!to) return { kind: 'rest', reason: 'this certificate was replaced, but it is deployed again' };
  const again = 'this certificate is deployed again';
  if (to === 'not_due') return { kind: 'reopen', to, reason: again };
  const isAnswered = record.successorFingerprintSha256 === record.issuedFingerprintSha256;
  const other = isAnswered
    ? 'the one that was issued for its request can be put in place again'
    : 'the other one was not issued for its request';
  return { kind: 'reopen', to, reason: `${again}, and ${other}` };
}

function decideDue(record: StoredRenewal, facts: RenewalFacts, now: Date): Undirected {
  if (facts.making?.has(record.fingerprintSha256)) return { kind: 'rest', reason: 'the request is being made' };
  const reason = dueReason(facts, record, now);
  if (isWaiting(record, now)) {
    const next = `the last attempt failed (${record.lastError}); the next is due at ${record.nextAttemptAt ? rfc3339(record.nextAttemptAt) : ''}`;
    return { kind: 'rest', reason: next };
  }
  if (waitsForClock(record, facts))
    return { kind: 'rest', reason: `${reason}. Nothing is sent yet: ${facts.clockDoubt}` };
  return { kind: 'send', reason };
}

/** When a person asks, the clock does not matter. */
export const waitsForClock = (record: StoredRenewal, facts: RenewalFacts): boolean =>
  record.state === 'due' && facts.clockDoubt !== undefined && !isAsked(record, facts) && !isFirst(record);

/** A permanent refusal would be repeated until its cause has changed. */
function decideFailed(record: StoredRenewal, { refusedFacts, configurationFile }: RenewalFacts, now: Date): Undirected {
  const { refusedThing } = record;
  if (refusedThing && refusedFacts !== undefined && refusedFacts !== record.refusedFacts)
    return {
      kind: 'retry',
      reason: `the mail server refused the ${refusedThing}, and settings that this depends on have changed`,
    };
  const command = sendAgainCommand(configurationFile, record);
  const again = refusedThing
    ? 'It is sent again once the setting that was refused has changed, or when you run'
    : 'It will not be sent again automatically. When you have fixed the cause, run';
  const reason = `${lastReason(record)}. ${again}: ${command}`;
  return canBeTold(record) ? notifyOnce(record, 'unsent', reason, now) : { kind: 'rest', reason };
}

/** What to do because of an open renewal of an earlier certificate; undefined if it has no effect. */
function decidePredecessor(
  record: StoredRenewal,
  certificate: Certificate,
  facts: RenewalFacts,
  now: Date,
): RenewalDecision | undefined {
  const key = { environment: record.environment, fingerprintSha256: record.fingerprintSha256 };
  const successor = certificate.fingerprintSha256;
  if (record.state === 'deployed') {
    const next = finish(record, successor, now);
    const notice = noticeOf(record, 'closing');
    // The renewal of the new certificate does not wait for a mail server.
    return next.kind === 'rest' && notice && isHeldUp(notice) ? undefined : { key, ...next };
  }
  if (!wasAsked(record))
    return { kind: 'retire', key, successor, reason: 'another certificate was deployed before the desk was asked' };
  if (!replaces(certificate, record)) {
    const reason = `a request is already open for the certificate with serial number ${record.serial ?? 'unknown'}: ${lastReason(record)}`;
    return { kind: 'rest', key, reason };
  }
  if (record.state === 'sending') return { kind: 'rest', key, reason: 'the request is being sent' };
  return { key, ...decideSuccession(record, successor, facts, now) };
}

/** @param deployed - fingerprint of the certificate that is deployed now. */
function finish(record: StoredRenewal, deployed: string, now: Date): Undirected {
  if (record.successorFingerprintSha256 !== undefined && record.successorFingerprintSha256 !== deployed)
    return {
      kind: 'close',
      reason: 'a different certificate has been deployed since, so the contact is not told about this one',
    };
  const next = notifyOnce(record, 'closing', lastReason(record), now);
  const notice = noticeOf(record, 'closing');
  if (next.kind === 'rest' && notice && (notice.sentAt || notice.tries >= noticeTries))
    return { kind: 'close', reason: notice.sentAt ? 'the contact has been told' : 'the contact could not be told' };
  return next;
}

/** The longest pause between two attempts. A time further ahead was set by a clock that has been corrected since. */
export const longestPauseMs = 8 * hourMs;

function isWaiting({ nextAttemptAt }: StoredRenewal, now: Date): boolean {
  const left = nextAttemptAt ? nextAttemptAt.getTime() - now.getTime() : 0;
  return left > 0 && left <= longestPauseMs;
}

/** For longer than the working days of the reminder: for the desk, or for the person who is to send the draft. */
function isWaitedFor({ requestedAt }: RenewalRecord, { renewal }: ResolvedEnvironment, now: Date): boolean {
  return requestedAt !== undefined && workingDaysHavePassed(requestedAt, renewal.reminderWorkingDays, now);
}

/** The desk has the request, and has had its time. */
export const isUnanswered = (record: RenewalRecord, environment: ResolvedEnvironment, now: Date): boolean =>
  record.state === 'requested' && !isDraft(record) && isWaitedFor(record, environment, now);

function reminderReason(record: StoredRenewal, { renewal }: ResolvedEnvironment): string {
  const time = plural(renewal.reminderWorkingDays, 'working day');
  const what = isDraft(record) ? 'nobody has sent the draft' : 'the desk has not answered';
  return `${lastReason(record)}; ${what} in ${time}`;
}

const lastReason = (record: StoredRenewal) => record.transitions.at(-1)?.reason ?? '';
