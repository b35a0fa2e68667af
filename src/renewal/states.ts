/** One entry for each state of a renewal: the page, the dashboards and `docs/renewal.md` read their words from here. */
import type { RenewalRecord, RenewalState, RenewalStatus } from './types.ts';

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
    remedy: 'Nothing. The window opens by itself; with `renewal.mode: manual` nothing is requested until you ask.',
  },
  due: {
    label: 'Due',
    meaning:
      'The certificate is in its renewal window and the request has not been sent yet. Either it will be sent in the next cycle, or the last attempt failed and the next one is waiting.',
    remedy:
      'Nothing, unless it stays in this state. Then fix the problem that the finding names (mail server, passphrase, enclosure or common name).',
  },
  sending: {
    label: 'Sending',
    meaning:
      'The request is being sent to the mail server. This state is written to disk before the first byte is sent.',
    remedy: 'Nothing. If the service stops at this point, the renewal is `uncertain` when it starts again.',
  },
  requested: {
    label: 'Requested',
    meaning:
      'The mail server accepted the request. Or the request was only drafted (review mode, or no SMTP server): then `renewal_due` stays until somebody forwards it and runs `renewals resolve --sent`.',
    remedy:
      'If it is drafted: send it, then run `mesh-cert-monitor renewals resolve --sent`. Otherwise wait. After `renewal.reminder_working_days` the contact gets one reminder: of the draft, and once it is sent, of the new certificate that has not arrived.',
  },
  uncertain: {
    label: 'Uncertain',
    meaning:
      'It is not known whether the request arrived: at the desk, or in review mode at the contact. The service never sends it again by itself.',
    remedy: 'Find out, then run `renewals resolve --sent` or `--not-sent`.',
  },
  issued: {
    label: 'Issued',
    meaning: '`accept` has checked and accepted the certificate that came back.',
    remedy: 'Deploy it as INSTRUCTIONS.txt describes, or with `accept --install`.',
  },
  deployed: {
    label: 'Deployed',
    meaning: 'Another certificate has been deployed in place of this one, and MESH has accepted it.',
    remedy: 'Nothing. The contact gets one closing message, and the new certificate starts at `not_due`.',
  },
  failed: {
    label: 'Failed',
    meaning: 'The mail server refused the request permanently (5xx).',
    remedy:
      'Fix the problem that the finding names, then run `mesh-cert-monitor renew`, or `renewals resolve --not-sent` to leave it to the service. If the desk has the request after all, run `renewals resolve --sent`.',
  },
};

/** The state `requested` of a request that waits for a person to send it: nobody has asked the desk. */
export const draftedLabel = 'Drafted';

/** The request was drafted, and nobody has said that it went to the desk: in review, or without a mail server. */
export const isDraft = ({ state, delivery }: Pick<RenewalRecord, 'state' | 'delivery'>): boolean =>
  state === 'requested' && delivery === 'drafted';

/** The same of what is shown of an environment. */
export const isDrafted = ({ state, record }: Pick<RenewalStatus, 'state' | 'record'>): boolean =>
  record !== undefined && isDraft({ ...record, state });
