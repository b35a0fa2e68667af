import { type CheckName, catalogue, type FindingCode } from '../../src/findings/index.ts';
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

/** One of these findings stands, whatever else does. */
export const stands = (...codes: readonly FindingCode[]) =>
  `${perEnvironment(`nhs_mesh_finding{code=${codes.length === 1 ? '' : '~'}"${codes.join('|')}"}`)} == 1`;

/**
 * A finding fails the check. Not `nhs_mesh_check_passed`: that is 0 as well when the check could not be made because a file cannot be
 * read, and then one cause would set off five alerts, four of which say what is not so.
 */
export const fails = (check: CheckName) => stands(...codesOf(check));

export const codesOf = (...checks: readonly CheckName[]): FindingCode[] =>
  (Object.keys(catalogue) as FindingCode[]).filter((code) => {
    const { check, severity } = catalogue[code];
    return check !== undefined && checks.includes(check) && severity !== 'info';
  });

/** Where `cause` holds for the environment it is told by an alert of its own, and this one keeps quiet. */
export const unless = (expression: string, cause: string) => `(${expression}) unless on (mesh_environment) (${cause})`;

export const runbookUrl = (alert: string) => `${config.documentationUrl}/alerts.md#${alert.toLowerCase()}`;
