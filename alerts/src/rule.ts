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
  /**
   * What it means for this environment, then what to do. May use Prometheus templates. Shown where the service has no diagnosis about
   * the same thing.
   */
  readonly description: string;
  /** The findings it reports: if one of them is the cause, the alert says what the diagnosis says. */
  readonly about?: readonly FindingCode[];
  /** For the runbook: what to check, in order. */
  readonly steps: readonly string[];
  /** Why the alert waits as long as it does. */
  readonly patience: string;
  /** True for alerts about the monitor, which have no environment to link to. */
  readonly monitor?: boolean;
}

/** The environment as an alert's text names it. */
export const environment = '{{ $labels.mesh_environment }}';

/**
 * What tells one environment from another in a Prometheus that several teams share: the job, `estate` of the configuration, and the name.
 * Replicas of one service have all three in common. A label that is not there is empty, and matches.
 */
export const scope = 'job, mesh_estate, mesh_environment';

/** Looks a series of the alert's own environment up when the alert is rendered, so that what it says need not be a label. */
export const lookedUp = (
  metric: string,
  { where, shown, otherwise }: Record<'where' | 'shown' | 'otherwise', string>,
) =>
  `{{ with printf "${metric}{${where}job='%s',mesh_estate='%s',mesh_environment='%s'} == 1" ` +
  '$labels.job $labels.mesh_estate $labels.mesh_environment | query }}' +
  `{{ with . | first }}${shown}{{ end }}{{ else }}${otherwise}{{ end }}`;

/**
 * Where the service has its configuration, so that commands run as printed. Of several services without an `estate`, the one that has the
 * environment comes first.
 */
const configurationFile = (ofEnvironment: boolean) => {
  const files = "nhs_mesh_config_info{job='%[1]s',mesh_estate='%[2]s'}";
  const watching = "nhs_mesh_check_last_run_timestamp_seconds{mesh_environment='%[3]s'}";
  const [query, labels] = ofEnvironment
    ? [`${files} and on (instance) ${watching} or ${files}`, '$labels.job $labels.mesh_estate $labels.mesh_environment']
    : [files, '$labels.job $labels.mesh_estate'];
  return (
    `{{ with printf "${query}" ${labels} | query }}` +
    '{{ with . | first }}{{ .Labels.file }}{{ end }}{{ else }}FILE{{ end }}'
  );
};

/** @param words - `check`, `renewals resolve`. Environment names need no quotes. */
export const command = (words: string, environmentToo = true) =>
  `mesh-cert-monitor ${words} --config ${configurationFile(environmentToo)}${environmentToo ? ` --environment ${environment}` : ''}`;

/**
 * The words of the diagnosis, if one of these findings is the cause. Not `check --service` for the details: it does not run where the service
 * has TLS, or a password that the configuration has only as a hash.
 */
export const diagnosed = (codes: readonly FindingCode[], otherwise: string) =>
  lookedUp('nhs_mesh_diagnosis_info', {
    where: `code=~'${codes.join('|')}',`,
    shown:
      '{{ .Labels.headline }}. {{ .Labels.first_action }}{{ if .Labels.command }} Command: {{ .Labels.command }}' +
      `{{ else }} Details: ${command('check')}{{ end }}`,
    otherwise,
  });

/** Subject and serial of the client certificate. */
export const clientCertificate = lookedUp('nhs_mesh_certificate_info', {
  where: "role='client',",
  shown: '{{ .Labels.subject }} (serial {{ .Labels.serial }})',
  otherwise: 'the client certificate',
});

/** One row per environment, whichever replica it came from. */
export const perEnvironment = (expression: string) => `max by (${scope}) (${expression})`;

const oneOf = (codes: readonly FindingCode[]) => `code=${codes.length === 1 ? '' : '~'}"${codes.join('|')}"`;

/** True if at least one of these findings is present and follows from no other: a consequence has the severity info, and its cause pages. */
export const stands = (...codes: readonly FindingCode[]) =>
  `${perEnvironment(`nhs_mesh_finding{${oneOf(codes)},severity!="info"}`)} == 1`;

/** The same, where one of them may be a warning that breaks nothing. */
export const standsCritical = (...codes: readonly FindingCode[]) =>
  `${perEnvironment(`nhs_mesh_finding{${oneOf(codes)},severity="critical"}`)} == 1`;

/** True if at least one of these findings is present, whether or not it follows from another. */
export const present = (...codes: readonly FindingCode[]) =>
  `${perEnvironment(`nhs_mesh_finding{${oneOf(codes)}}`)} == 1`;

/** True if this finding is present and follows from another. Only for codes that are never information by themselves. */
export const follows = (code: FindingCode) =>
  `${perEnvironment(`nhs_mesh_finding{${oneOf([code])},severity="info"}`)} == 1`;

/**
 * A finding fails the check. Not `nhs_mesh_check_passed`: that is 0 as well when the check could not be made because a file cannot be
 * read, so one cause would raise five alerts, four of them wrong.
 */
export const fails = (check: CheckName) => stands(...codesOf(check));

export const codesOf = (...checks: readonly CheckName[]): FindingCode[] =>
  (Object.keys(catalogue) as FindingCode[]).filter((code) => {
    const { check, severity } = catalogue[code];
    return check !== undefined && checks.includes(check) && severity !== 'info';
  });

/** Where `cause` is true for the environment, its own alert reports it and this one stays silent. */
export const unless = (expression: string, cause: string) => `(${expression}) unless on (${scope}) (${cause})`;

export const runbookUrl = (alert: string) => `${config.documentationUrl}/alerts.md#${alert.toLowerCase()}`;
