/** What an alert must do, as promtool runs it. Time starts at 0, so a timestamp is also a duration. */
export interface Scenario {
  readonly name: string;
  readonly alert: string;
  /** Between two samples. */
  readonly interval: string;
  readonly series: Readonly<Record<string, string>>;
  /** At these times exactly these label sets fire. None means that the alert is silent. */
  readonly at: readonly { readonly time: string; readonly firing: readonly Readonly<Record<string, string>>[] }[];
}

export const day = 86_400;
export const hour = 3600;
export const int = { mesh_environment: 'int' };
export const check = (name: string) => `nhs_mesh_check_passed{mesh_environment="int",check="${name}"}`;
export const threshold = (name: 'warning' | 'critical') =>
  `nhs_mesh_threshold_seconds{mesh_environment="int",threshold="${name}"}`;
export const notAfter =
  'nhs_mesh_certificate_not_after_timestamp_seconds{mesh_environment="int",role="client",subject="CN=a"}';
export const expiry = 'nhs_mesh_credential_expiry_timestamp_seconds{mesh_environment="int"}';
export const finding = (code: string, severity: 'info' | 'warning' | 'critical') =>
  `nhs_mesh_finding{mesh_environment="int",code="${code}",severity="${severity}"}`;

/** For a finding: the series does not exist while the finding is not present. */
export const failing = (
  alert: string,
  code: string,
  severity: 'warning' | 'critical',
  waitMinutes: number,
): Scenario[] => [
  {
    name: `${alert} fires once ${code} has stood for ${waitMinutes} minutes, and resolves without it`,
    alert,
    interval: '1m',
    series: { [finding(code, severity)]: `_x10 1x${waitMinutes + 9} ${repeated('stale', 20)}` },
    at: [
      { time: '9m', firing: [] },
      { time: `${10 + waitMinutes - 1}m`, firing: [] },
      { time: `${10 + waitMinutes}m`, firing: [int] },
      { time: `${10 + waitMinutes + 10}m`, firing: [] },
    ],
  },
  {
    name: `${alert} does not flap with a finding that comes and goes`,
    alert,
    interval: '1m',
    series: { [finding(code, severity)]: repeated('1 1 1 stale', 10) },
    at: [
      { time: '15m', firing: [] },
      { time: '38m', firing: [] },
    ],
  },
  {
    name: `${alert} survives a missing scrape`,
    alert,
    interval: '1m',
    series: { [finding(code, severity)]: `1x${waitMinutes - 3} _ _ 1x10` },
    at: [{ time: `${waitMinutes + 1}m`, firing: [int] }],
  },
];

const repeated = (samples: string, times: number) => Array.from({ length: times }, () => samples).join(' ');

export const stateAlert = (alert: string, series: string, waitMinutes: number): Scenario => ({
  name: `${alert} fires after ${waitMinutes} minutes and resolves with the state`,
  alert,
  interval: '1m',
  series: { [series]: `0x4 1x${waitMinutes + 9} 0x20` },
  at: [
    { time: `${5 + waitMinutes - 1}m`, firing: [] },
    { time: `${5 + waitMinutes}m`, firing: [int] },
    { time: `${5 + waitMinutes + 10}m`, firing: [] },
  ],
});

export const failure = (reason: string) => `nhs_mesh_handshake_failure{mesh_environment="int",reason="${reason}"}`;
export const renewalState = (name: string) => `nhs_mesh_renewal_state{mesh_environment="int",state="${name}"}`;
export const clockSkew = 'nhs_mesh_clock_skew_seconds{mesh_environment="int"}';
export const valid = 'nhs_mesh_credential_valid{mesh_environment="int"}';
export const critical = (code: string) => finding(code, 'critical');
/** What follows from another finding. */
export const consequence = (code: string) => finding(code, 'info');
export const warning = (code: string) => finding(code, 'warning');
