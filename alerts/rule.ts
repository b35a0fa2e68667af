import { config } from './config.ts';

export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
}

export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly severity: 'warning' | 'critical';
  readonly summary: string;
  /** What it means for this environment, then what to do. May use Prometheus templates. */
  readonly description: string;
  /** For the runbook: what to look at, in order. */
  readonly steps: readonly string[];
  /** Why the alert waits as long as it does. */
  readonly patience: string;
  /** True for alerts about the monitor, which have no environment to link to. */
  readonly monitor?: boolean;
}

/** The environment as an alert's text names it. */
export const environment = '{{ $labels.mesh_environment }}';

/** Subject and serial of the client certificate, looked up when the alert is rendered so that they are no labels. */
export const clientCertificate =
  `{{ with printf "nhs_mesh_certificate_info{role='client',mesh_environment='%s'}" $labels.mesh_environment | query }}` +
  '{{ with . | first }}{{ .Labels.subject }} (serial {{ .Labels.serial }}){{ end }}{{ else }}the client certificate{{ end }}';

/** One row per environment, whatever job, instance or replica it came from. */
export const perEnvironment = (expression: string) => `max by (mesh_environment) (${expression})`;

export const checkFails = (check: string) =>
  `${perEnvironment(`nhs_mesh_check_passed{check="${check}"} == bool 0`)} == 1`;

export const runbookUrl = (alert: string) => `${config.documentationUrl}/alerts.md#${alert.toLowerCase()}`;
