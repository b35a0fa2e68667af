/** The samples of each metric for one environment, with its labels (other than `mesh_environment`) in the catalogue's order. Pure. */
import { handshakeOutcomes, handshakePhases, handshakeReasons } from '../mesh/index.ts';
import { emailOutcomes, renewalStates } from '../renewal/index.ts';
import type { EnvironmentStatus } from '../status/index.ts';
import { known, say } from '../text/index.ts';
import { unixSeconds } from '../time/index.ts';
import type { AssessedCertificate } from '../verify/index.ts';
import type { LabelName, MetricName } from './catalogue.ts';
import { labelValue, type Sample } from './exposition.ts';

export type ProcessMetricName = Extract<MetricName, `${string}_config_${string}` | 'mesh_cert_monitor_build_info'>;
export type EnvironmentMetricName = Exclude<MetricName, ProcessMetricName>;

/** NaN is left out: Prometheus would store it. */
const one = (value: number | undefined): Sample[] =>
  value !== undefined && Number.isFinite(value) ? [{ labels: [], value }] : [];
const flag = (value: boolean | undefined): Sample[] => (value === undefined ? [] : one(value ? 1 : 0));
const time = (value: Date | undefined): number => (value === undefined ? 0 : unixSeconds(value));
const set = <T extends string>(label: LabelName, values: readonly T[], of: (value: T) => number): Sample[] =>
  values.map((value) => ({ labels: [[label, labelValue(value)]], value: of(value) }));

export const series: Readonly<Record<EnvironmentMetricName, (environment: EnvironmentStatus) => readonly Sample[]>> = {
  nhs_mesh_certificate_not_after_timestamp_seconds: ({ certificates }) =>
    earliest(certificates, ({ certificate }) => certificate.notAfter),
  nhs_mesh_certificate_not_before_timestamp_seconds: ({ certificates }) =>
    earliest(certificates, ({ certificate }) => certificate.notBefore),
  nhs_mesh_certificate_info: certificateInfo,
  nhs_mesh_credential_expiry_timestamp_seconds: ({ expiresAt }) => (expiresAt ? one(unixSeconds(expiresAt)) : []),
  nhs_mesh_credential_valid: ({ assessment }) => flag(assessment?.valid),
  nhs_mesh_check_passed: ({ assessment }) =>
    Object.entries(assessment?.checks ?? {}).map(([check, passed]) => ({
      labels: [['check', labelValue(check)]],
      value: passed ? 1 : 0,
    })),
  nhs_mesh_finding: ({ findings }) =>
    unique(
      findings.map(({ code, severity }) => ({
        labels: [
          ['code', known(code)],
          ['severity', known(severity)],
        ],
        value: 1,
      })),
    ),
  nhs_mesh_handshake_success: ({ handshake: { last } }) => flag(last && last.outcome === 'success'),
  nhs_mesh_handshake_failure: ({ handshake: { last } }) =>
    set('reason', handshakeReasons, (reason) => (last?.reason === reason ? 1 : 0)),
  nhs_mesh_handshake_duration_seconds: ({ handshake: { last } }) =>
    handshakePhases.flatMap((phase) =>
      one(last?.phases[phase]).map(({ value }) => ({ labels: [['phase', known(phase)]] as const, value })),
    ),
  nhs_mesh_handshakes_total: ({ handshake }) =>
    set('outcome', handshakeOutcomes, (outcome) => handshake.totals[outcome]),
  nhs_mesh_handshake_last_success_timestamp_seconds: ({ handshake }) => one(time(handshake.lastSuccessAt)),
  nhs_mesh_handshake_http_status_code: ({ handshake }) => one(handshake.last?.httpStatus ?? 0),
  nhs_mesh_server_certificate_not_after_timestamp_seconds: ({ handshake }) => serverExpiry(handshake),
  nhs_mesh_clock_skew_seconds: ({ handshake }) => one(handshake.last?.clockSkewSeconds),
  nhs_mesh_renewal_state: ({ renewal }) => set('state', renewalStates, (state) => (renewal.state === state ? 1 : 0)),
  nhs_mesh_renewal_due_timestamp_seconds: ({ renewal }) => one(time(renewal.dueAt)),
  nhs_mesh_renewal_requested_timestamp_seconds: ({ renewal }) => one(time(renewal.requestedAt)),
  nhs_mesh_renewal_emails_total: ({ emails }) => set('outcome', emailOutcomes, (outcome) => emails[outcome]),
  nhs_mesh_check_last_run_timestamp_seconds: ({ lastRunAt }) => one(time(lastRunAt)),
  nhs_mesh_check_duration_seconds: ({ checkDurationSeconds }) => one(checkDurationSeconds ?? 0),
};

/** If two certificates have the same role and subject (as written), the earliest is used: two samples with the same labels are an error. */
function earliest(certificates: readonly AssessedCertificate[], date: (each: AssessedCertificate) => Date): Sample[] {
  const samples = certificates
    .map((each): Sample => ({ labels: roleAndSubject(each), value: unixSeconds(date(each)) }))
    .filter(({ value }) => Number.isFinite(value));
  return unique(samples.sort((a, b) => a.value - b.value));
}

function certificateInfo({ certificates }: EnvironmentStatus): Sample[] {
  return unique(
    certificates.map((each) => {
      const { issuer, serial, fingerprintSha256, publicKey, signatureAlgorithm } = each.certificate;
      return {
        labels: [
          ...roleAndSubject(each),
          ['issuer', labelValue(issuer.text)],
          ['serial', labelValue(serial)],
          ['fingerprint_sha256', labelValue(fingerprintSha256)],
          ['key_algorithm', known(publicKey.algorithm)],
          ['key_bits', say`${publicKey.bits}`],
          ['signature_algorithm', labelValue(signatureAlgorithm)],
        ],
        value: 1,
      };
    }),
  );
}

function serverExpiry(handshake: EnvironmentStatus['handshake']): Sample[] {
  // A probe that ends before TLS has nothing new about the server's certificate, so the last known one stays.
  const seen = [handshake.last, ...handshake.history.toReversed()].find((each) => each?.serverCertificates.length);
  return seen ? one(Math.min(...seen.serverCertificates.map(({ notAfter }) => unixSeconds(notAfter)))) : [];
}

function roleAndSubject({ role, certificate }: AssessedCertificate): Sample['labels'] {
  return [
    ['role', known(role)],
    ['subject', labelValue(certificate.subject.text)],
  ];
}

/** Keeps the first of each label set: Prometheus rejects the whole scrape if one is repeated. */
function unique(samples: readonly Sample[]): Sample[] {
  const seen = new Map<string, Sample>();
  for (const each of samples) {
    const key = each.labels.map(([, value]) => value).join('\u0000');
    if (!seen.has(key)) seen.set(key, each);
  }
  return [...seen.values()];
}
