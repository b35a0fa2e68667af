/** A new certificate, in time. */
import { type CatalogueEntry, meshCertificateGuidance } from './entry.ts';

export const renewalCodes = {
  renewal_due: {
    group: 'renewal',
    severity: 'warning',
    title: 'Renewal is due',
    meaning: 'The client certificate is inside its renewal window and no request has gone to the desk yet.',
    remedy:
      'Usually the service sends it at its next cycle; if it cannot, the message says why. `mesh-cert-monitor renew --dry-run` shows the request.',
    source: 'renewal.window',
  },
  renewal_overdue: {
    group: 'renewal',
    severity: 'warning',
    title: 'Renewal is overdue',
    meaning:
      'The last day on which a request leaves the desk the working days it needs (`renewal.desk_working_days`) before the expiry has passed, and the new certificate is not deployed.',
    remedy: 'Telephone the desk, quoting the request.',
    source: meshCertificateGuidance,
  },
  renewal_unanswered: {
    group: 'renewal',
    severity: 'warning',
    title: 'The desk has not answered',
    meaning:
      'The desk has had the request for longer than `renewal.reminder_working_days`, and no new certificate has been accepted or deployed.',
    remedy: 'Reply to the request that was sent (the contact has a copy), or telephone.',
    source: meshCertificateGuidance,
  },
  renewal_email_failed: {
    group: 'renewal',
    severity: 'warning',
    title: 'The request could not be sent, or it is uncertain whether it was',
    meaning: 'The mail server refused the message, could not be reached, or the service stopped while it was sending.',
    remedy:
      'Mend what the message names. If it is uncertain, ask the desk, then `mesh-cert-monitor renewals resolve --sent` or `--not-sent`.',
    source: 'RFC 5321 §4.2.1',
  },
  renewal_key_missing: {
    group: 'renewal',
    severity: 'warning',
    title: 'The key of the pending request is missing',
    meaning:
      'A request was sent, but the private key that belongs to its CSR is no longer in the state directory. The certificate that comes back will be of no use.',
    remedy: 'Restore the key from a backup of `state_dir`, or send a new request.',
    source: 'state_dir',
  },
} as const satisfies Record<string, CatalogueEntry>;
