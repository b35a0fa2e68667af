import { type AlertRule, command, environment, perEnvironment, present, scope, stands, unless } from './rule.ts';

const state = (names: string) => `${perEnvironment(`nhs_mesh_renewal_state{state=~"${names}"}`)} == 1`;

/** The alerts about the expiry itself page for these. */
const runningOut = present('certificate_expires_imminently', 'certificate_expired');
const louder = present('renewal_overdue', 'certificate_expires_imminently', 'certificate_expired');

export const renewalAlerts: readonly AlertRule[] = [
  {
    alert: 'MeshRenewalNotRequested',
    about: ['renewal_due'],
    // A draft that nobody has sent keeps the finding; its state is `requested`.
    expr: unless(`${state('due')} or ((${state('requested')}) and on (${scope}) (${stands('renewal_due')}))`, louder),
    for: '6h',
    severity: 'warning',
    summary: `The renewal of MESH ${environment} is due, and nobody has asked the desk`,
    description: `The certificate of ${environment} is in its renewal window and nobody has asked the desk: no request has been sent, or it was drafted and waits for somebody to send it. "${command('renewals', false)}" says why; "${command('renew')} --dry-run" shows the request.`,
    steps: [
      'Run `mesh-cert-monitor renewals --config FILE`.',
      'If it was drafted, send it, then run `mesh-cert-monitor renewals resolve --config FILE --environment NAME --sent`.',
      'Otherwise fix what is stopping the email: the mail server, the state directory or the common name.',
    ],
    patience: 'The service retries, with increasing pauses.',
  },
  {
    alert: 'MeshRenewalEmailFailed',
    about: ['renewal_email_failed'],
    expr: unless(state('failed|uncertain'), louder),
    for: '5m',
    severity: 'warning',
    summary: `The renewal request of MESH ${environment} failed, or it is uncertain whether it was sent`,
    description: `The mail server refused the request for ${environment}, or the service stopped while it was sending. If it was refused, fix the problem that "${command('renewals', false)}" reports: the request is sent again once the setting that was refused has changed, or when you run "${command('renew')}". If it is uncertain whether it was sent, the service never sends it again by itself: find out whether it arrived (at the desk, or in review mode at the contact), then run "${command('renewals resolve')}" with --sent or --not-sent.`,
    steps: [
      'Run `mesh-cert-monitor renewals --config FILE` for the reason.',
      'If it is uncertain whether the request was sent, find out whether it arrived: at the desk, or in review mode at the contact. Then run `mesh-cert-monitor renewals resolve --config FILE --environment NAME` with `--sent` or `--not-sent`.',
      'If the request was refused, fix the setting or the mail server. Once the setting that was refused has changed, the service sends the request again; `mesh-cert-monitor renew --config FILE --environment NAME` sends it at once.',
    ],
    patience: 'The state does not flap.',
  },
  {
    alert: 'MeshRenewalUnanswered',
    about: ['renewal_unanswered'],
    expr: unless(stands('renewal_unanswered'), louder),
    for: '1h',
    severity: 'warning',
    summary: `The certificate desk has not answered for MESH ${environment}`,
    description: `The request for ${environment} has been with the desk for longer than usual, and no certificate has come back. Reply to the request (the contact has a copy) or telephone the desk.`,
    steps: [
      'Check the contact’s mailbox, including spam.',
      'Reply to the request, or telephone the desk.',
      'When the certificate arrives, run `mesh-cert-monitor accept --config FILE --environment NAME ISSUED.pem`.',
    ],
    patience: 'An hour on top of `renewal.reminder_working_days`.',
  },
  {
    alert: 'MeshRenewalOverdue',
    about: ['renewal_overdue'],
    expr: unless(present('renewal_overdue'), runningOut),
    for: '10m',
    severity: 'critical',
    summary: `The renewal of MESH ${environment} is overdue`,
    description: `The certificate of ${environment} expires in fewer working days than the desk needs, and the new one is not deployed. If the request has not gone to the desk, send it now; then telephone the desk. If the new certificate is here, deploy it.`,
    steps: [
      'Run `mesh-cert-monitor renewals --config FILE`.',
      'If the request is only drafted, send it now, then run `mesh-cert-monitor renewals resolve --config FILE --environment NAME --sent`.',
      'Telephone the desk and quote the request.',
      'If the certificate will not arrive in time, plan for the interruption.',
    ],
    patience: 'Ten minutes.',
  },
  {
    alert: 'MeshFirstCertificateWaiting',
    about: ['nothing_deployed_yet', 'first_certificate_awaited'],
    expr: stands('nothing_deployed_yet', 'first_certificate_awaited'),
    for: '6h',
    severity: 'warning',
    summary: `MESH ${environment} has no certificate yet, and waits for somebody`,
    description: `Nobody has requested the first certificate of ${environment}, or the request is only drafted, or the desk is late. Run "${command('check')}": it says which.`,
    steps: [
      'If nothing has been requested, run `mesh-cert-monitor request --config FILE --environment NAME`.',
      'If the request is only drafted, send it, then run `mesh-cert-monitor renewals resolve --config FILE --environment NAME --sent`.',
      'If the desk is late, reply to the request or telephone the desk.',
    ],
    patience: 'Nothing depends on it yet, and whoever sets an environment up needs some hours.',
  },
  {
    alert: 'MeshStateReplaced',
    about: ['state_replaced'],
    expr: stands('state_replaced'),
    for: '10m',
    severity: 'critical',
    summary: `The state directory of the monitor was removed or replaced: no renewal of MESH ${environment} is sent`,
    description: `The record of renewals that the running service has open is no longer the one in state_dir, so it sends nothing for ${environment}. Stop the service, put the directory back, and start it again.`,
    steps: [
      'Stop the service.',
      'Put the directory back: the original, or a backup. A backup older than the last request would ask the desk again.',
      'Start the service. If the directory is lost, first ask the desk which requests it has.',
    ],
    patience: 'A mount may be moved once during maintenance.',
  },
];
