/**
 * The samples of each metric for one environment, with its labels (other than `mesh_environment`) in the catalogue's order, and the parts of
 * the status they are made of. Pure.
 */
import type { FindingCode, Severity } from '../findings/index.ts';
import { type HandshakeResult, handshakeOutcomes, handshakePhases, handshakeReasons } from '../mesh/index.ts';
import { emailOutcomes, isDrafted, renewalStates } from '../renewal/index.ts';
import type { EnvironmentStatus } from '../status/index.ts';
import { literal, type SafeText, say } from '../text/index.ts';
import { dayMs, secondMs, unixSeconds } from '../time/index.ts';
import type { AssessedCertificate, Assessment } from '../verify/index.ts';
import type { Certificate } from '../x509/index.ts';
import type { LabelName, MetricName } from './catalogue.ts';
import { type Labels, labelValue, maxProseLength, noLabels, type Sample } from './format.ts';

export type ProcessMetricName = Extract<MetricName, `${string}_config_${string}` | `mesh_cert_monitor_${string}`>;
export type EnvironmentMetricName = Exclude<MetricName, ProcessMetricName>;

/** NaN is left out: Prometheus would store it. */
const one = (value: number | undefined): Sample[] =>
  value !== undefined && Number.isFinite(value) ? [{ labels: noLabels, value }] : [];
const flag = (value: boolean | undefined): Sample[] => (value === undefined ? [] : one(value ? 1 : 0));
const time = (value: Date | undefined): number => (value === undefined ? 0 : unixSeconds(value));

/** One sample for each of a few values. */
function set<T extends string>(label: LabelName, values: readonly T[]): (of: (value: T) => number) => Sample[] {
  const labelled = values.map((value) => [value, { [label]: labelValue(value) }] as const);
  return (of) => labelled.map(([value, labels]) => ({ labels, value: of(value) }));
}

const byReason = set('reason', handshakeReasons);
const byOutcome = set('outcome', handshakeOutcomes);
const byState = set('state', renewalStates);
const byEmailOutcome = set('outcome', emailOutcomes);

const kept = new Map<string, Labels>();

/** Labels made of our own words only, of which there are few: each is made once. */
function once(key: string, make: () => Labels): Labels {
  const labels = kept.get(key) ?? make();
  kept.set(key, labels);
  return labels;
}

/** A value, an object that never changes, or a list of such. */
export type Part = unknown;

interface Series {
  readonly part: (status: EnvironmentStatus) => Part;
  /** Sees nothing but the part, so the same part always makes the same samples. */
  readonly write: (part: Part) => readonly Sample[];
  /** Of many environments the part is the same, and can be written as JSON. All labels are our own words. */
  readonly isCommon?: true;
}

function from<P>(part: (status: EnvironmentStatus) => P, write: (part: P) => readonly Sample[]): Series {
  return { part, write: write as (part: Part) => readonly Sample[] };
}

const common = (each: Series): Series => ({ ...each, isCommon: true });

/** Lists are compared element by element, everything else by identity. */
export function isSame(left: Part, right: Part): boolean {
  if (!Array.isArray(left) || !Array.isArray(right)) return Object.is(left, right);
  return left.length === right.length && left.every((each, index) => isSame(each, right[index]));
}

type Held = readonly [AssessedCertificate['role'], Certificate];
const certificates = (write: (held: readonly Held[]) => readonly Sample[]) =>
  from((status) => status.certificates.map(({ role, certificate }): Held => [role, certificate]), write);
const value = (of: (status: EnvironmentStatus) => number | undefined) => from(of, one);
const last = (write: (last: HandshakeResult | undefined) => readonly Sample[]) =>
  from(({ handshake }) => handshake.last, write);

const perCheck = (of: (assessment: Assessment | undefined) => Readonly<Record<string, boolean>> | undefined) =>
  from(
    ({ assessment }) => Object.entries(of(assessment) ?? {}),
    (checks) =>
      checks.map(([check, holds]) => ({
        labels: once(`check ${check}`, () => ({ check: labelValue(check) })),
        value: holds ? 1 : 0,
      })),
  );

export const series: Readonly<Record<EnvironmentMetricName, Series>> = {
  nhs_mesh_certificate_not_after_timestamp_seconds: certificates((held) => earliest(held, ({ notAfter }) => notAfter)),
  nhs_mesh_certificate_not_before_timestamp_seconds: certificates((held) =>
    earliest(held, ({ notBefore }) => notBefore),
  ),
  nhs_mesh_certificate_info: certificates(certificateInfo),
  nhs_mesh_credential_expiry_timestamp_seconds: value(({ expiresAt }) => expiresAt && unixSeconds(expiresAt)),
  nhs_mesh_threshold_seconds: common(
    from(
      ({ credentialConfigured, thresholds }) => (credentialConfigured ? thresholds : undefined),
      (thresholds) =>
        thresholds
          ? [
              { labels: { threshold: literal('warning') }, value: thresholds.warningMs / secondMs },
              { labels: { threshold: literal('critical') }, value: thresholds.criticalMs / secondMs },
            ]
          : [],
    ),
  ),
  nhs_mesh_credential_valid: common(from(({ assessment }) => assessment?.valid, flag)),
  nhs_mesh_next_credential_valid: common(from(({ next }) => next?.valid, flag)),
  nhs_mesh_next_credential_expiry_timestamp_seconds: value(
    ({ next }) => next?.expiresAt && unixSeconds(next.expiresAt),
  ),
  nhs_mesh_check_passed: common(perCheck((assessment) => assessment?.checks)),
  nhs_mesh_check_judged: common(perCheck((assessment) => assessment?.judged)),
  nhs_mesh_diagnosis_cause: common(
    from(
      ({ diagnosis }) => diagnosis.cause?.code,
      (code) => (code ? [{ labels: { code: literal(code) }, value: 1 }] : []),
    ),
  ),
  nhs_mesh_diagnosis_info: from(
    ({ diagnosis: { cause, command, headline, lastingAction } }): Told | undefined =>
      cause && [cause.code, cause.severity, headline, lastingAction, command ?? literal('')],
    diagnosisInfo,
  ),
  nhs_mesh_finding: common(
    from(
      ({ findings }) => findings.map(({ code, severity }) => [code, severity] as const),
      (findings) =>
        unique(
          findings.map(([code, severity]) => ({
            labels: once(`finding ${code} ${severity}`, () => ({ code: literal(code), severity: literal(severity) })),
            value: 1,
          })),
        ),
    ),
  ),
  nhs_mesh_handshake_success: last((handshake) => flag(handshake && handshake.outcome === 'success')),
  nhs_mesh_handshake_failure: common(
    from(
      ({ handshake }) => handshake.last?.reason,
      (failed) => byReason((reason) => (failed === reason ? 1 : 0)),
    ),
  ),
  nhs_mesh_handshake_duration_seconds: last((handshake) =>
    handshakePhases.flatMap((phase) =>
      one(handshake?.phases[phase]).map(({ value }) => ({
        labels: once(`phase ${phase}`, () => ({ phase: literal(phase) })),
        value,
      })),
    ),
  ),
  nhs_mesh_handshakes_total: common(
    from(
      ({ handshake }) => handshake.totals,
      (totals) => byOutcome((outcome) => totals[outcome]),
    ),
  ),
  nhs_mesh_handshake_last_success_timestamp_seconds: value(({ handshake }) => time(handshake.lastSuccessAt)),
  nhs_mesh_handshake_http_status_code: common(value(({ handshake }) => handshake.last?.httpStatus ?? 0)),
  nhs_mesh_server_certificate_not_after_timestamp_seconds: value(({ handshake }) => serverExpiry(handshake)),
  nhs_mesh_client_certificate_requested: common(
    from(({ handshake }) => handshake.last?.clientCertificateRequested, flag),
  ),
  nhs_mesh_clock_skew_seconds: value(({ handshake }) => handshake.last?.clockSkewSeconds),
  nhs_mesh_renewal_state: common(
    from(
      ({ renewal }) => renewal.state,
      (now) => byState((state) => (now === state ? 1 : 0)),
    ),
  ),
  nhs_mesh_renewal_due_timestamp_seconds: value(({ renewal }) => time(renewal.dueAt)),
  nhs_mesh_renewal_last_safe_day_timestamp_seconds: value(({ renewal }) => time(renewal.lastSafeDay)),
  nhs_mesh_renewal_requested_timestamp_seconds: value(({ renewal }) =>
    time(isDrafted(renewal) ? undefined : renewal.requestedAt),
  ),
  nhs_mesh_renewal_window_seconds: common(
    value(({ credentialConfigured, renewalWindowMs }) =>
      credentialConfigured && renewalWindowMs !== undefined ? renewalWindowMs / secondMs : undefined,
    ),
  ),
  nhs_mesh_desk_lead_time_seconds: common(
    value(({ credentialConfigured, deskWorkingDays }) =>
      credentialConfigured ? (deskWorkingDays * dayMs) / secondMs : undefined,
    ),
  ),
  nhs_mesh_renewal_emails_total: common(
    from(
      ({ emails }) => emails,
      (emails) => byEmailOutcome((outcome) => emails[outcome]),
    ),
  ),
  nhs_mesh_check_last_run_timestamp_seconds: value(({ lastRunAt }) => time(lastRunAt)),
  nhs_mesh_check_next_run_timestamp_seconds: value(({ nextRunAt }) => time(nextRunAt)),
  nhs_mesh_check_duration_seconds: value(({ checkDurationSeconds }) => checkDurationSeconds ?? 0),
};

type Told = readonly [
  code: FindingCode,
  severity: Severity,
  headline: SafeText,
  firstAction: SafeText,
  command: SafeText,
];

function diagnosisInfo(told: Told | undefined): Sample[] {
  if (!told) return [];
  const [code, severity, headline, firstAction, command] = told;
  const labels: Labels = {
    code: literal(code),
    severity: literal(severity),
    headline: labelValue(headline, maxProseLength),
    first_action: labelValue(firstAction, maxProseLength),
    // Half a command is worse than none.
    command: command.length > maxProseLength ? literal('') : command,
  };
  return [{ labels, value: 1 }];
}

export function isOfEnvironment(name: MetricName): name is EnvironmentMetricName {
  return name in series;
}

/** If two certificates have the same role and subject (as written), the earliest is used: two samples with the same labels are an error. */
function earliest(held: readonly Held[], date: (certificate: Certificate) => Date): Sample[] {
  const samples = held
    .map((each): Sample => ({ labels: roleAndSubject(each), value: unixSeconds(date(each[1])) }))
    .filter(({ value }) => Number.isFinite(value));
  return unique(samples.sort((a, b) => a.value - b.value));
}

function certificateInfo(held: readonly Held[]): Sample[] {
  return unique(
    held.map((each) => {
      const { issuer, serial, fingerprintSha256, publicKey, signatureAlgorithm } = each[1];
      return {
        labels: {
          ...roleAndSubject(each),
          issuer: labelValue(issuer.text),
          serial: labelValue(serial),
          fingerprint_sha256: labelValue(fingerprintSha256),
          key_algorithm: literal(publicKey.algorithm),
          key_bits: say`${publicKey.bits}`,
          signature_algorithm: labelValue(signatureAlgorithm),
        },
        value: 1,
      };
    }),
  );
}

function serverExpiry(handshake: EnvironmentStatus['handshake']): number | undefined {
  // A probe that ends before TLS has nothing new about the server's certificate, so the last known one stays.
  const seen = [handshake.last, ...handshake.history.toReversed()].find((each) => each?.serverCertificates.length);
  return seen && Math.min(...seen.serverCertificates.map(({ notAfter }) => unixSeconds(notAfter)));
}

function roleAndSubject([role, certificate]: Held): Labels {
  return { role: literal(role), subject: labelValue(certificate.subject.text) };
}

/** Keeps the first of each label set: Prometheus rejects the whole scrape if one is repeated. */
function unique(samples: readonly Sample[]): Sample[] {
  const seen = new Map<string, Sample>();
  for (const each of samples) {
    const key = Object.values(each.labels).join('\u0000');
    if (!seen.has(key)) seen.set(key, each);
  }
  return [...seen.values()];
}
