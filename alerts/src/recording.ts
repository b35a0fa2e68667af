import { config } from './config.ts';
import { type RecordingRule, scope } from './rule.ts';

/**
 * Dates as the alerts and dashboards use them: one series per environment, remembered when scrapes are missing. The service keeps the
 * last known dates of a file that can no longer be read, so “expired while unreadable” needs nothing more.
 */
export const clientNotAfter = 'mesh_environment:nhs_mesh_client_certificate_not_after_timestamp_seconds:min';
export const credentialExpiry = 'mesh_environment:nhs_mesh_credential_expiry_timestamp_seconds:min';
/** `thresholds` of the configuration, in seconds. */
export const warningThreshold = 'mesh_environment:nhs_mesh_threshold_seconds:warning';
export const criticalThreshold = 'mesh_environment:nhs_mesh_threshold_seconds:critical';
export const findings = 'mesh_environment_severity:nhs_mesh_finding:sum';

const threshold = (name: string) =>
  `max by (${scope}) (last_over_time(nhs_mesh_threshold_seconds{threshold="${name}"}[${config.memory}]))`;

export const recordingRules: readonly RecordingRule[] = [
  { record: warningThreshold, expr: threshold('warning') },
  { record: criticalThreshold, expr: threshold('critical') },
  {
    record: clientNotAfter,
    expr: `min by (${scope}) (last_over_time(nhs_mesh_certificate_not_after_timestamp_seconds{role="client"}[${config.memory}]))`,
  },
  {
    record: credentialExpiry,
    expr: `min by (${scope}) (last_over_time(nhs_mesh_credential_expiry_timestamp_seconds[${config.memory}]))`,
  },
  { record: findings, expr: `sum by (${scope}, severity) (max by (${scope}, code, severity) (nhs_mesh_finding))` },
];
