import type { HandshakeReason } from '../../src/mesh/index.ts';
import { config, secondsPerDay } from './config.ts';
import {
  type AlertRule,
  command,
  environment,
  follows,
  lookedUp,
  perEnvironment,
  scope,
  stands,
  unless,
} from './rule.ts';

/** Reasons that do not clear by themselves: somebody has to change a file, a secret or a server. */
const ours: readonly HandshakeReason[] = [
  'client_certificate_required',
  'client_certificate_expired',
  'client_certificate_revoked',
  'client_certificate_rejected',
  'credential_unusable',
];
const others: readonly HandshakeReason[] = [
  'server_certificate_expired',
  'server_certificate_name_mismatch',
  'bad_request',
  'mailbox_unknown',
  'tls_protocol_mismatch',
];
const definite: readonly HandshakeReason[] = [
  ...ours,
  ...others,
  'server_certificate_untrusted',
  'authentication_failed',
];

const failing = (...reasons: readonly HandshakeReason[]) =>
  `max by (${scope}, reason) (nhs_mesh_handshake_failure{reason=~"${reasons.join('|')}"}) == 1`;
/** The metric goes by any `Date` in an answer, the finding only by MESH's. */
const skewBeyond = (seconds: number) =>
  `(max by (${scope}) (abs(nhs_mesh_clock_skew_seconds)) > ${seconds} and on (${scope}) ${stands('clock_skew')})`;
const skewed = skewBeyond(config.clockSkewWarningSeconds);
/** Beyond what MESH allows, or so that something else is refused because of it. */
const skewCritical =
  `${skewBeyond(config.clockSkewCriticalSeconds)} or ` +
  `(${skewed} and on (${scope}) (nhs_mesh_finding{code="clock_skew",severity="critical"} == 1))`;

/** One cause, one alert: a refusal that something else explains is reported by the alert about that. */
const refused = unless(failing(...definite), follows('handshake_failed'));

/** Not a label: it may change while the alert is pending, and must not restart the wait. */
const lastReason = lookedUp('nhs_mesh_handshake_failure', {
  where: '',
  shown: '{{ .Labels.reason }}',
  otherwise: 'the reason of the last handshake',
});

const serverLeft = 'nhs_mesh_server_certificate_not_after_timestamp_seconds - time()';

export const handshakeAlerts: readonly AlertRule[] = [
  {
    alert: 'MeshHandshakeRefused',
    about: ['handshake_failed'],
    expr: refused,
    for: '10m',
    severity: 'critical',
    summary: `The handshake of MESH ${environment} fails and will not recover by itself ({{ $labels.reason }})`,
    description: `The last handshake of ${environment} failed with {{ $labels.reason }}, which will not clear by itself. The handshake documentation says what to change for that reason; "${command('check')}" tries again.`,
    steps: [
      'Run `mesh-cert-monitor check --config FILE --environment NAME` for the detail.',
      'Follow the section for that reason in `docs/handshake.md`.',
    ],
    patience: 'These reasons do not clear by themselves: somebody has to make a change.',
  },
  {
    alert: 'MeshHandshakeFailing',
    about: ['handshake_failed'],
    expr: unless(
      `${perEnvironment(`nhs_mesh_handshake_failure{reason!~"${definite.join('|')}"}`)} == 1`,
      follows('handshake_failed'),
    ),
    for: '65m',
    severity: 'critical',
    summary: `The handshake of MESH ${environment} keeps failing`,
    description: `Two consecutive hourly handshakes of ${environment} failed, the last with ${lastReason}. Check the network, the proxy and the MESH service status; "${command('check')}" tries again.`,
    steps: [
      'Run `mesh-cert-monitor check --config FILE --environment NAME` from the same machine.',
      'Check the network path and the proxy.',
      'Check NHS England’s service status.',
    ],
    patience:
      'Two handshakes on the default hourly schedule, because a single lost connection is not an emergency. If your `schedule.handshake` is less frequent, make it longer.',
  },
  {
    alert: 'MeshMailboxNotValidated',
    about: ['mailbox_not_validated_recently'],
    // Not the time of the last success: with `probe: ping` it says nothing about the mailbox.
    expr: unless(stands('mailbox_not_validated_recently'), follows('mailbox_not_validated_recently')),
    for: '10m',
    severity: 'critical',
    summary: `The mailbox of MESH ${environment} has not been validated for ${config.mailboxValidatedHours} hours`,
    description: `No handshake of ${environment} has succeeded for ${config.mailboxValidatedHours} hours. MESH marks a mailbox that nobody validates as inactive. Fix the cause of the failed handshakes, and check that the real client still collects its messages.`,
    steps: [
      'Check the reason given for the last handshake.',
      'Check that the real client is still running: the monitor’s handshakes can hide that it has stopped.',
    ],
    patience: 'Ten minutes on top of the 24 hours.',
  },
  {
    alert: 'MeshClientCertificateNotRequested',
    about: ['client_certificate_not_requested'],
    expr: `${perEnvironment('nhs_mesh_finding{code="client_certificate_not_requested",severity="critical"}')} == 1`,
    for: '10m',
    severity: 'critical',
    summary: `What answers for MESH ${environment} does not ask for our certificate`,
    description: `The last handshake of ${environment} got an answer without being asked for a client certificate, which MESH always does. It says nothing about our certificate, and something may be reading the traffic. Ask the network team whether something inspects TLS on the way to MESH.`,
    steps: [
      'Look at the server’s certificate on the page of the environment: its issuer is an NHS CA, or names the device that inspects.',
      'Ask the network team to exempt MESH’s host from TLS inspection.',
      'Check that `mesh.url` is the address that the environment is documented under.',
    ],
    patience: 'Ten minutes: this does not go away by itself.',
  },
  {
    alert: 'MeshClockSkew',
    about: ['clock_skew'],
    expr: unless(skewed, skewCritical),
    for: '15m',
    severity: 'warning',
    summary: `The monitor's clock is out of step with MESH ${environment}`,
    description: `The clock differs from that of MESH ${environment} by {{ $value | humanizeDuration }}. Beyond 2 hours MESH refuses every token. Synchronise the clock (NTP).`,
    steps: [
      'Check NTP on the machine that runs the monitor.',
      'Check the real client too: it often runs on the same machine or image.',
    ],
    patience: 'Clocks are adjusted from time to time.',
  },
  {
    alert: 'MeshClockSkewCritical',
    about: ['clock_skew'],
    expr: skewCritical,
    for: '5m',
    severity: 'critical',
    summary: `The monitor's clock is so far out that MESH ${environment} cannot be used`,
    description: `The clock differs from that of MESH ${environment} by {{ $value | humanizeDuration }}: MESH refuses tokens beyond 2 hours, and certificates look expired or not valid yet. Synchronise the clock (NTP).`,
    steps: ['Fix NTP on the machine that runs the monitor, then on every client that shares its image.'],
    patience: 'Short, because MESH already refuses tokens.',
  },
  {
    alert: 'MeshServerCertificateExpiresSoon',
    about: ['server_certificate_expires_soon'],
    expr: unless(
      `min by (${scope}) (${serverLeft}) < ${config.serverCertificateDays * secondsPerDay}`,
      // Once it has expired, the failed handshake has an alert.
      `${follows('server_certificate_expires_soon')} or ${failing('server_certificate_expired')}`,
    ),
    for: '1h',
    severity: 'warning',
    summary: `MESH's own certificate in ${environment} expires soon`,
    description: `A certificate that the MESH server of ${environment} presents expires in {{ $value | humanizeDuration }}. NHS England will replace it: look for an announcement of new CA certificates, so that the bundle trusts the new one.`,
    steps: [
      'Look for an announcement of new CA certificates.',
      'Put the new CA certificates into the bundle before the change.',
    ],
    patience: 'There are days left.',
  },
];
