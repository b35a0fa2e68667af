import { config } from './config.ts';
import type { RecordingRule } from './rule.ts';

/**
 * Dates as the alerts and dashboards use them: one series per environment, remembered when scrapes are missing. The service keeps the
 * last known dates of a file that can no longer be read, so “expired while unreadable” needs nothing more.
 */
export const clientNotAfter = 'mesh_environment:nhs_mesh_client_certificate_not_after_timestamp_seconds:min';
export const credentialExpiry = 'mesh_environment:nhs_mesh_credential_expiry_timestamp_seconds:min';
export const findings = 'mesh_environment_severity:nhs_mesh_finding:sum';

export const recordingRules: readonly RecordingRule[] = [
  {
    record: clientNotAfter,
    expr: `min by (mesh_environment) (last_over_time(nhs_mesh_certificate_not_after_timestamp_seconds{role="client"}[${config.memory}]))`,
  },
  {
    record: credentialExpiry,
    expr: `min by (mesh_environment) (last_over_time(nhs_mesh_credential_expiry_timestamp_seconds[${config.memory}]))`,
  },
  { record: findings, expr: 'sum by (mesh_environment, severity) (nhs_mesh_finding)' },
];
