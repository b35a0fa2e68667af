/** Every PromQL expression of the dashboards. A variable can contain several names, so they use `=~`. */
import { clientNotAfter, credentialExpiry, findings } from '../../alerts/src/recording.ts';
import { scope } from '../../alerts/src/rule.ts';
import { handshakeReasons } from '../../src/mesh/index.ts';
import { renewalStates } from '../../src/renewal/index.ts';

const monitor = 'job=~"$job",mesh_estate=~"$mesh_estate"';
const env = `mesh_environment=~"$mesh_environment",${monitor}`;
const best = (expression: string) => `max by (${scope}) (${expression})`;
const daysLeft = (series: string) => `(${series}{${env}} - time()) / 86400`;

/**
 * A state set as one number per environment, so that a timeline can name it: the position of the state that is 1, counted from `first`.
 */
function position(metric: string, label: string, values: readonly string[], first: number): string {
  const terms = values.map((value, index) => `(${metric}{${env},${label}="${value}"} * ${index + first})`);
  return `sum by (${scope}) (max by (${scope}, ${label}) (${terms.join(' or ')}))`;
}

export const queries = {
  jobs: 'label_values(mesh_cert_monitor_build_info, job)',
  estates: 'label_values(mesh_cert_monitor_build_info{job=~"$job"}, mesh_estate)',
  environmentNames: `label_values(nhs_mesh_check_last_run_timestamp_seconds{${monitor}}, mesh_environment)`,

  environments: `count(${best(`nhs_mesh_check_last_run_timestamp_seconds{${env}}`)})`,
  critical: `count(sum by (${scope}) (${findings}{${env},severity="critical"}) > 0) or vector(0)`,
  warning: `count((sum by (${scope}) (${findings}{${env},severity="warning"}) > 0) unless on (${scope}) (${findings}{${env},severity="critical"} > 0)) or vector(0)`,
  nextExpiryDays: `min(${daysLeft(credentialExpiry)})`,
  handshakesFailing: `count(${best(`nhs_mesh_handshake_success{${env}}`)} == 0) or vector(0)`,
  renewalsOpen: `count(${best(`nhs_mesh_renewal_state{${env},state=~"due|sending|requested|uncertain|issued|failed"}`)} == 1) or vector(0)`,

  valid: best(`nhs_mesh_credential_valid{${env}}`),
  nextValid: best(`nhs_mesh_next_credential_valid{${env}}`),
  nextDaysLeft: `(min by (${scope}) (nhs_mesh_next_credential_expiry_timestamp_seconds{${env}}) - time()) / 86400`,
  credentialDaysLeft: daysLeft(credentialExpiry),
  clientDaysLeft: daysLeft(clientNotAfter),
  /** 2 critical, 1 warning, 0 OK. */
  worstSeverity: `max by (${scope}) ((${findings}{${env},severity="critical"} > bool 0) * 2 or (${findings}{${env},severity="warning"} > bool 0) * 1 or ${best(`nhs_mesh_check_last_run_timestamp_seconds{${env}}`)} * 0)`,
  handshakeSuccess: best(`nhs_mesh_handshake_success{${env}}`),
  handshakeAge: `time() - ${best(`nhs_mesh_handshake_last_success_timestamp_seconds{${env}} > 0`)}`,
  handshakeReason: position('nhs_mesh_handshake_failure', 'reason', handshakeReasons, 1),
  handshakePhases: `max by (phase) (nhs_mesh_handshake_duration_seconds{${env}})`,
  handshakeStatusCode: best(`nhs_mesh_handshake_http_status_code{${env}}`),
  handshakeRate: `sum by (outcome) (increase(nhs_mesh_handshakes_total{${env}}[1d]))`,
  certificateRequested: `min by (${scope}) (nhs_mesh_client_certificate_requested{${env}})`,
  clockSkew: best(`nhs_mesh_clock_skew_seconds{${env}}`),
  serverDaysLeft: `(min by (${scope}) (nhs_mesh_server_certificate_not_after_timestamp_seconds{${env}}) - time()) / 86400`,

  renewalState: position('nhs_mesh_renewal_state', 'state', renewalStates, 0),
  renewalDue: `${best(`nhs_mesh_renewal_due_timestamp_seconds{${env}} > 0`)} * 1000`,
  renewalRequested: `${best(`nhs_mesh_renewal_requested_timestamp_seconds{${env}} > 0`)} * 1000`,
  renewalLastSafeDay: `${best(`nhs_mesh_renewal_last_safe_day_timestamp_seconds{${env}} > 0`)} * 1000`,
  renewalWindow: best(`nhs_mesh_renewal_window_seconds{${env}}`),
  deskLeadTime: best(`nhs_mesh_desk_lead_time_seconds{${env}}`),
  renewalEmails: `sum by (outcome) (increase(nhs_mesh_renewal_emails_total{${env}}[7d]))`,

  certificateInfo: `max by (role, subject, issuer, serial, fingerprint_sha256, key_algorithm, key_bits, signature_algorithm) (nhs_mesh_certificate_info{${env}})`,
  certificateNotBefore: `max by (role, subject) (nhs_mesh_certificate_not_before_timestamp_seconds{${env}}) * 1000`,
  certificateNotAfter: `min by (role, subject) (nhs_mesh_certificate_not_after_timestamp_seconds{${env}}) * 1000`,
  certificateDaysLeft: `(min by (role, subject) (nhs_mesh_certificate_not_after_timestamp_seconds{${env}}) - time()) / 86400`,

  /** 1 passed, 0 failed, 2 not judged. */
  checks: `min by (check) (nhs_mesh_check_passed{${env}}) + 2 * (1 - max by (check) (nhs_mesh_check_judged{${env}}))`,
  cause: `max by (code) (nhs_mesh_diagnosis_cause{${env}})`,
  findings: `max by (code, severity) (nhs_mesh_finding{${env}})`,
  firing: `ALERTS{alertname=~"Mesh.*",alertstate="firing",${env}}`,

  checkAge: `time() - ${best(`nhs_mesh_check_last_run_timestamp_seconds{${env}} > 0`)}`,
  checkDuration: best(`nhs_mesh_check_duration_seconds{${env}}`),
  reloadSuccessful: `min(nhs_mesh_config_last_reload_successful{${monitor}})`,
  reloadAge: `time() - max(nhs_mesh_config_last_reload_success_timestamp_seconds{${monitor}})`,
  loopDelay: `max(nodejs_eventloop_lag_p99_seconds{${monitor}})`,
  residentMemory: `max(process_resident_memory_bytes{${monitor}})`,
  heap: `max(nodejs_heap_size_used_bytes{${monitor}})`,
  cpu: `max(rate(process_cpu_seconds_total{${monitor}}[5m]))`,
  garbage: `max(rate(nodejs_gc_duration_seconds_sum{${monitor}}[5m]))`,
  cycleDuration: `max(mesh_cert_monitor_cycle_duration_seconds{${monitor}})`,
  queues: `max by (queue) (mesh_cert_monitor_queue_length{${monitor}})`,
  build: `max by (version, node_version) (mesh_cert_monitor_build_info{${monitor}})`,
} as const;
