/** Health for uptime monitors, in the format of draft-inadarei-api-health-check-06. */
import { catalogue, type Finding, type FindingGroup, type Status } from '../findings/index.ts';
import type { EnvironmentStatus, EstateStatus } from '../status/index.ts';
import { joined, jsonText, type SafeText, say } from '../text/index.ts';
import { daysUntil, rfc3339 } from '../time/index.ts';
import { jsonList } from './answers/pieces.ts';

export type HealthStatus = 'pass' | 'warn' | 'fail';

export interface HealthCheck {
  readonly componentType: 'system' | 'component';
  readonly status: HealthStatus;
  readonly time?: string;
  readonly observedValue?: number | string;
  readonly observedUnit?: string;
  /** Only if the status is not `pass`. */
  readonly output?: SafeText;
}

export interface Health {
  readonly status: HealthStatus;
  readonly version: string;
  readonly description: string;
  readonly output?: SafeText;
  readonly checks: Readonly<Record<string, readonly HealthCheck[]>>;
}

const words: Readonly<Record<Status, HealthStatus>> = { ok: 'pass', warning: 'warn', critical: 'fail' };
const order: readonly HealthStatus[] = ['pass', 'warn', 'fail'];

/** Draft §3.1: pass and warn are 2xx, fail is 4xx or 5xx. */
export function httpStatusOf({ status }: Pick<Health, 'status'>): 200 | 503 {
  return status === 'fail' ? 503 : 200;
}

/** Of the whole estate, without the checks. */
export function summaryOf(environments: readonly EnvironmentStatus[], version: string): Omit<Health, 'checks'> {
  const status = environments.reduce<HealthStatus>((worst, each) => worse(worst, healthStatusOf(each)), 'pass');
  const troubled = environments.filter((each) => healthStatusOf(each) !== 'pass').map(({ name }) => name);
  return {
    status,
    version,
    description: 'Certificates and handshakes of NHS MESH mailboxes',
    ...(troubled.length === 0 ? {} : { output: say`not OK: ${listOf(troubled)}` }),
  };
}

/** A `Health` as JSON, in pieces. Each check is `ENVIRONMENT:what`, as draft §4 names them. */
export function* healthText(
  summary: Omit<Health, 'checks'>,
  environments: readonly EnvironmentStatus[],
  now: Date,
): Generator<string> {
  yield `${jsonText(summary).slice(0, -1)},"checks":{`;
  yield* jsonList(environments, (each) =>
    checksOf(each, now)
      .map(([key, checks]) => `${jsonText(key)}:${jsonText(checks)}`)
      .join(','),
  );
  yield '}}\n';
}

/** About the process only: if it responds, it is alive. */
export function livenessOf(version: string): Health {
  return { status: 'pass', version, description: 'The process is responding', checks: {} };
}

export function readinessOf({ ready }: EstateStatus, version: string): Health {
  const description = 'The state of every environment is known';
  if (ready) return { status: 'pass', version, description, checks: {} };
  return { status: 'fail', version, description, output: say`The first checks are still running.`, checks: {} };
}

function checksOf(environment: EnvironmentStatus, now: Date): [string, HealthCheck[]][] {
  const { name, credentialConfigured, lastRunAt } = environment;
  const overall: HealthCheck = {
    componentType: 'system',
    status: healthStatusOf(environment),
    ...(lastRunAt ? { time: rfc3339(lastRunAt) } : {}),
    ...diagnosisOutput(environment, lastRunAt === undefined ? say`Not checked yet.` : undefined),
  };
  return [
    [`${name}:status`, [overall]],
    ...(credentialConfigured
      ? [[`${name}:credential-expiry`, [expiry(environment, now)]] as [string, HealthCheck[]]]
      : []),
    ...(environment.handshake.last ? [[`${name}:handshake`, [handshake(environment)]] as [string, HealthCheck[]]] : []),
  ];
}

/** The cause and what to do first, then whatever else needs attention. */
function diagnosisOutput({ diagnosis }: EnvironmentStatus, otherwise: SafeText | undefined): { output?: SafeText } {
  const { alsoNeedsAttention, cause, firstAction, headline } = diagnosis;
  if (!cause || cause.severity === 'info') return outputOf([], otherwise);
  const others = outputOf(alsoNeedsAttention).output;
  const first = say`${cause.code}: ${headline}. ${cause.message} Do first: ${firstAction}`;
  return { output: others === undefined ? first : joined([first, others], ' ') };
}

const notOfCredential: ReadonlySet<FindingGroup> = new Set(['handshake', 'renewal']);

function expiry({ expiresAt, assessment, findings: all, lastRunAt }: EnvironmentStatus, now: Date): HealthCheck {
  const findings = all.filter(
    ({ code, severity }) => severity !== 'info' && !notOfCredential.has(catalogue[code].group),
  );
  const status = findings.reduce<HealthStatus>(
    (worst, { severity }) => worse(worst, severity === 'critical' ? 'fail' : 'warn'),
    lastRunAt ? 'pass' : 'warn',
  );
  return {
    componentType: 'component',
    status,
    ...(assessment ? { time: rfc3339(assessment.assessedAt) } : {}),
    ...(expiresAt ? { observedValue: daysUntil(expiresAt, now), observedUnit: 'd' } : {}),
    ...outputOf(findings),
  };
}

function handshake({ handshake: { last }, findings }: EnvironmentStatus): HealthCheck {
  const failed = last?.outcome === 'failure';
  return {
    componentType: 'component',
    status: failed ? 'fail' : 'pass',
    ...(last ? { time: rfc3339(last.startedAt) } : {}),
    observedValue: last?.reason ?? 'success',
    ...(failed
      ? outputOf(
          findings.filter(({ code }) => code === 'handshake_failed'),
          last.detail,
        )
      : {}),
  };
}

function healthStatusOf({ status, lastRunAt }: EnvironmentStatus): HealthStatus {
  // Nothing is known before the first check: that is no reason to page anyone, but it is not a pass either.
  return lastRunAt ? words[status] : worse('warn', words[status]);
}

function outputOf(findings: readonly Finding[], otherwise?: SafeText): { output?: SafeText } {
  const worrying = findings
    .filter(({ severity }) => severity !== 'info')
    .map(({ code, message }) => say`${code}: ${message}`);
  const output = worrying.length > 0 ? joined(worrying, ' ') : otherwise;
  return output === undefined ? {} : { output };
}

function worse(a: HealthStatus, b: HealthStatus): HealthStatus {
  return order[Math.max(order.indexOf(a), order.indexOf(b))] ?? 'fail';
}

function listOf(names: readonly string[], most = 20): string {
  const more = names.length - most;
  return `${names.slice(0, most).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
