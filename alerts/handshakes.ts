import { config, secondsPerDay } from './config.ts';
import { type AlertRule, environment, perEnvironment } from './rule.ts';

/** Reasons that the next probe will not cure by itself: someone has to change a file, a secret or a server. */
const definite = [
  'server_certificate_expired',
  'server_certificate_untrusted',
  'server_certificate_name_mismatch',
  'client_certificate_required',
  'client_certificate_expired',
  'client_certificate_revoked',
  'client_certificate_rejected',
  'credential_unusable',
  'bad_request',
  'authentication_failed',
  'mailbox_unknown',
  'tls_protocol_mismatch',
].join('|');

const day = config.mailboxValidatedHours * 3600;
const lastSuccess = 'nhs_mesh_handshake_last_success_timestamp_seconds';
const skew = 'abs(nhs_mesh_clock_skew_seconds)';
const serverLeft = 'nhs_mesh_server_certificate_not_after_timestamp_seconds - time()';

export const handshakeAlerts: readonly AlertRule[] = [
  {
    alert: 'MeshHandshakeRefused',
    expr: `max by (mesh_environment, reason) (nhs_mesh_handshake_failure{reason=~"${definite}"}) == 1`,
    for: '5m',
    severity: 'critical',
    summary: `MESH ${environment} refuses the handshake: {{ $labels.reason }}`,
    description: `The last handshake of ${environment} failed with {{ $labels.reason }}, which does not pass by itself. The section of that reason in the handshake documentation says what to change; "mesh-cert-monitor check --environment ${environment}" tries again.`,
    steps: [
      'Run `mesh-cert-monitor check --environment NAME` for the detail.',
      'Follow the section of the reason in `docs/handshake.md`.',
    ],
    patience: 'Five minutes: these reasons need a change by someone.',
  },
  {
    alert: 'MeshHandshakeFailing',
    expr: `max by (mesh_environment, reason) (nhs_mesh_handshake_failure{reason!~"${definite}"}) == 1`,
    for: '65m',
    severity: 'critical',
    summary: `The handshake of MESH ${environment} keeps failing: {{ $labels.reason }}`,
    description: `Two hourly handshakes of ${environment} in a row failed with {{ $labels.reason }}. Look at the network, the proxy and the MESH service status; "mesh-cert-monitor check --environment ${environment}" tries again.`,
    steps: [
      'Run `mesh-cert-monitor check --environment NAME` from the same machine.',
      'Look at the network path and the proxy.',
      'Look at NHS England’s service status.',
    ],
    patience:
      'Sixty-five minutes: two probes of the default hourly schedule, for one lost connection is nobody’s emergency.',
  },
  {
    alert: 'MeshMailboxNotValidated',
    expr:
      `max by (mesh_environment) (time() - (${lastSuccess} > 0)) > ${day} ` +
      `or ${perEnvironment('nhs_mesh_finding{code="mailbox_not_validated_recently"}')} == 1`,
    for: '10m',
    severity: 'critical',
    summary: `The mailbox of MESH ${environment} has not been validated for ${config.mailboxValidatedHours} hours`,
    description: `No handshake of ${environment} has succeeded for ${config.mailboxValidatedHours} hours. MESH marks a mailbox that nobody validates as inactive. Mend what makes the handshake fail, and see that the real client still collects its messages.`,
    steps: [
      'Look at the reason of the last handshake.',
      'See that the real client still runs: the monitor’s handshakes can hide that it is dead.',
    ],
    patience: 'Ten minutes on top of a day.',
  },
  {
    alert: 'MeshClockSkew',
    expr: `max by (mesh_environment) (${skew}) > ${config.clockSkewWarningSeconds} and max by (mesh_environment) (${skew}) <= ${config.clockSkewCriticalSeconds}`,
    for: '15m',
    severity: 'warning',
    summary: `The monitor's clock is out of step with MESH ${environment}`,
    description: `The clock differs from that of MESH ${environment} by {{ $value | humanizeDuration }}. Beyond 2 hours MESH refuses every token. Bring the clock into step (NTP).`,
    steps: [
      'Check NTP on the machine that runs the monitor.',
      'The real client often runs on the same machine or image: check it too.',
    ],
    patience: 'A quarter of an hour: clocks are stepped now and then.',
  },
  {
    alert: 'MeshClockSkewCritical',
    expr: `max by (mesh_environment) (${skew}) > ${config.clockSkewCriticalSeconds}`,
    for: '5m',
    severity: 'critical',
    summary: `The monitor's clock is so far from MESH ${environment} that tokens are refused`,
    description: `The clock differs from that of MESH ${environment} by {{ $value | humanizeDuration }}; MESH refuses tokens beyond 2 hours. Bring the clock into step (NTP).`,
    steps: ['Mend NTP on the machine that runs the monitor, then on every client that shares its image.'],
    patience: 'Five minutes.',
  },
  {
    alert: 'MeshServerCertificateExpiresSoon',
    expr: `min by (mesh_environment) (${serverLeft}) < ${config.serverCertificateDays * secondsPerDay}`,
    for: '1h',
    severity: 'warning',
    summary: `MESH's own certificate in ${environment} is about to be replaced`,
    description: `A certificate that the MESH server of ${environment} presents ends in {{ $value | humanizeDuration }}. NHS England replaces it; look for an announcement of new CA certificates so that the bundle trusts the successor.`,
    steps: [
      'Look for an announcement of new CA certificates.',
      'Have the new CA certificates in the bundle before the change.',
    ],
    patience: 'An hour: days are left.',
  },
];
