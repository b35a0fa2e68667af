/** One entry for each state of a renewal: the page, the dashboards and `docs/renewal.md` read their words from here. */
import type { RenewalState } from './types.ts';

export interface StateEntry {
  readonly label: string;
  readonly meaning: string;
  /** What a person has to do. */
  readonly remedy: string;
}

export const stateCatalogue: Readonly<Record<RenewalState, StateEntry>> = {
  not_due: {
    label: 'Not due',
    meaning: 'The deployed certificate is not in its renewal window yet.',
    remedy: 'Nothing. The window opens by itself.',
  },
  due: {
    label: 'Due',
    meaning:
      'The certificate is in its renewal window and the request has not gone out: either it goes with the next cycle, or the last attempt failed and the next one is waiting.',
    remedy:
      'Nothing, unless it stays in this state: then fix what the finding names (mail server, passphrase, enclosure or common name).',
  },
  sending: {
    label: 'Sending',
    meaning: 'The mail server is being called. This is written to disk before the first byte goes out.',
    remedy: 'Nothing. If the service dies at this point, the renewal is `uncertain` when it starts again.',
  },
  requested: {
    label: 'Requested',
    meaning:
      'The mail server took the request. Or the request was only drafted (review mode, or no SMTP server), and `renewal_due` stands until somebody forwards it and says so with `renewals resolve --sent`.',
    remedy:
      'Wait. If no new certificate has come after `renewal.reminder_working_days`, the contact is reminded, once.',
  },
  uncertain: {
    label: 'Uncertain',
    meaning: 'Nobody can know whether the desk has the request. It is never sent again by itself.',
    remedy: 'Find out, then run `renewals resolve --sent` or `--not-sent`.',
  },
  issued: {
    label: 'Issued',
    meaning: '`accept` has checked the certificate that came back.',
    remedy: 'Deploy it as INSTRUCTIONS.txt says, or with `accept --install`.',
  },
  deployed: {
    label: 'Deployed',
    meaning: 'The service has seen another certificate deployed in place of this one, and MESH has accepted it.',
    remedy: 'Nothing. The contact gets one closing message, and the new certificate starts again at `not_due`.',
  },
  failed: {
    label: 'Failed',
    meaning: 'The mail server refused the request for good (5xx).',
    remedy:
      'Fix what the finding names, then run `mesh-cert-monitor renew`, or `renewals resolve --not-sent` to leave it to the service. If the desk has the request after all: `renewals resolve --sent`.',
  },
};
