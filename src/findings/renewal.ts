/** Getting a new certificate in time. */
import { type CatalogueEntry, meshCertificateGuidance } from './entry.ts';

export const renewalCodes = {
  renewal_due: {
    group: 'renewal',
    severity: 'warning',
    title: 'Renewal is due',
    meaning: 'The client certificate is in its renewal window, and no request has been sent to the desk yet.',
    remedy:
      'Usually nothing: the service sends the request in its next cycle. If it cannot, the message says why. `mesh-cert-monitor renew --dry-run` shows the request.',
    source: 'renewal.window',
  },
  renewal_overdue: {
    group: 'renewal',
    severity: 'warning',
    title: 'Renewal is overdue',
    meaning:
      'It is too late to give the desk the working days it needs (`renewal.desk_working_days`) before the certificate expires, and the new certificate is not deployed.',
    remedy: 'Telephone the desk and quote the request.',
    source: meshCertificateGuidance,
  },
  renewal_unanswered: {
    group: 'renewal',
    severity: 'warning',
    title: 'The desk has not answered',
    meaning:
      'The desk has had the request for longer than `renewal.reminder_working_days`, and no new certificate has been accepted or deployed.',
    remedy: 'Reply to the request (the contact has a copy), or telephone the desk.',
    source: meshCertificateGuidance,
  },
  renewal_email_failed: {
    group: 'renewal',
    severity: 'warning',
    title: 'The request was not sent, or may not have been sent',
    meaning:
      'The mail server refused the message or could not be reached, or the service stopped while it was sending.',
    remedy:
      'Fix the problem in the message. If it is not certain that the request was sent, ask the desk, then run `mesh-cert-monitor renewals resolve` with `--sent` or `--not-sent`.',
    source: 'RFC 5321 §4.2.1',
  },
  renewal_key_missing: {
    group: 'renewal',
    severity: 'warning',
    title: 'The private key for the pending request is missing',
    meaning:
      'A request was sent, but the private key for its CSR is no longer in the state directory. The certificate that the desk issues cannot be used without it.',
    remedy: 'Restore the key from a backup of `state_dir`, or send a new request.',
    source: 'state_dir',
  },
} as const satisfies Record<string, CatalogueEntry>;
