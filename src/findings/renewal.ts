/** Getting a new certificate in time. */
import { type CatalogueEntry, meshCertificateGuidance } from './entry.ts';

export const renewalCodes = {
  nothing_deployed_yet: {
    group: 'renewal',
    severity: 'warning',
    title: 'No certificate yet, and none requested',
    meaning:
      'None of the environment’s files exists, and there is no record of a certificate or a request. If a certificate was deployed here before, its files and the record in `state_dir` are gone.',
    remedy: 'Run `mesh-cert-monitor request`. If there is a certificate already, put it where the configuration says.',
    source: meshCertificateGuidance,
  },
  first_certificate_awaited: {
    group: 'renewal',
    severity: 'info',
    title: 'Waiting for the first certificate',
    meaning:
      'The environment has never had a certificate, and its first has been requested, or `awaiting_first_certificate` is set. Files that cannot exist yet are not reported. It is a warning once the desk has had longer than `renewal.reminder_working_days`. If the request is only drafted, it is a warning until you record that you have sent it.',
    remedy: 'When the certificate arrives, save the email and run `mesh-cert-monitor accept --install`.',
    source: meshCertificateGuidance,
  },
  renewal_due: {
    group: 'renewal',
    severity: 'warning',
    title: 'Renewal is due',
    meaning:
      'The client certificate is in its renewal window, and no request has been sent to the desk yet. Critical once fewer working days are left than the desk needs.',
    remedy:
      'Usually nothing: the service makes the request in its next cycle, once a handshake has confirmed this machine’s clock (or the clock has run for 24 hours). With `mode: review` the contact then has to forward it. If it cannot be made, the message says why. `mesh-cert-monitor renew --dry-run` shows it.',
    source: 'renewal.window',
  },
  renewal_overdue: {
    group: 'renewal',
    severity: 'warning',
    title: 'Renewal is overdue',
    meaning:
      'It is too late to give the desk the working days it needs (`renewal.desk_working_days`) before the certificate expires, and the new certificate is not deployed. So it is always critical.',
    remedy:
      'Telephone the desk and quote the request. If the request has not gone to the desk, send it first. If the new certificate is here, deploy it.',
    source: meshCertificateGuidance,
  },
  renewal_unanswered: {
    group: 'renewal',
    severity: 'warning',
    title: 'The desk has not answered',
    meaning:
      'The desk has had the request for longer than `renewal.reminder_working_days`, and no new certificate has been accepted or deployed. Critical once fewer working days are left than the desk needs.',
    remedy: 'Reply to the request (the contact has a copy), or telephone the desk.',
    source: meshCertificateGuidance,
  },
  renewal_not_deployed: {
    group: 'renewal',
    severity: 'info',
    title: 'The new certificate is not deployed yet',
    meaning:
      '`accept` has accepted the certificate that came back, and it is not deployed. There is still time, so it is information, and what to do first only if nothing is wrong. That time runs out is a finding of its own.',
    remedy: 'Deploy it as INSTRUCTIONS.txt describes, or with `mesh-cert-monitor accept --install`.',
    source: meshCertificateGuidance,
  },
  renewal_email_failed: {
    group: 'renewal',
    severity: 'warning',
    title: 'The request was not sent, or may not have been sent',
    meaning:
      'The mail server refused the message or could not be reached, or the service stopped while it was sending. Critical once fewer working days are left than the desk needs.',
    remedy:
      'Fix the problem in the message. If it is not certain that the request was sent, ask the desk, then run `mesh-cert-monitor renewals resolve` with `--sent` or `--not-sent`.',
    source: 'RFC 5321 §4.2.1',
  },
  renewal_key_missing: {
    group: 'renewal',
    severity: 'warning',
    title: 'The private key for the pending request is missing',
    meaning:
      'A request was sent, but the private key for its CSR is no longer in the state directory. The certificate that the desk issues cannot be used without it. Critical once fewer working days are left than the desk needs.',
    remedy:
      'Restore the key from a backup of `state_dir`, or send a new request; if the earlier one is uncertain, run `mesh-cert-monitor renewals resolve` first.',
    source: 'state_dir',
  },
  state_replaced: {
    group: 'renewal',
    severity: 'critical',
    title: 'The state directory was removed or replaced under the running service',
    meaning:
      'The record of renewals that the service has open is no longer the one in `state_dir`. Anything it writes is lost at a restart, and it would then not know which requests the desk has. So it sends nothing.',
    remedy:
      'Stop the service, put the directory back (the original or a backup), and start the service again. If it is lost, or the backup is older than the last request, ask the desk which requests it has before you start the service.',
    source: 'state_dir',
  },
  clock_stepped: {
    group: 'renewal',
    severity: 'warning',
    title: 'This machine’s clock was changed',
    meaning:
      'The clock was moved by more than an hour, and nothing has confirmed it since. No request is sent until a handshake shows that MESH’s clock agrees, or the clock has run for 24 hours without being set again.',
    remedy:
      'Compare the clock with the right time, and check that NTP is running. The finding clears after the next successful handshake.',
    source: 'RFC 9110 §6.6.1 (Date)',
  },
} as const satisfies Record<string, CatalogueEntry>;
