/** What is remembered of one environment between two looks at it, and what that comes to. Pure. */
import type { ResolvedEnvironment } from '../config/types.ts';
import { type Finding, statusOf, worstFirst } from '../findings/finding.ts';
import { judgeHandshake } from '../mesh/judge.ts';
import type { HandshakeResult } from '../mesh/types.ts';
import type { EmailOutcome, RenewalStatus } from '../renewal/types.ts';
import type { EnvironmentStatus, HandshakeStatus } from '../status/types.ts';
import type { Examination } from './examine.ts';
import { type Known, knownAfter, nothingKnown } from './known.ts';

export interface Watch {
  readonly environment: ResolvedEnvironment;
  /** The last; none until the first check, and none without a credential. */
  readonly examination?: Examination;
  readonly known: Known;
  /** Since when handshakes have been made for it; undefined where none are (`check --offline`). */
  readonly watchingSince?: Date;
  readonly handshake: HandshakeStatus;
  /** The content that the last handshake was made with. */
  readonly handshakeContentHash?: string;
  readonly renewal: RenewalStatus;
  readonly renewalFindings: readonly Finding[];
  readonly emails: Readonly<Record<EmailOutcome, number>>;
  readonly lastRunAt?: Date;
  readonly checkDurationSeconds?: number;
}

/** A step of the renewal, as the renewal room reports it. */
export interface RenewalStep {
  readonly status: RenewalStatus;
  readonly findings: readonly Finding[];
  readonly emailed: readonly EmailOutcome[];
}

export function newWatch(environment: ResolvedEnvironment, watchingSince?: Date, lastSuccessAt?: Date): Watch {
  return {
    environment,
    known: nothingKnown,
    ...(watchingSince ? { watchingSince } : {}),
    handshake: { ...(lastSuccessAt ? { lastSuccessAt } : {}), totals: { success: 0, failure: 0 }, history: [] },
    renewal: { state: 'not_due', reason: environment.credential ? 'not looked at yet' : 'no credential is configured' },
    renewalFindings: [],
    emails: { sent: 0, failed: 0, drafted: 0 },
  };
}

/** The same environment under a reloaded configuration: counters, history and last known dates stay. */
export function reconfigured(watch: Watch, environment: ResolvedEnvironment): Watch {
  if (environment.credential) return { ...watch, environment };
  const { examination, handshakeContentHash, ...rest } = watch;
  return { ...rest, environment, known: nothingKnown };
}

export function examined(watch: Watch, examination: Examination | undefined, startedAt: Date, endedAt: Date): Watch {
  const run = {
    lastRunAt: endedAt,
    checkDurationSeconds: Math.max(0, endedAt.getTime() - startedAt.getTime()) / 1000,
  };
  if (!examination) return { ...watch, ...run };
  return { ...watch, ...run, examination, known: knownAfter(watch.known, examination.assessment) };
}

/** A day of hourly handshakes. */
export const historyLength = 24;

export function shookHands(watch: Watch, result: HandshakeResult, contentHash: string | undefined): Watch {
  const { handshakeContentHash, ...rest } = watch;
  const { totals, lastSuccessAt, history } = watch.handshake;
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

/** Certificates are large, and only the last chain that was seen is of use. */
function lean(history: readonly HandshakeResult[]): HandshakeResult[] {
  const last = history.findLastIndex(({ serverCertificates }) => serverCertificates.length > 0);
  return history.map((each, index) => (index < last ? { ...each, serverCertificates: [] } : each));
}

export function renewed(watch: Watch, { status, findings, emailed }: RenewalStep): Watch {
  const emails = { ...watch.emails };
  for (const outcome of emailed) emails[outcome] += 1;
  return { ...watch, renewal: status, renewalFindings: findings, emails };
}

export function statusAt(watch: Watch, now: Date): EnvironmentStatus {
  const { environment, examination, known, handshake, watchingSince, lastRunAt, checkDurationSeconds } = watch;
  const assessment = examination?.assessment;
  const { last, lastSuccessAt } = handshake;
  const record = { ...(last ? { last } : {}), ...(lastSuccessAt ? { lastSuccessAt } : {}) };
  const findings = worstFirst([
    ...(assessment?.findings ?? []),
    ...(watchingSince ? judgeHandshake(environment, { ...record, watchingSince }, now) : []),
    ...watch.renewalFindings,
  ]);
  return {
    name: environment.name,
    ...(environment.preset ? { preset: environment.preset } : {}),
    application: environment.application,
    odsCode: environment.odsCode,
    mailboxId: environment.mesh.mailboxId,
    url: environment.mesh.url,
    credentialConfigured: environment.credential !== undefined,
    ...(assessment ? { assessment } : {}),
    ...known,
    handshake,
    renewal: watch.renewal,
    emails: watch.emails,
    findings,
    status: statusOf(findings),
    ...(lastRunAt ? { lastRunAt } : {}),
    ...(checkDurationSeconds === undefined ? {} : { checkDurationSeconds }),
  };
}
