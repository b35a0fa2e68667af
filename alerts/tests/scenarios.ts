/**
 * What every alert must do, as promtool runs it: time starts at 0, so a timestamp is also a duration. `rules.test.yaml` is generated
 * from this list.
 */
export interface Scenario {
  readonly name: string;
  readonly alert: string;
  /** Between two samples. */
  readonly interval: string;
  readonly series: Readonly<Record<string, string>>;
  /** At these times exactly these label sets fire (none: quiet). */
  readonly at: readonly { readonly time: string; readonly firing: readonly Readonly<Record<string, string>>[] }[];
}

const day = 86_400;
const hour = 3600;
const int = { mesh_environment: 'int' };
const check = (name: string) => `nhs_mesh_check_passed{mesh_environment="int",check="${name}"}`;
const notAfter =
  'nhs_mesh_certificate_not_after_timestamp_seconds{mesh_environment="int",role="client",subject="CN=a"}';
const expiry = 'nhs_mesh_credential_expiry_timestamp_seconds{mesh_environment="int"}';

const failingCheck = (alert: string, name: string, waitMinutes: number): Scenario[] => [
  {
    name: `${alert} fires once ${name} has failed for ${waitMinutes} minutes, and resolves when it passes`,
    alert,
    interval: '1m',
    series: { [check(name)]: `1x9 0x${waitMinutes + 9} 1x20` },
    at: [
      { time: '9m', firing: [] },
      { time: `${10 + waitMinutes - 1}m`, firing: [] },
      { time: `${10 + waitMinutes}m`, firing: [int] },
      { time: `${10 + waitMinutes + 10}m`, firing: [] },
    ],
  },
  {
    name: `${alert} does not flap with a check that comes and goes`,
    alert,
    interval: '1m',
    series: { [check(name)]: '0 0 0 1 0 0 0 1 0 0 0 1 0 0 0 1 0 0 0 1 0 0 0 1 0 0 0 1 0 0 0 1 0 0 0 1 0 0 0 1' },
    at: [
      { time: '15m', firing: [] },
      { time: '38m', firing: [] },
    ],
  },
  {
    name: `${alert} survives a missing scrape`,
    alert,
    interval: '1m',
    series: { [check(name)]: `0x${waitMinutes - 3} _ _ 0x10` },
    at: [{ time: `${waitMinutes + 1}m`, firing: [int] }],
  },
];

const stateAlert = (alert: string, series: string, waitMinutes: number): Scenario => ({
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

const failure = (reason: string) => `nhs_mesh_handshake_failure{mesh_environment="int",reason="${reason}"}`;
const state = (name: string) => `nhs_mesh_renewal_state{mesh_environment="int",state="${name}"}`;
const standing = (code: string) => `nhs_mesh_finding{mesh_environment="int",code="${code}",severity="warning"}`;

const expiryScenarios: Scenario[] = [
  {
    name: 'MeshCertificateExpiresSoon is quiet at 45 days, fires below, and is quiet again after the renewal',
    alert: 'MeshCertificateExpiresSoon',
    interval: '1m',
    // 45 days and an hour at the start; renewed after five hours.
    series: { [notAfter]: `${45 * day + hour}x300 ${1100 * day}x60` },
    at: [
      { time: '1h', firing: [] },
      { time: '2h', firing: [] },
      { time: '2h1m', firing: [int] },
      { time: '5h30m', firing: [] },
    ],
  },
  {
    name: 'MeshCertificateExpiresSoon yields to MeshCertificateExpiryImminent',
    alert: 'MeshCertificateExpiresSoon',
    interval: '1m',
    series: { [notAfter]: `${14 * day + 2 * hour}x180` },
    at: [
      { time: '2h', firing: [int] },
      { time: '2h1m', firing: [] },
    ],
  },
  {
    name: 'MeshCertificateExpiryImminent is quiet at 14 days and fires below',
    alert: 'MeshCertificateExpiryImminent',
    interval: '1m',
    series: { [notAfter]: `${14 * day + hour}x120` },
    at: [
      { time: '1h', firing: [] },
      { time: '1h10m', firing: [] },
      { time: '1h11m', firing: [int] },
    ],
  },
  {
    name: 'MeshCertificateExpiryImminent yields when the date has passed',
    alert: 'MeshCertificateExpiryImminent',
    interval: '1m',
    series: { [notAfter]: `${hour}x120` },
    at: [
      { time: '59m', firing: [int] },
      { time: '60m', firing: [] },
    ],
  },
  {
    name: 'MeshCertificateExpired is quiet a minute before notAfter and fires at it',
    alert: 'MeshCertificateExpired',
    interval: '1m',
    series: { [notAfter]: '3600x120' },
    at: [
      { time: '59m', firing: [] },
      { time: '60m', firing: [int] },
    ],
  },
  {
    name: 'MeshCertificateExpired fires although the file has become unreadable: the last known date counts',
    alert: 'MeshCertificateExpired',
    interval: '1m',
    series: { [notAfter]: '3600x120', [check('readable')]: '1x20 0x100' },
    at: [{ time: '61m', firing: [int] }],
  },
  {
    name: 'MeshCertificateExpired survives missing scrapes of ten minutes',
    alert: 'MeshCertificateExpired',
    interval: '1m',
    series: { [notAfter]: '600x20 _x10 600x20' },
    at: [{ time: '29m', firing: [int] }],
  },
  {
    name: 'MeshCertificateExpired resolves within its memory after the renewal, also under another subject',
    alert: 'MeshCertificateExpired',
    interval: '1m',
    series: {
      [notAfter]: '600x20',
      'nhs_mesh_certificate_not_after_timestamp_seconds{mesh_environment="int",role="client",subject="CN=b"}': `_x20 ${1000 * day}x60`,
    },
    at: [
      { time: '19m', firing: [int] },
      { time: '37m', firing: [] },
    ],
  },
  {
    name: 'MeshCaExpiresSoon fires when a CA ends before the certificate, inside 45 days',
    alert: 'MeshCaExpiresSoon',
    interval: '1m',
    series: { [notAfter]: `${900 * day}x180`, [expiry]: `${45 * day + hour}x180` },
    at: [
      { time: '2h', firing: [] },
      { time: '2h1m', firing: [int] },
    ],
  },
  {
    name: 'MeshCaExpiresSoon leaves the client certificate’s own expiry to its own alert',
    alert: 'MeshCaExpiresSoon',
    interval: '10m',
    series: { [notAfter]: `${40 * day}x60`, [expiry]: `${40 * day}x60` },
    at: [{ time: '5h', firing: [] }],
  },
  {
    name: 'MeshCaExpiryImminent fires below 14 days',
    alert: 'MeshCaExpiryImminent',
    interval: '1m',
    series: { [notAfter]: `${900 * day}x90`, [expiry]: `${14 * day + hour}x90` },
    at: [
      { time: '1h10m', firing: [] },
      { time: '1h11m', firing: [int] },
    ],
  },
];

const handshakeScenarios: Scenario[] = [
  {
    name: 'MeshHandshakeRefused fires after five minutes of a reason that does not pass by itself',
    alert: 'MeshHandshakeRefused',
    interval: '1m',
    series: { [failure('client_certificate_expired')]: '0x4 1x20 0x10', [failure('connection_timeout')]: '0x40' },
    at: [
      { time: '9m', firing: [] },
      { time: '10m', firing: [{ ...int, reason: 'client_certificate_expired' }] },
      { time: '26m', firing: [] },
    ],
  },
  {
    name: 'MeshHandshakeRefused leaves passing reasons alone',
    alert: 'MeshHandshakeRefused',
    interval: '1m',
    series: { [failure('connection_timeout')]: '1x40' },
    at: [{ time: '30m', firing: [] }],
  },
  {
    name: 'MeshHandshakeFailing waits for the second hourly failure',
    alert: 'MeshHandshakeFailing',
    interval: '1m',
    series: { [failure('connection_timeout')]: '1x100' },
    at: [
      { time: '64m', firing: [] },
      { time: '65m', firing: [{ ...int, reason: 'connection_timeout' }] },
    ],
  },
  {
    name: 'MeshHandshakeFailing is quiet when one hourly probe failed and the next succeeded',
    alert: 'MeshHandshakeFailing',
    interval: '1m',
    series: { [failure('connection_timeout')]: '1x59 0x59 1x59 0x30' },
    at: [
      { time: '60m', firing: [] },
      { time: '179m', firing: [] },
    ],
  },
  {
    name: 'MeshMailboxNotValidated is quiet at 24 hours and fires above',
    alert: 'MeshMailboxNotValidated',
    interval: '5m',
    series: { 'nhs_mesh_handshake_last_success_timestamp_seconds{mesh_environment="int"}': '3600x400' },
    at: [
      { time: '25h', firing: [] },
      { time: '25h10m', firing: [] },
      { time: '25h15m', firing: [int] },
    ],
  },
  {
    name: 'MeshMailboxNotValidated does not take "never" for 1970, but believes the finding',
    alert: 'MeshMailboxNotValidated',
    interval: '5m',
    series: {
      'nhs_mesh_handshake_last_success_timestamp_seconds{mesh_environment="int"}': '0x400',
      [standing('mailbox_not_validated_recently')]: '0x320 1x40',
    },
    at: [
      { time: '26h', firing: [] },
      { time: '27h', firing: [int] },
    ],
  },
  {
    name: 'MeshClockSkew fires above 5 minutes and yields above 2 hours',
    alert: 'MeshClockSkew',
    interval: '1m',
    series: { 'nhs_mesh_clock_skew_seconds{mesh_environment="int"}': '-300x19 -301x30 7201x30' },
    at: [
      { time: '19m', firing: [] },
      { time: '36m', firing: [int] },
      { time: '55m', firing: [] },
    ],
  },
  {
    name: 'MeshClockSkewCritical fires above 2 hours in either direction',
    alert: 'MeshClockSkewCritical',
    interval: '1m',
    series: { 'nhs_mesh_clock_skew_seconds{mesh_environment="int"}': '7200x19 -7201x30' },
    at: [
      { time: '19m', firing: [] },
      { time: '26m', firing: [int] },
    ],
  },
  {
    name: 'MeshServerCertificateExpiresSoon fires below 14 days',
    alert: 'MeshServerCertificateExpiresSoon',
    interval: '1m',
    series: {
      'nhs_mesh_server_certificate_not_after_timestamp_seconds{mesh_environment="int"}': `${14 * day + hour}x180`,
    },
    at: [
      { time: '1h', firing: [] },
      { time: '2h', firing: [] },
      { time: '2h1m', firing: [int] },
    ],
  },
];

const renewalScenarios: Scenario[] = [
  stateAlert('MeshRenewalNotRequested', state('due'), 360),
  stateAlert('MeshRenewalEmailFailed', state('failed'), 5),
  stateAlert('MeshRenewalEmailFailed', state('uncertain'), 5),
  stateAlert('MeshRenewalUnanswered', standing('renewal_unanswered'), 60),
  stateAlert('MeshRenewalOverdue', standing('renewal_overdue'), 10),
  ...['MeshRenewalNotRequested', 'MeshRenewalEmailFailed', 'MeshRenewalUnanswered'].map((alert) => ({
    name: `${alert} yields to MeshRenewalOverdue`,
    alert,
    interval: '5m',
    series: {
      [state('due')]: '1x130',
      [state('failed')]: '1x130',
      [standing('renewal_unanswered')]: '1x130',
      [standing('renewal_overdue')]: '1x130',
    },
    at: [{ time: '10h', firing: [] }],
  })),
];

const monitorScenarios: Scenario[] = [
  {
    name: 'MeshCertMonitorDown fires when no instance answers, and not while one of two does',
    alert: 'MeshCertMonitorDown',
    interval: '1m',
    series: {
      'up{job="mesh-cert-monitor",instance="a"}': '0x60',
      'up{job="mesh-cert-monitor",instance="b"}': '1x29 0x30',
    },
    at: [
      { time: '29m', firing: [] },
      { time: '39m', firing: [] },
      { time: '40m', firing: [{ job: 'mesh-cert-monitor' }] },
    ],
  },
  {
    name: 'MeshCertMonitorAbsent fires when there is neither a series nor a failing target',
    alert: 'MeshCertMonitorAbsent',
    interval: '1m',
    series: { 'mesh_cert_monitor_build_info{version="1"}': '1x5 stale' },
    at: [
      { time: '5m', firing: [] },
      { time: '20m', firing: [] },
      { time: '21m', firing: [{}] },
    ],
  },
  {
    name: 'MeshCertMonitorAbsent yields to MeshCertMonitorDown',
    alert: 'MeshCertMonitorAbsent',
    interval: '1m',
    series: { 'up{job="mesh-cert-monitor"}': '0x60' },
    at: [{ time: '40m', firing: [] }],
  },
  {
    name: 'MeshCertMonitorChecksStale fires after an hour without a check, and not before the first',
    alert: 'MeshCertMonitorChecksStale',
    interval: '1m',
    series: {
      'nhs_mesh_check_last_run_timestamp_seconds{mesh_environment="int"}': '600x100',
      'nhs_mesh_check_last_run_timestamp_seconds{mesh_environment="new"}': '0x100',
    },
    at: [
      { time: '70m', firing: [] },
      { time: '76m', firing: [int] },
    ],
  },
  {
    name: 'MeshCertMonitorConfigReloadFailed fires after five minutes and resolves',
    alert: 'MeshCertMonitorConfigReloadFailed',
    interval: '1m',
    series: { nhs_mesh_config_last_reload_successful: '1x4 0x14 1x10' },
    at: [
      { time: '9m', firing: [] },
      { time: '10m', firing: [{}] },
      { time: '21m', firing: [] },
    ],
  },
];

const invalid: Scenario[] = [
  {
    name: 'MeshCredentialInvalid fires when nothing else explains the refusal',
    alert: 'MeshCredentialInvalid',
    interval: '1m',
    series: {
      'nhs_mesh_credential_valid{mesh_environment="int"}': '1x4 0x30',
      [check('readable')]: '1x40',
      [check('strength')]: '0x40',
    },
    at: [
      { time: '14m', firing: [] },
      { time: '15m', firing: [int] },
    ],
  },
  {
    name: 'MeshCredentialInvalid yields to the alert that explains it',
    alert: 'MeshCredentialInvalid',
    interval: '1m',
    series: { 'nhs_mesh_credential_valid{mesh_environment="int"}': '0x40', [check('key_match')]: '0x40' },
    at: [{ time: '30m', firing: [] }],
  },
];

export const scenarios: readonly Scenario[] = [
  ...failingCheck('MeshCredentialUnreadable', 'readable', 10),
  ...failingCheck('MeshKeyMismatch', 'key_match', 10),
  ...failingCheck('MeshChainInvalid', 'chain_valid', 10),
  ...failingCheck('MeshChainOrderWrong', 'chain_order', 30),
  ...failingCheck('MeshCertificateNameUnexpected', 'naming', 30),
  ...failingCheck('MeshVerifiersDisagree', 'rehearsal', 30),
  ...invalid,
  ...expiryScenarios,
  ...handshakeScenarios,
  ...renewalScenarios,
  ...monitorScenarios,
];
