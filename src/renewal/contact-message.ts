/** What the contact is told while a renewal is under way. Never the desk: each of these goes to one person. Pure, like the request itself. */
import type { ResolvedEnvironment } from '../config/types.ts';
import type { Certificate } from '../x509/certificate.ts';
import { londonDay, londonTime } from './dates.ts';
import { parseAddress } from './header-safety.ts';
import { type Facts, type Message, type MessageKind, messageIdFor, safeFacts } from './message.ts';
import type { RenewalRecord } from './types.ts';

export interface ContactMessage {
  readonly environment: ResolvedEnvironment;
  /** Sender, `address` or `Name <address>`. */
  readonly from: string;
  readonly record: RenewalRecord;
  readonly now: Date;
}

/** `mode: review`: the request, whole and unsent, as an attachment that a mail program can open and send on. */
export function renderReview(
  request: Message,
  context: Omit<ContactMessage, 'record'> & { record: RenewalKey },
): Message {
  const desk = request.to.map(({ address }) => address).join(', ');
  return toContact(context, 'review', {
    subject: 'MESH certificate renewal for you to review and forward',
    enclosed: { filename: 'renewal-request.eml', message: request },
    body: (
      facts,
    ) => `The client certificate of ${facts.application} in ${facts.environment} is inside its renewal window. The request to the certificate desk is attached, with the certificate signing request and everything that has to be enclosed. It has not been sent.

Please open renewal-request.eml, check it, and send it on, with its attachments, to:
${desk}`,
  });
}

/** After five working days without a new certificate. */
export function renderReminder(context: ContactMessage, lastSafeDay: Date): Message {
  const { record } = context;
  return toContact(context, 'reminder', {
    subject: 'No new MESH certificate yet',
    body: (
      facts,
    ) => `The request for a new client certificate was sent ${record.requestedAt ? `on ${londonDay(record.requestedAt)}` : 'some time ago'}, and no new certificate has been accepted or deployed since. The desk usually answers within 5 working days.

If the certificate has come, run:
mesh-cert-monitor accept --config FILE --environment ${facts.environment} ISSUED.pem
If it has not, reply to the request (you have a copy) or telephone the desk.

Last day on which a request leaves the desk its working days: ${londonDay(lastSafeDay)}`,
  });
}

/** The process ended, or the connection was lost, between handing the request over and hearing that it was taken. */
export function renderUncertain(context: ContactMessage): Message {
  const { record } = context;
  return toContact(context, 'uncertain', {
    subject: 'Please find out whether a MESH certificate request was sent',
    body: (
      facts,
    ) => `Sending the request for a new client certificate was interrupted, and it is not known whether the mail server had taken it. It will not be sent a second time by itself.

Request Message-ID: ${record.messageId ?? 'unknown'}

Please find out: did a copy of the request reach you, or does the mail server's log show that Message-ID, or has the desk received it?

If it was sent, run:
mesh-cert-monitor renewals resolve --config FILE --environment ${facts.environment} --sent
If it was not sent, run this, and it will be sent once more:
mesh-cert-monitor renewals resolve --config FILE --environment ${facts.environment} --not-sent`,
  });
}

/** The new certificate is deployed and MESH accepts it. */
export function renderClosing(context: ContactMessage, deployed: Certificate): Message {
  return toContact(context, 'closing', {
    subject: 'MESH certificate renewed',
    body: () => `The new client certificate is deployed and MESH accepts it. Nothing more is to be done; the replaced certificate and its key can be destroyed.

New certificate serial number: ${deployed.serial}
New certificate SHA-256 fingerprint: ${deployed.fingerprintSha256}
New certificate expires: ${londonTime(deployed.notAfter)}`,
  });
}

/** The part of a record that identifies the certificate being replaced. */
export type RenewalKey = Pick<
  RenewalRecord,
  'environment' | 'fingerprintSha256' | 'serial' | 'notAfter' | 'commonName'
> &
  Partial<Pick<RenewalRecord, 'messageId' | 'attempts'>>;

function toContact(
  context: Omit<ContactMessage, 'record'> & { record: RenewalKey },
  kind: MessageKind,
  content: { subject: string; body: (facts: Facts) => string; enclosed?: Message['enclosed'] },
): Message {
  const { environment, from, record, now } = context;
  const facts = safeFacts(environment);
  return {
    messageId: messageIdFor(record, kind, from, record.attempts),
    date: now,
    from: parseAddress('email.from', from),
    to: [facts.contact],
    cc: [],
    replyTo: facts.contact,
    subject: `${content.subject}: ${facts.application}, ${facts.environment}, mailbox ${facts.mailboxId}`,
    text: `Hello ${facts.contact.name},

${content.body(facts)}

Application: ${facts.application}
Organisation ODS code: ${facts.odsCode}
Environment: ${facts.environment}
Mailbox ID: ${facts.mailboxId}
Common name: ${record.commonName}
Replaced certificate serial number: ${record.serial}
Replaced certificate SHA-256 fingerprint: ${record.fingerprintSha256}
Replaced certificate expires: ${londonTime(record.notAfter)}

mesh-cert-monitor
`,
    attachments: [],
    ...(content.enclosed ? { enclosed: content.enclosed } : {}),
    ...(record.messageId && kind !== 'review' ? { inReplyTo: record.messageId } : {}),
  };
}
