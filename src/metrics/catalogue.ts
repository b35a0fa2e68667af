/**
 * Every metric of the service: the one list that `/metrics`, docs/metrics.md, the alerts, the dashboards and their tests read.
 * Names never change; see https://prometheus.io/docs/practices/naming/ for the conventions.
 */
import { checkNames, findingCodes, severities } from '../findings/index.ts';
import { handshakeOutcomes, handshakePhases, handshakeReasons } from '../mesh/index.ts';
import { emailOutcomes, renewalStates } from '../renewal/index.ts';
import { queueNames } from './work.ts';

export type MetricUnit = 'unix seconds' | 'seconds' | '1 or 0' | 'always 1' | 'count' | 'status code';
export type MetricGroup = 'certificate' | 'credential' | 'handshake' | 'renewal' | 'cycle' | 'process';

export interface MetricEntry {
  readonly group: MetricGroup;
  readonly type: 'gauge' | 'counter';
  readonly unit: MetricUnit;
  /** In the order in which they are written. */
  readonly labels: readonly LabelName[];
  /** One sentence, shown by Prometheus next to the name. */
  readonly help: string;
  /** When an environment does not have this series. If undefined, every environment has it from the first scrape. */
  readonly absent?: string;
}

/** A closed list of values is a promise: each value is a series from the first scrape, or can be used in a matcher. */
export const labelCatalogue = {
  mesh_environment: { meaning: 'The environment’s name in the configuration.', values: undefined },
  mesh_estate: {
    meaning: '`estate` of the configuration. Only where it is set, and then on every series.',
    values: undefined,
  },
  role: {
    meaning: 'The role of the certificate in this environment.',
    values: ['client', 'intermediate', 'root'],
  },
  subject: { meaning: 'The subject’s distinguished name as RFC 4514 text, at most 256 characters.', values: undefined },
  issuer: { meaning: 'The issuer’s distinguished name, at most 256 characters.', values: undefined },
  serial: { meaning: 'The serial number in upper-case hex.', values: undefined },
  fingerprint_sha256: { meaning: 'SHA-256 of the certificate’s DER in lower-case hex.', values: undefined },
  key_algorithm: { meaning: 'Algorithm of the public key: `RSA`, `EC`, `Ed25519`.', values: undefined },
  key_bits: {
    meaning: 'Size of the public key in bits: `2048`. 0 if the algorithm is not known.',
    values: undefined,
  },
  signature_algorithm: { meaning: 'OpenSSL’s name of the signature algorithm.', values: undefined },
  check: { meaning: 'The name of the check.', values: checkNames },
  code: { meaning: 'A code of the finding catalogue.', values: findingCodes },
  threshold: { meaning: 'Which of the two thresholds.', values: ['warning', 'critical'] },
  severity: { meaning: 'The severity of the finding.', values: severities },
  headline: { meaning: 'What is wrong, in one phrase. At most 1,024 characters.', values: undefined },
  first_action: {
    meaning: 'What to do first, without the contact’s name and number. At most 1,024 characters.',
    values: undefined,
  },
  command: { meaning: 'The command for it, which runs as printed; empty if there is none.', values: undefined },
  file: { meaning: 'The path of the configuration, quoted for a POSIX shell where that is needed.', values: undefined },
  reason: { meaning: 'Why the handshake failed (a closed list).', values: handshakeReasons },
  phase: { meaning: 'The part of the handshake that was timed.', values: handshakePhases },
  outcome: { meaning: 'The result.', values: [...handshakeOutcomes, ...emailOutcomes] },
  state: { meaning: 'The state of the renewal (a closed list).', values: renewalStates },
  queue: { meaning: 'What is waited for.', values: queueNames },
  version: { meaning: 'This program’s version.', values: undefined },
  node_version: { meaning: 'The version of Node.js it runs on.', values: undefined },
} as const satisfies Record<string, { meaning: string; values: readonly string[] | undefined }>;
export type LabelName = keyof typeof labelCatalogue;

const noNext = '`credential.next` is not configured, or its first check is still running';
const noCredential = 'the environment has no `credential`';
const noCertificate = 'no certificate has been read yet, or the environment has no `credential`';
const noHandshake = 'no handshake has run yet';
const environment = 'mesh_environment';

const entries = {
  nhs_mesh_certificate_not_after_timestamp_seconds: {
    group: 'certificate',
    type: 'gauge',
    unit: 'unix seconds',
    labels: [environment, 'role', 'subject'],
    help: 'When each certificate on the verified path and in the bundle expires. The earliest, if several have the same role and subject. The last known date stays if the file can no longer be read.',
    absent: noCertificate,
  },
  nhs_mesh_certificate_not_before_timestamp_seconds: {
    group: 'certificate',
    type: 'gauge',
    unit: 'unix seconds',
    labels: [environment, 'role', 'subject'],
    help: 'When each certificate on the verified path and in the bundle becomes valid. The earliest, if several have the same role and subject.',
    absent: noCertificate,
  },
  nhs_mesh_certificate_info: {
    group: 'certificate',
    type: 'gauge',
    unit: 'always 1',
    labels: [
      environment,
      'role',
      'subject',
      'issuer',
      'serial',
      'fingerprint_sha256',
      'key_algorithm',
      'key_bits',
      'signature_algorithm',
    ],
    help: 'Details of each certificate on the verified path and in the bundle.',
    absent: noCertificate,
  },
  nhs_mesh_credential_expiry_timestamp_seconds: {
    group: 'credential',
    type: 'gauge',
    unit: 'unix seconds',
    labels: [environment],
    help: 'The earliest expiry (notAfter) on the path, which is when this environment stops working. The last known date stays if the file can no longer be read.',
    absent: noCertificate,
  },
  nhs_mesh_threshold_seconds: {
    group: 'credential',
    type: 'gauge',
    unit: 'seconds',
    labels: [environment, 'threshold'],
    help: 'Time before expiry at which it becomes a warning, or critical: thresholds.warning and thresholds.critical of the configuration.',
    absent: noCredential,
  },
  nhs_mesh_credential_valid: {
    group: 'credential',
    type: 'gauge',
    unit: '1 or 0',
    labels: [environment],
    help: 'Whether MESH would accept the deployed credential now, according to our own checks.',
    absent: `${noCredential}, or its first check is still running`,
  },
  nhs_mesh_next_credential_valid: {
    group: 'credential',
    type: 'gauge',
    unit: '1 or 0',
    labels: [environment],
    help: 'Whether MESH would accept what the next deployment gets (credential.next), according to our own checks.',
    absent: noNext,
  },
  nhs_mesh_next_credential_expiry_timestamp_seconds: {
    group: 'credential',
    type: 'gauge',
    unit: 'unix seconds',
    labels: [environment],
    help: 'The earliest expiry (notAfter) on the path of what the next deployment gets (credential.next).',
    absent: `${noNext}, or its certificate cannot be read`,
  },
  nhs_mesh_check_passed: {
    group: 'credential',
    type: 'gauge',
    unit: '1 or 0',
    labels: [environment, 'check'],
    help: 'Whether each check of the deployed credential passed. 0 as well if it could not be made: see nhs_mesh_check_judged.',
    absent: 'the check’s input is not configured, or the first check is still running',
  },
  nhs_mesh_check_judged: {
    group: 'credential',
    type: 'gauge',
    unit: '1 or 0',
    labels: [environment, 'check'],
    help: 'Whether each check of the deployed credential could be made. 0 if its input could not be read; then nothing is known to be wrong.',
    absent: 'the check’s input is not configured, or the first check is still running',
  },
  nhs_mesh_diagnosis_cause: {
    group: 'credential',
    type: 'gauge',
    unit: 'always 1',
    labels: [environment, 'code'],
    help: 'The finding to act on first.',
    absent: 'nothing needs attention',
  },
  nhs_mesh_diagnosis_info: {
    group: 'credential',
    type: 'gauge',
    unit: 'always 1',
    labels: [environment, 'code', 'severity', 'headline', 'first_action', 'command'],
    help: 'What is wrong and what to do first, in words, for the text of an alert. Look it up when the alert is written; its labels change with the words.',
    absent: 'nothing needs attention',
  },
  nhs_mesh_finding: {
    group: 'credential',
    type: 'gauge',
    unit: 'always 1',
    labels: [environment, 'code', 'severity'],
    help: 'A current finding: a problem with the credential, handshake or renewal. One that follows from another has the severity info.',
    absent: 'the environment has no finding with that code now',
  },
  nhs_mesh_handshake_success: {
    group: 'handshake',
    type: 'gauge',
    unit: '1 or 0',
    labels: [environment],
    help: 'Whether the last handshake with MESH succeeded.',
    absent: noHandshake,
  },
  nhs_mesh_handshake_failure: {
    group: 'handshake',
    type: 'gauge',
    unit: '1 or 0',
    labels: [environment, 'reason'],
    help: 'Why the last handshake failed: 1 for the reason, 0 for all others. All 0 after a success.',
  },
  nhs_mesh_handshake_duration_seconds: {
    group: 'handshake',
    type: 'gauge',
    unit: 'seconds',
    labels: [environment, 'phase'],
    help: 'How long each phase of the last handshake took.',
    absent: 'the last handshake did not reach that phase, or none has run yet',
  },
  nhs_mesh_handshakes_total: {
    group: 'handshake',
    type: 'counter',
    unit: 'count',
    labels: [environment, 'outcome'],
    help: 'Handshakes since the process started.',
  },
  nhs_mesh_handshake_last_success_timestamp_seconds: {
    group: 'handshake',
    type: 'gauge',
    unit: 'unix seconds',
    labels: [environment],
    help: 'When a handshake last succeeded, including before a restart. 0 until the first.',
  },
  nhs_mesh_handshake_http_status_code: {
    group: 'handshake',
    type: 'gauge',
    unit: 'status code',
    labels: [environment],
    help: 'HTTP status of the last handshake. 0 if there was no response.',
  },
  nhs_mesh_server_certificate_not_after_timestamp_seconds: {
    group: 'handshake',
    type: 'gauge',
    unit: 'unix seconds',
    labels: [environment],
    help: 'The earliest expiry (notAfter) in the chain that the MESH server last presented.',
    absent: 'no handshake has seen the server’s certificate yet',
  },
  nhs_mesh_client_certificate_requested: {
    group: 'handshake',
    type: 'gauge',
    unit: '1 or 0',
    labels: [environment],
    help: 'Whether the server of the last handshake asked for a client certificate; 0 proves nothing about ours.',
    absent: 'the last handshake did not complete TLS, or none has run yet',
  },
  nhs_mesh_clock_skew_seconds: {
    group: 'handshake',
    type: 'gauge',
    unit: 'seconds',
    labels: [environment],
    help: 'This machine’s clock minus the server’s Date in the last handshake.',
    absent: 'the last response had no Date, or no handshake has run yet',
  },
  nhs_mesh_renewal_state: {
    group: 'renewal',
    type: 'gauge',
    unit: '1 or 0',
    labels: [environment, 'state'],
    help: 'State of the renewal: exactly one state is 1.',
  },
  nhs_mesh_renewal_due_timestamp_seconds: {
    group: 'renewal',
    type: 'gauge',
    unit: 'unix seconds',
    labels: [environment],
    help: 'When the renewal window opens. 0 if there is none.',
  },
  nhs_mesh_renewal_last_safe_day_timestamp_seconds: {
    group: 'renewal',
    type: 'gauge',
    unit: 'unix seconds',
    labels: [environment],
    help: 'When the last working day begins, in London, on which a request leaves the desk its working days. 0 if there is none.',
  },
  nhs_mesh_renewal_requested_timestamp_seconds: {
    group: 'renewal',
    type: 'gauge',
    unit: 'unix seconds',
    labels: [environment],
    help: 'When the request for the deployed certificate was sent to the desk. 0 if it has not been, or was only drafted.',
  },
  nhs_mesh_renewal_window_seconds: {
    group: 'renewal',
    type: 'gauge',
    unit: 'seconds',
    labels: [environment],
    help: 'How long before expiry a renewal is due: renewal.window of the configuration.',
    absent: `${noCredential}, or \`renewal.mode\` is \`manual\``,
  },
  nhs_mesh_desk_lead_time_seconds: {
    group: 'renewal',
    type: 'gauge',
    unit: 'seconds',
    labels: [environment],
    help: 'How long the desk needs: renewal.desk_working_days of the configuration, as days of 24 hours.',
    absent: noCredential,
  },
  nhs_mesh_renewal_emails_total: {
    group: 'renewal',
    type: 'counter',
    unit: 'count',
    labels: [environment, 'outcome'],
    help: 'Renewal emails since the process started: sent, failed, or written to the outbox.',
  },
  nhs_mesh_check_last_run_timestamp_seconds: {
    group: 'cycle',
    type: 'gauge',
    unit: 'unix seconds',
    labels: [environment],
    help: 'When the last check of the environment ended. 0 until the first.',
  },
  nhs_mesh_check_next_run_timestamp_seconds: {
    group: 'cycle',
    type: 'gauge',
    unit: 'unix seconds',
    labels: [environment],
    help: 'When the next check of the environment is due by schedule.check. 0 until the first has ended.',
  },
  nhs_mesh_check_duration_seconds: {
    group: 'cycle',
    type: 'gauge',
    unit: 'seconds',
    labels: [environment],
    help: 'How long the last check of the environment took. 0 until the first.',
  },
  nhs_mesh_config_last_reload_successful: {
    group: 'process',
    type: 'gauge',
    unit: '1 or 0',
    labels: [],
    help: 'Whether the last attempt to load the configuration succeeded. If 0, the previous configuration is still in use.',
  },
  nhs_mesh_config_last_reload_success_timestamp_seconds: {
    group: 'process',
    type: 'gauge',
    unit: 'unix seconds',
    labels: [],
    help: 'When the current configuration was loaded.',
  },
  nhs_mesh_config_info: {
    group: 'process',
    type: 'gauge',
    unit: 'always 1',
    labels: ['file'],
    help: 'Where the configuration is, for commands in the text of an alert.',
  },
  mesh_cert_monitor_queue_length: {
    group: 'process',
    type: 'gauge',
    unit: 'count',
    labels: ['queue'],
    help: 'Environments whose check, handshake or renewal is waiting or under way.',
  },
  mesh_cert_monitor_cycle_duration_seconds: {
    group: 'process',
    type: 'gauge',
    unit: 'seconds',
    labels: [],
    help: 'How long the last cycle of checks took for all environments. 0 until the first has ended.',
  },
  mesh_cert_monitor_build_info: {
    group: 'process',
    type: 'gauge',
    unit: 'always 1',
    labels: ['version', 'node_version'],
    help: 'Version of this program and of Node.js.',
  },
} as const satisfies Record<string, MetricEntry>;

export type MetricName = keyof typeof entries;
export const metricCatalogue: Readonly<Record<MetricName, MetricEntry>> = entries;
export const metricNames = Object.keys(entries) as MetricName[];
