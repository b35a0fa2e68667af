import {
  clockSkew,
  consequence,
  critical,
  day,
  failing,
  failure,
  finding,
  hour,
  int,
  type Scenario,
  valid,
  warning,
} from './scenario.ts';

const skewStands = 'nhs_mesh_finding{mesh_environment="int",code="clock_skew",severity="warning"}';
const lastSuccess = 'nhs_mesh_handshake_last_success_timestamp_seconds{mesh_environment="int"}';

export const handshakeScenarios: Scenario[] = [
  {
    name: 'MeshHandshakeRefused fires after ten minutes of a reason that does not pass by itself',
    alert: 'MeshHandshakeRefused',
    interval: '1m',
    series: { [failure('client_certificate_expired')]: '0x4 1x20 0x10', [failure('connection_timeout')]: '0x40' },
    at: [
      { time: '14m', firing: [] },
      { time: '15m', firing: [{ ...int, reason: 'client_certificate_expired' }] },
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
  ...[
    'client_certificate_expired',
    'credential_unusable',
    'server_certificate_untrusted',
    'authentication_failed',
  ].flatMap((reason): Scenario[] => [
    {
      name: `MeshHandshakeRefused yields to the cause that a failed handshake (${reason}) follows from`,
      alert: 'MeshHandshakeRefused',
      interval: '1m',
      series: { [failure(reason)]: '1x40', [consequence('handshake_failed')]: '1x40' },
      at: [{ time: '30m', firing: [] }],
    },
    {
      name: `MeshHandshakeRefused fires for ${reason} where it is the cause, whatever ails another environment`,
      alert: 'MeshHandshakeRefused',
      interval: '1m',
      series: {
        [failure(reason)]: '1x40',
        [critical('handshake_failed')]: '1x40',
        [consequence('handshake_failed').replace('"int"', '"x"')]: '1x40',
      },
      at: [{ time: '30m', firing: [{ ...int, reason }] }],
    },
  ]),
  {
    name: 'MeshHandshakeRefused fires for an unknown mailbox while the credential is bad for another reason',
    alert: 'MeshHandshakeRefused',
    interval: '1m',
    series: { [failure('mailbox_unknown')]: '1x40', [valid]: '0x40' },
    at: [{ time: '30m', firing: [{ ...int, reason: 'mailbox_unknown' }] }],
  },
  {
    name: 'MeshHandshakeFailing waits for the second hourly failure',
    alert: 'MeshHandshakeFailing',
    interval: '1m',
    series: { [failure('connection_timeout')]: '1x100' },
    at: [
      { time: '64m', firing: [] },
      { time: '65m', firing: [int] },
    ],
  },
  {
    name: 'MeshHandshakeFailing fires although the reason of the second failure is another one',
    alert: 'MeshHandshakeFailing',
    interval: '1m',
    series: { [failure('connection_timeout')]: '1x59 0x59', [failure('dns_failure')]: '0x59 1x59' },
    at: [{ time: '66m', firing: [int] }],
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
  ...(
    [
      ['MeshHandshakeFailing', failure('connection_reset'), 'handshake_failed'],
      ['MeshMailboxNotValidated', lastSuccess, 'mailbox_not_validated_recently'],
      [
        'MeshServerCertificateExpiresSoon',
        'nhs_mesh_server_certificate_not_after_timestamp_seconds{mesh_environment="int"}',
        'server_certificate_expires_soon',
      ],
    ] as const
  ).flatMap(([alert, series, code]): Scenario[] =>
    (['info', 'critical'] as const).map((severity) => ({
      name: `${alert} ${severity === 'info' ? 'yields to the cause of' : 'fires for'} ${code} (${severity})`,
      alert,
      interval: '5m',
      series: { [series]: '1x400', [finding(code, severity)]: '1x400' },
      at: [{ time: '30h', firing: severity === 'info' ? [] : [int] }],
    })),
  ),
  ...failing('MeshMailboxNotValidated', 'mailbox_not_validated_recently', 'critical', 10),
  // With `probe: ping` nothing is validated, so there is no finding about it.
  ...(['MeshMailboxNotValidated', 'MeshHandshakeFailing'] as const).map((alert) => ({
    name: `${alert} ${alert === 'MeshHandshakeFailing' ? 'alone fires' : 'is quiet'} while a ping fails for a day and a half`,
    alert,
    interval: '5m',
    series: {
      [lastSuccess]: '3600x460',
      [failure('connection_timeout')]: '0x12 1x440',
      [critical('handshake_failed')]: '_x12 1x440',
    },
    at: [
      { time: '1h30m', firing: [] },
      { time: '26h', firing: alert === 'MeshHandshakeFailing' ? [int] : [] },
      { time: '37h', firing: alert === 'MeshHandshakeFailing' ? [int] : [] },
    ],
  })),
  {
    name: 'MeshMailboxNotValidated does not take "never" for 1970, but believes the finding',
    alert: 'MeshMailboxNotValidated',
    interval: '5m',
    series: { [lastSuccess]: '0x400', [warning('mailbox_not_validated_recently')]: '0x320 1x40' },
    at: [
      { time: '26h', firing: [] },
      { time: '27h', firing: [int] },
    ],
  },
  ...failing('MeshClientCertificateNotRequested', 'client_certificate_not_requested', 'critical', 10),
  {
    name: 'MeshClientCertificateNotRequested is quiet about a sandbox, where it is information',
    alert: 'MeshClientCertificateNotRequested',
    interval: '1m',
    series: {
      'nhs_mesh_finding{mesh_environment="int",code="client_certificate_not_requested",severity="info"}': '1x40',
    },
    at: [{ time: '30m', firing: [] }],
  },
  {
    name: 'MeshClockSkew fires above 5 minutes and yields above 2 hours',
    alert: 'MeshClockSkew',
    interval: '1m',
    series: { [clockSkew]: '-300x19 -301x30 7201x30', [skewStands]: '1x80' },
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
    series: { [clockSkew]: '7200x19 -7201x30', [skewStands]: '1x50' },
    at: [
      { time: '19m', firing: [] },
      { time: '26m', firing: [int] },
    ],
  },
  {
    name: 'MeshClockSkewCritical is quiet about the clock of something else that answers, which is no finding',
    alert: 'MeshClockSkewCritical',
    interval: '1m',
    series: { [clockSkew]: '7201x50' },
    at: [{ time: '40m', firing: [] }],
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
