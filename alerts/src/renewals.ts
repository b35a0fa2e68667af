import { type AlertRule, environment, perEnvironment, stands, unless } from './rule.ts';

const state = (names: string) => `${perEnvironment(`nhs_mesh_renewal_state{state=~"${names}"}`)} == 1`;

export const renewalAlerts: readonly AlertRule[] = [
  {
    alert: 'MeshRenewalNotRequested',
    expr: unless(state('due'), stands('renewal_overdue')),
    for: '6h',
    severity: 'warning',
    summary: `The renewal of MESH ${environment} is due and has not been requested`,
    description: `The certificate of ${environment} is inside its renewal window and no request has left. "mesh-cert-monitor renewals --config FILE" says why; "mesh-cert-monitor renew --config FILE --dry-run --environment ${environment}" shows the request.`,
    steps: [
      'Run `mesh-cert-monitor renewals --config FILE`.',
      'Mend what keeps the message from being sent: mail server, state directory, common name.',
    ],
    patience: 'Six hours: the service retries with growing pauses.',
  },
  {
    alert: 'MeshRenewalEmailFailed',
    expr: unless(state('failed|uncertain'), stands('renewal_overdue')),
    for: '5m',
    severity: 'warning',
    summary: `The renewal request of MESH ${environment} failed, or it is uncertain whether it was sent`,
    description: `The request for ${environment} was refused by the mail server, or the service stopped while it was sending. Nothing is sent twice by itself. If it is refused, mend what "mesh-cert-monitor renewals --config FILE" names, then run "mesh-cert-monitor renew --config FILE --environment ${environment}". If it is uncertain, ask the desk, then run "mesh-cert-monitor renewals resolve --config FILE --environment ${environment}" with --sent or --not-sent.`,
    steps: [
      'Run `mesh-cert-monitor renewals --config FILE` for the reason.',
      'If uncertain: ask the desk, then `mesh-cert-monitor renewals resolve --config FILE --environment NAME` with `--sent` or `--not-sent`.',
      'If refused: mend the address or the mail server, then `mesh-cert-monitor renew --config FILE --environment NAME`.',
    ],
    patience: 'Five minutes: the state does not flap.',
  },
  {
    alert: 'MeshRenewalUnanswered',
    expr: unless(stands('renewal_unanswered'), stands('renewal_overdue')),
    for: '1h',
    severity: 'warning',
    summary: `The certificate desk has not answered for MESH ${environment}`,
    description: `The request for ${environment} has been with the desk for longer than the desk usually takes, and no certificate has come back. Reply to the request (the contact has a copy) or telephone the desk.`,
    steps: [
      'Look in the contact’s mailbox, spam included.',
      'Reply to the request, or telephone.',
      'When the certificate comes: `mesh-cert-monitor accept --config FILE --environment NAME ISSUED.pem`.',
    ],
    patience: 'An hour on top of the working days in `renewal.reminder_working_days`.',
  },
  {
    alert: 'MeshRenewalOverdue',
    expr: unless(stands('renewal_overdue'), stands('certificate_expired')),
    for: '10m',
    severity: 'critical',
    summary: `The renewal of MESH ${environment} is overdue`,
    description: `The certificate of ${environment} expires in fewer working days than the desk needs, and the new one is not deployed. Telephone the desk.`,
    steps: [
      'Telephone the desk, quoting the request.',
      'Plan for the interruption if the certificate will not come in time.',
    ],
    patience: 'Ten minutes.',
  },
];
