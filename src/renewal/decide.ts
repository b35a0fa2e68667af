/** What to do next about one environment's renewal, and why. Pure: the engine does it, and asks again until nothing is left to do. */
import { createHash } from 'node:crypto';
import type { ResolvedEnvironment } from '../config/index.ts';
import { plural } from '../text/index.ts';
import { dayMs, hourMs, londonDay, rfc3339, workingDaysHavePassed } from '../time/index.ts';
import type { Assessment } from '../verify/index.ts';
import { type Certificate, nameOf } from '../x509/index.ts';
import type { NoticeKind, RenewalRecord, RequestKey, StoredRenewal } from './types.ts';

export interface RenewalFacts {
  readonly environment: ResolvedEnvironment;
  readonly assessment?: Assessment;
  /** Every record of this environment, oldest first. */
  readonly records: readonly StoredRenewal[];
  /** The last one that was run. */
  readonly handshake?: { readonly startedAt: Date; readonly outcome: 'success' | 'failure' };
}

export type RenewalAction =
  /** Nothing, until time or the world moves on. */
  | { readonly kind: 'rest' }
  /** Open the record of a certificate that was not seen before. */
  | { readonly kind: 'begin' }
  /** not_due → due, and back when the window or the clock was moved. */
  | { readonly kind: 'fall_due' | 'withdraw' }
  /** due → sending → … */
  | { readonly kind: 'send' }
  | { readonly kind: 'notify'; readonly notice: NoticeKind }
  /** Another certificate is deployed in this one's place; MESH has still to accept it. */
  | { readonly kind: 'note_successor'; readonly successor: string }
  /** … → deployed. `retire` where the desk was never asked, so nobody needs telling. */
  | { readonly kind: 'deploy' | 'retire'; readonly successor: string }
  /** The contact has been told, or cannot be: nothing more is owed. */
  | { readonly kind: 'close' };

export type RenewalDecision = RenewalAction & {
  /** The renewal that the environment is in; absent when there is no certificate to renew. */
  readonly key?: RequestKey;
  /** One sentence. */
  readonly reason: string;
};

/** Without a handshake of any outcome for so long, a valid credential has to do (an environment that is only checked offline). */
const handshakePatienceMs = dayMs;
const noticeTries = 3;
const noticePauseMs = hourMs;

export function decideRenewal(facts: RenewalFacts, now: Date): RenewalDecision {
  const { environment, records } = facts;
  const certificate = clientCertificate(facts.assessment);
  if (!certificate) return { kind: 'rest', ...keyOfNewest(records), reason: whyNoCertificate(environment) };
  const key = { environment: environment.name, fingerprintSha256: certificate.fingerprintSha256 };
  const decisions = records
    .filter((record) => record.fingerprintSha256 !== key.fingerprintSha256 && !record.closedAt)
    .flatMap((record) => decidePredecessor(record, certificate, facts, now) ?? []);
  const next = decisions.find(({ kind }) => kind !== 'rest') ?? decisions.at(-1);
  if (next) return next;
  const own = records.find(({ fingerprintSha256 }) => fingerprintSha256 === key.fingerprintSha256);
  return { key, ...(own ? decideOwn(own, facts, now) : { kind: 'begin', reason: dueReason(facts, certificate) }) };
}

const whyNoCertificate = ({ credential }: ResolvedEnvironment) =>
  credential ? 'the client certificate cannot be read' : 'no credential is configured';

export function clientCertificate(assessment: Assessment | undefined): Certificate | undefined {
  return assessment?.certificates.find(({ role }) => role === 'client')?.certificate;
}

/** When the window of a certificate opens. */
export function dueAt(environment: ResolvedEnvironment, certificate: { readonly notAfter: Date }): Date {
  return new Date(certificate.notAfter.getTime() - environment.renewal.windowMs);
}

function keyOfNewest(records: readonly StoredRenewal[]): { key?: RequestKey } {
  const newest = records.findLast(({ closedAt }) => !closedAt) ?? records.at(-1);
  return newest ? { key: { environment: newest.environment, fingerprintSha256: newest.fingerprintSha256 } } : {};
}

type Undirected = RenewalAction & { readonly reason: string };

function decideOwn(record: StoredRenewal, facts: RenewalFacts, now: Date): Undirected {
  const open = now >= dueAt(facts.environment, record);
  switch (record.state) {
    case 'not_due':
      if (facts.environment.renewal.desk.length === 0)
        return { kind: 'rest', reason: 'no certificate desk is configured, so there is nobody to ask' };
      return { kind: open ? 'fall_due' : 'rest', reason: dueReason(facts, record) };
    case 'due':
      if (!open) return { kind: 'withdraw', reason: dueReason(facts, record) };
      return isWaiting(record, now)
        ? {
            kind: 'rest',
            reason: `the last attempt failed (${record.lastError}); the next is due at ${record.nextAttemptAt ? rfc3339(record.nextAttemptAt) : ''}`,
          }
        : { kind: 'send', reason: dueReason(facts, record) };
    case 'sending':
      return { kind: 'rest', reason: 'the request is being sent' };
    case 'uncertain':
      return notifyOnce(record, 'uncertain', lastReason(record), now);
    case 'requested':
      return isUnanswered(record, facts.environment, now)
        ? notifyOnce(
            record,
            'reminder',
            `${lastReason(record)}; the desk has not answered in ${plural(facts.environment.renewal.reminderWorkingDays, 'working day')}`,
            now,
          )
        : { kind: 'rest', reason: lastReason(record) };
    case 'issued':
    case 'failed':
      return { kind: 'rest', reason: lastReason(record) };
    case 'deployed':
      return { kind: 'rest', reason: 'this certificate was replaced, but it is deployed again' };
  }
}

/** What an open renewal of an earlier certificate asks for; undefined when it has no say. */
function decidePredecessor(
  record: StoredRenewal,
  certificate: Certificate,
  facts: RenewalFacts,
  now: Date,
): RenewalDecision | undefined {
  const key = { environment: record.environment, fingerprintSha256: record.fingerprintSha256 };
  const successor = certificate.fingerprintSha256;
  if (record.state === 'deployed') return { key, ...finish(record, now) };
  const asked = ['sending', 'requested', 'uncertain', 'issued'].includes(record.state);
  if (!replaces(certificate, record)) {
    const reason = `a request is already open for the certificate with serial number ${record.serial}: ${lastReason(record)}`;
    return asked ? { kind: 'rest', key, reason } : undefined;
  }
  if (!asked)
    return { kind: 'retire', key, successor, reason: 'another certificate was deployed before the desk was asked' };
  if (record.state === 'sending') return { kind: 'rest', key, reason: 'the request is being sent' };
  return { key, ...decideSuccession(record, successor, facts, now) };
}

/** A certificate that was issued for the request, or any that outlives the old one: it may have been renewed by hand. */
function replaces(certificate: Certificate, record: StoredRenewal): boolean {
  return (
    certificate.fingerprintSha256 === record.issuedFingerprintSha256 ||
    certificate.notAfter > record.notAfter ||
    (record.spkiSha256 !== undefined &&
      createHash('sha256').update(certificate.publicKey.spki).digest('hex') === record.spkiSha256 &&
      certificate.notAfter >= record.notAfter)
  );
}

function decideSuccession(
  record: StoredRenewal,
  successor: string,
  { assessment, handshake }: RenewalFacts,
  now: Date,
): Undirected {
  const seenAt = record.successorFingerprintSha256 === successor ? record.successorSeenAt : undefined;
  // Seen in the future: the clock was set back since, and a handshake of now would never come after it.
  if (!seenAt || seenAt > now) return { kind: 'note_successor', successor, reason: 'a new certificate is deployed' };
  const since = handshake && handshake.startedAt >= seenAt ? handshake.outcome : 'none';
  if (since === 'success')
    return { kind: 'deploy', successor, reason: 'the new certificate is deployed and MESH has accepted it' };
  if (since === 'none' && assessment?.valid && now.getTime() - seenAt.getTime() >= handshakePatienceMs)
    return {
      kind: 'deploy',
      successor,
      reason: 'the new certificate is deployed and valid; no handshake has been made for a day',
    };
  return { kind: 'rest', reason: 'a new certificate is deployed; MESH has not accepted it yet' };
}

function finish(record: StoredRenewal, now: Date): Undirected {
  const next = notifyOnce(record, 'closing', lastReason(record), now);
  const notice = record.notices.find(({ kind }) => kind === 'closing');
  if (next.kind === 'rest' && notice && (notice.sentAt || notice.tries >= noticeTries))
    return { kind: 'close', reason: notice.sentAt ? 'the contact has been told' : 'the contact could not be told' };
  return next;
}

/** Once for each attempt at sending; a notice that may not have left is tried again, with a pause and not for ever. */
function notifyOnce(record: StoredRenewal, kind: NoticeKind, reason: string, now: Date): Undirected {
  const notice = record.notices.find((each) => each.kind === kind && each.occasion === record.attempts);
  const mayTry =
    !notice ||
    (!notice.sentAt &&
      notice.tries < noticeTries &&
      Math.abs(now.getTime() - notice.triedAt.getTime()) >= noticePauseMs);
  return mayTry ? { kind: 'notify', notice: kind, reason } : { kind: 'rest', reason };
}

/** The longest pause between two attempts. One that lies further ahead was set by a clock that has been put right since. */
export const longestPauseMs = 8 * hourMs;

function isWaiting({ nextAttemptAt }: StoredRenewal, now: Date): boolean {
  const left = nextAttemptAt ? nextAttemptAt.getTime() - now.getTime() : 0;
  return left > 0 && left <= longestPauseMs;
}

export function isUnanswered(
  { requestedAt }: Pick<RenewalRecord, 'requestedAt'>,
  { renewal }: ResolvedEnvironment,
  now: Date,
): boolean {
  return requestedAt !== undefined && workingDaysHavePassed(requestedAt, renewal.reminderWorkingDays, now);
}

function dueReason(facts: RenewalFacts, certificate: { readonly notAfter: Date }): string {
  const { environment, assessment } = facts;
  const due = `the certificate expires on ${londonDay(certificate.notAfter)}; its renewal is due from ${londonDay(dueAt(environment, certificate))}`;
  const ca = assessment && caThatEndsFirst(assessment);
  return ca
    ? `${due}. ${nameOf(ca.subject, longestName)} expires on ${londonDay(ca.notAfter)}, before the three years of a new certificate are over: ask for the chain of its successor`
    : due;
}

const longestName = 80;
const threeYearsMs = 3 * 365 * dayMs;

/** A CA on the path whose end would cut short a certificate issued now. */
export function caThatEndsFirst({ assessedAt, certificates }: Assessment): Certificate | undefined {
  return certificates
    .filter(({ role, onPath }) => role !== 'client' && onPath)
    .map(({ certificate }) => certificate)
    .filter(({ notAfter }) => notAfter.getTime() < assessedAt.getTime() + threeYearsMs)
    .sort((a, b) => a.notAfter.getTime() - b.notAfter.getTime())[0];
}

const lastReason = (record: StoredRenewal) => record.transitions.at(-1)?.reason ?? '';
