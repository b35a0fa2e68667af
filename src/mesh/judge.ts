import type { ResolvedEnvironment } from '../config/index.ts';
import { type Finding, finding } from '../findings/index.ts';
import { escaped } from '../text/index.ts';
import { dayMs, hourMs, inDays, minuteMs, secondMs, utcTime } from '../time/index.ts';
import { firstToExpire } from '../x509/index.ts';
import { reasonCatalogue } from './diagnosis/reasons.ts';
import type { HandshakeResult } from './types.ts';

/** What is known about an environment's handshakes. */
export interface HandshakeRecord {
  readonly last?: HandshakeResult;
  readonly lastSuccessAt?: Date;
  /** When handshakes began. A one-off check gives the time of the check. */
  readonly watchingSince: Date;
}

type Judged = Pick<ResolvedEnvironment, 'mesh' | 'thresholds' | 'preset'>;

const skewWarningSeconds = (5 * minuteMs) / secondMs;
// MESH API specification, authorization: a token more than 2 hours off is refused.
const skewCriticalSeconds = (2 * hourMs) / secondMs;
// MESH API specification, validate a mailbox: once every 24 hours keeps a mailbox marked as active.
const validateWithinMs = dayMs;

/** The findings that follow from the handshakes of one environment at one time. Pure. */
export function judgeHandshake(environment: Judged, record: HandshakeRecord, now: Date): Finding[] {
  const { last } = record;
  return [
    ...(last ? failed(environment, last) : []),
    ...(last ? notRequested(environment, last) : []),
    ...(last ? skewed(environment, last) : []),
    ...notValidatedRecently(environment, record, now),
    ...(last ? serverExpiresSoon(environment, last, now) : []),
    ...notVerified(environment),
  ];
}

/**
 * The earliest moment after `now` at which `judgeHandshake` can say something else about the same record; `now` itself if what it says has the
 * time in it; undefined if it never will.
 */
export function nextHandshakeBoundary(
  { mesh, thresholds }: Judged,
  record: HandshakeRecord,
  now: Date,
): Date | undefined {
  const moments: number[] = [];
  if (mesh.probe === 'validate')
    moments.push((successThatCounts(record) ?? record.watchingSince).getTime() + validateWithinMs);
  const first = firstToExpire(record.last?.serverCertificates ?? []);
  if (first) {
    const soon = first.notAfter.getTime() - thresholds.warningMs;
    if (soon <= now.getTime()) return now;
    moments.push(soon);
  }
  const next = Math.min(...moments.filter((moment) => moment > now.getTime()));
  return Number.isFinite(next) ? new Date(next) : undefined;
}

function failed(
  { mesh }: Judged,
  { reason, detail, remedy = reason && escaped(reasonCatalogue[reason].remedy) }: HandshakeResult,
): Finding[] {
  if (!reason || !remedy) return [];
  const { title } = reasonCatalogue[reason];
  const message = `${reason}: ${title}${detail ? `: ${detail}` : ''}`;
  return [finding('handshake_failed', message, { subject: mesh.url, remedy, reason })];
}

/**
 * Only if MESH answered, or something in its place: otherwise the reason already says what is wrong. Not if the answer itself demands a
 * certificate that the handshake did not ask for.
 */
function notRequested({ mesh, preset }: Judged, last: HandshakeResult): Finding[] {
  if (last.clientCertificateRequested !== false || last.httpStatus === 0) return [];
  if (last.reason === 'client_certificate_required') return [];
  const sandbox = preset === 'sandbox';
  const message = sandbox
    ? 'The sandbox did not ask for a client certificate, so its answer says nothing about one'
    : 'The server did not ask for a client certificate, so its answer says nothing about ours';
  return [
    finding('client_certificate_not_requested', message, {
      subject: mesh.url,
      ...(sandbox
        ? { severity: 'info', remedy: 'Nothing to do: a sandbox never asks. The MESH environments do.' }
        : {}),
    }),
  ];
}

/** MESH demands a certificate, and a sandbox never asks. The clock of anything else that answers proves nothing about ours. */
const isMeshsDate = ({ preset }: Judged, { clientCertificateRequested, reason }: HandshakeResult) =>
  reason !== 'unexpected_response' && (preset === 'sandbox' || clientCertificateRequested !== false);

function skewed(environment: Judged, last: HandshakeResult): Finding[] {
  const { clockSkewSeconds } = last;
  if (clockSkewSeconds === undefined || Math.abs(clockSkewSeconds) <= skewWarningSeconds) return [];
  if (!isMeshsDate(environment, last)) return [];
  const direction = clockSkewSeconds > 0 ? 'ahead of' : 'behind';
  const message = `This machine’s clock is ${Math.round(Math.abs(clockSkewSeconds))} seconds ${direction} the server’s`;
  const severity = Math.abs(clockSkewSeconds) > skewCriticalSeconds ? 'critical' : 'warning';
  return [finding('clock_skew', message, { severity })];
}

function notValidatedRecently({ mesh }: Judged, record: HandshakeRecord, now: Date): Finding[] {
  // A ping does not keep the mailbox active: that is left to the real client.
  if (mesh.probe !== 'validate') return [];
  const lastSuccessAt = successThatCounts(record);
  const since = lastSuccessAt ?? record.watchingSince;
  if (now.getTime() - since.getTime() < validateWithinMs) return [];
  const message = lastSuccessAt
    ? `The last handshake that succeeded was at ${utcTime(since)}`
    : `No handshake has succeeded since this monitor started watching at ${utcTime(since)}`;
  return [finding('mailbox_not_validated_recently', message, { subject: mesh.mailboxId })];
}

/** A service that has just restarted makes a handshake first: it may only have been down for a day. */
function successThatCounts({ last, lastSuccessAt, watchingSince }: HandshakeRecord): Date | undefined {
  return last || (lastSuccessAt && lastSuccessAt > watchingSince) ? lastSuccessAt : undefined;
}

function serverExpiresSoon({ thresholds, preset }: Judged, last: HandshakeResult, now: Date): Finding[] {
  // `handshake_failed` already says so.
  if (last.reason === 'server_certificate_expired') return [];
  const first = firstToExpire(last.serverCertificates);
  if (!first || first.notAfter.getTime() - now.getTime() > thresholds.warningMs) return [];
  const when = first.notAfter < now ? 'expired' : `expires ${inDays(first.notAfter, now)},`;
  const message = `${first.subject.text} ${when} on ${utcTime(first.notAfter)}`;
  return [
    finding('server_certificate_expires_soon', message, {
      subject: first.subject.text,
      ...(preset === 'sandbox' ? ownSandbox : {}),
    }),
  ];
}

const ownSandbox = {
  severity: 'info',
  remedy: 'Make the sandbox a new certificate when it suits you: it is your own, and nothing of MESH depends on it.',
} as const;

function notVerified({ mesh }: Judged): Finding[] {
  if (mesh.verifyServer) return [];
  return [finding('server_not_verified', 'verify_server is false: any server is trusted', { subject: mesh.url })];
}
