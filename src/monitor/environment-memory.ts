/** What is remembered about one environment between checks, and the status that follows from it. Pure. */
import type { ResolvedEnvironment } from '../config/index.ts';
import { diagnose } from '../diagnosis/index.ts';
import type { Examination } from '../examine/index.ts';
import { type Finding, finding, statusOf } from '../findings/index.ts';
import { type HandshakeResult, judgeHandshake, nextHandshakeBoundary } from '../mesh/index.ts';
import type { EmailOutcome, RenewalStatus, RenewalStep } from '../renewal/index.ts';
import type { EnvironmentStatus, HandshakeStatus } from '../status/index.ts';
import { say } from '../text/index.ts';
import type { Assessment } from '../verify/index.ts';
import { type LastKnown, lastKnownAfter, nothingKnown } from './last-known.ts';
import { withoutHandshake, withoutMissing } from './waiting.ts';

export interface EnvironmentMemory {
  readonly environment: ResolvedEnvironment;
  /** For commands that a person is told to type. */
  readonly configurationFile?: string;
  /** The last examination. None before the first check, or without a credential. */
  readonly examination?: Examination;
  /** What an earlier process found out about the same files, until the first examination of this one. */
  readonly recalled?: Assessment;
  readonly lastKnown: LastKnown;
  /** When handshakes started. Undefined if none are made (`check --offline`). */
  readonly watchingSince?: Date;
  readonly handshake: HandshakeStatus;
  /** Hash of the content used for the last handshake. */
  readonly handshakeContentHash?: string;
  readonly renewal: RenewalStatus;
  readonly renewalFindings: readonly Finding[];
  readonly emails: Readonly<Record<EmailOutcome, number>>;
  readonly lastRunAt?: Date;
  /** When the check after that is due. Undefined without a schedule. */
  readonly nextRunAt?: Date;
  readonly checkDurationSeconds?: number;
}

interface Known {
  readonly configurationFile?: string | undefined;
  readonly watchingSince?: Date | undefined;
  readonly lastSuccessAt?: Date | undefined;
}

export function newMemory(
  environment: ResolvedEnvironment,
  { configurationFile, watchingSince, lastSuccessAt }: Known = {},
): EnvironmentMemory {
  return {
    environment,
    ...(configurationFile === undefined ? {} : { configurationFile }),
    lastKnown: nothingKnown,
    ...(watchingSince ? { watchingSince } : {}),
    handshake: { ...(lastSuccessAt ? { lastSuccessAt } : {}), totals: { success: 0, failure: 0 }, history: [] },
    renewal: {
      state: 'not_due',
      reason: environment.credential ? say`not checked yet` : say`no credential is configured`,
    },
    renewalFindings: [],
    emails: { sent: 0, failed: 0, drafted: 0 },
  };
}

/** Shown with the time at which it was found out, which is when the environment was last checked. */
export function rememberRecalled(memory: EnvironmentMemory, assessment: Assessment): EnvironmentMemory {
  const lastKnown = lastKnownAfter(memory.lastKnown, assessment);
  return { ...memory, recalled: assessment, lastKnown, lastRunAt: assessment.assessedAt };
}

/** The same environment after a reload. Counters, history and last known dates are kept. */
export function rememberReload(memory: EnvironmentMemory, environment: ResolvedEnvironment): EnvironmentMemory {
  if (environment.credential) return { ...memory, environment };
  const { examination, handshakeContentHash, recalled, ...rest } = memory;
  return { ...rest, environment, lastKnown: nothingKnown };
}

export function rememberExamination(
  memory: EnvironmentMemory,
  examination: Examination | undefined,
  startedAt: Date,
  endedAt: Date,
  nextRunAt?: Date,
): EnvironmentMemory {
  const after = rememberRun(memory, { startedAt, endedAt, nextRunAt });
  if (!examination) return after;
  return { ...after, examination, lastKnown: lastKnownAfter(memory.lastKnown, examination.assessment) };
}

/** That a check has been made, whatever it found. */
export function rememberRun(
  memory: EnvironmentMemory,
  { startedAt, endedAt, nextRunAt }: { startedAt: Date; endedAt: Date; nextRunAt?: Date | undefined },
): EnvironmentMemory {
  return {
    ...memory,
    lastRunAt: endedAt,
    ...(nextRunAt ? { nextRunAt } : {}),
    checkDurationSeconds: Math.max(0, endedAt.getTime() - startedAt.getTime()) / 1000,
  };
}

/** A day of hourly handshakes. */
export const historyLength = 24;

export function rememberHandshake(
  memory: EnvironmentMemory,
  result: HandshakeResult,
  contentHash: string | undefined,
): EnvironmentMemory {
  const { handshakeContentHash, ...rest } = memory;
  const { totals, lastSuccessAt, history } = memory.handshake;
  return {
    ...rest,
    ...(contentHash === undefined ? {} : { handshakeContentHash: contentHash }),
    handshake: {
      last: result,
      ...(result.outcome === 'success' ? { lastSuccessAt: result.startedAt } : lastSuccessAt ? { lastSuccessAt } : {}),
      totals: { ...totals, [result.outcome]: totals[result.outcome] + 1 },
      history: lean([...history, result].slice(-historyLength)),
    },
  };
}

/** Certificates are large, and only the last chain is useful. */
function lean(history: readonly HandshakeResult[]): HandshakeResult[] {
  const last = history.findLastIndex(({ serverCertificates }) => serverCertificates.length > 0);
  return history.map((each, index) => (index < last ? { ...each, serverCertificates: [] } : each));
}

export function rememberRenewal(
  memory: EnvironmentMemory,
  { status, findings, emailed }: RenewalStep,
): EnvironmentMemory {
  const emails = { ...memory.emails };
  for (const outcome of emailed) emails[outcome] += 1;
  return { ...memory, renewal: status, renewalFindings: findings, emails };
}

/** A fault of this program has ended the step. What else is known of the renewal stays. */
export function rememberStuckRenewal(memory: EnvironmentMemory): EnvironmentMemory {
  const others = memory.renewalFindings.filter(({ code }) => code !== stuck.code);
  return { ...memory, renewalFindings: [...others, stuck] };
}

const stuck = finding(
  'renewal_email_failed',
  'Nothing is sent: a fault in this program has ended the work on the renewal. The log names it (“renewal did not end”).',
  {
    remedy:
      'Restart the service. If that does not help, report what the log says, and make the request by hand, in the way that the certificate desk describes.',
  },
);

export const statusFrom = (memory: EnvironmentMemory, now: Date): EnvironmentStatus => statusAt(memory, now).status;

/** @returns also until when it says the same, milliseconds of Unix time. It may be too early, but never too late. */
export function statusAt(
  memory: EnvironmentMemory,
  now: Date,
): { readonly status: EnvironmentStatus; readonly until: number } {
  const { configurationFile, environment, examination, lastKnown, watchingSince } = memory;
  const { lastRunAt, nextRunAt, checkDurationSeconds } = memory;
  const waits = memory.renewal.first !== undefined && !examination?.credential.certificate;
  const assessment = examination
    ? waits
      ? withoutMissing(examination.assessment, examination.credential)
      : examination.assessment
    : memory.recalled;
  const handshake = waits ? withoutHandshake(memory.handshake) : memory.handshake;
  const { last, lastSuccessAt } = handshake;
  const known = { ...(last ? { last } : {}), ...(lastSuccessAt ? { lastSuccessAt } : {}) };
  const record = watchingSince && !(waits && !last) ? { ...known, watchingSince } : undefined;
  let hasTheTime = false;
  const diagnosis = diagnose({
    findings: [
      ...(assessment?.findings ?? []),
      ...(record ? judgeHandshake(environment, record, now) : []),
      ...memory.renewalFindings,
    ],
    ...(assessment ? { assessment } : {}),
    ...(last ? { handshake: last } : {}),
    renewal: memory.renewal,
    environment,
    ...(configurationFile === undefined ? {} : { configurationFile }),
    // What does not ask for the time does not depend on it.
    get now() {
      hasTheTime = true;
      return now;
    },
  });
  const status = {
    name: environment.name,
    ...(environment.preset ? { preset: environment.preset } : {}),
    application: environment.application,
    odsCode: environment.odsCode,
    mailboxId: environment.mesh.mailboxId,
    url: environment.mesh.url,
    credentialConfigured: environment.credential !== undefined,
    thresholds: environment.thresholds,
    ...(environment.renewal.mode === 'manual' ? {} : { renewalWindowMs: environment.renewal.windowMs }),
    desk: environment.renewal.desk,
    deskWorkingDays: environment.renewal.deskWorkingDays,
    ...(assessment ? { assessment } : {}),
    ...(examination?.next ? { next: examination.next.assessment } : {}),
    ...lastKnown,
    handshake,
    renewal: memory.renewal,
    emails: memory.emails,
    findings: diagnosis.findings,
    diagnosis,
    status: statusOf(diagnosis.findings),
    ...(lastRunAt ? { lastRunAt } : {}),
    ...(nextRunAt ? { nextRunAt } : {}),
    ...(checkDurationSeconds === undefined ? {} : { checkDurationSeconds }),
  };
  const boundary = record && nextHandshakeBoundary(environment, record, now);
  return { status, until: hasTheTime ? now.getTime() : (boundary?.getTime() ?? Number.POSITIVE_INFINITY) };
}
