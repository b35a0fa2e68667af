/** What the contact is told during a renewal. Never the desk: each of these goes to one person. Pure, like the request itself. */
import type { ResolvedEnvironment } from '../../config/index.ts';
import { lowerFirst, ourCommand, plural } from '../../text/index.ts';
import { londonDay, londonDayOf, londonTime } from '../../time/index.ts';
import type { Certificate } from '../../x509/index.ts';
import { isFirst } from '../first.ts';
import { occasionOf } from '../notices.ts';
import type { RenewalRecord, Told } from '../types.ts';
import { firstStep, isQuiet, otherTrouble, urgency } from './advice.ts';
import { type Facts, safeFacts, urgencyOf, urgentSubject, whoseLines } from './facts.ts';
import { parseAddress } from './header-safety.ts';
import { type Message, type MessageKind, messageIdFor } from './request-message.ts';

export interface ContactMessage {
  readonly environment: ResolvedEnvironment;
  /** Sender, `address` or `Name <address>`. */
  readonly from: string;
  readonly record: RenewalRecord;
  /** For commands that run as printed. */
  readonly configurationFile: string;
  /** The environment's diagnosis, once the renewal stands as the message says. */
  readonly told?: Told;
  readonly now: Date;
}

/** The part of a record that identifies the certificate being replaced. */
export type RenewalKey = Pick<
  RenewalRecord,
  'environment' | 'fingerprintSha256' | 'serial' | 'notAfter' | 'commonName'
> &
  Partial<Pick<RenewalRecord, 'messageId' | 'attempts' | 'transitions'>>;

type Context = Omit<ContactMessage, 'record'> & { readonly record: RenewalKey };

/** `mode: review`: the whole request, unsent, as an attachment that a mail program can open and forward. */
export function renderReview(request: Message, context: Context): Message {
  const desk = request.to.map(({ address }) => address).join(', ');
  const what = isFirst(context.record) ? 'request' : 'renewal';
  const filename = isFirst(context.record) ? 'certificate-request.eml' : 'renewal-request.eml';
  const message = toContact(context, 'review', {
    subject: `MESH certificate ${what} for you to review and forward`,
    enclosed: { filename, message: request },
    body: ({ application, environment }) => [
      `${standing(context, `${application} in ${environment}`)}. The request to the certificate desk is attached, with the certificate signing request and everything that must be enclosed. It has not been sent.`,
      `Please open ${filename}, check it, and send it on, with its attachments, to:\n${desk}`,
      `Once you have sent it, run:\n${typed(context, 'renewals resolve', '--sent')}`,
      ...otherTrouble(context.told),
    ],
  });
  // As often, and as seldom, the same as that of the request in it.
  return { ...message, messageId: request.messageId.replace(/^<request\./, '<review.') };
}

/** The state of the certificate, whoever asked for the request. */
function standing({ environment, record: { notAfter }, now }: Context, whose: string): string {
  if (!notAfter) return `${whose} does not have a client certificate yet`;
  const certificate = `The client certificate of ${whose}`;
  if (notAfter < now) return `${certificate} expired on ${londonDay(notAfter)}`;
  const left = notAfter.getTime() - now.getTime();
  if (environment.renewal.mode !== 'manual' && left <= environment.renewal.windowMs)
    return `${certificate} is in its renewal window`;
  return `${certificate} needs to be replaced before it expires on ${londonDay(notAfter)}`;
}

/**
 * When the working days of `renewal.reminder_working_days` have passed.
 * @param lastSafeDay - absent when the request is for the first certificate: nothing stops working while it is not there.
 */
export function renderReminder(context: ContactMessage, lastSafeDay?: Date): Message {
  const { delivery, requestedAt, lastError } = context.record;
  const { deskWorkingDays } = context.environment.renewal;
  const drafted = delivery === 'drafted';
  const what = drafted ? 'was drafted for you to send to the desk' : 'was sent to the desk';
  const when = requestedAt ? ` on ${londonDay(requestedAt)}` : '';
  // No copy is promised if the mail server did not accept every recipient.
  const copy = lastError === undefined ? ' (you should have a copy)' : '';
  const otherwise = drafted
    ? `If you have not sent the request yet, please do (${draftedWhere(context)}), and then run:\n${typed(context, 'renewals resolve', '--sent')}`
    : `If it has not, ${lowerFirst(firstStep(context.told, `Reply to the request${copy} or telephone the desk.`))}`;
  return toContact(context, 'reminder', {
    subject: isFirst(context.record) ? 'No MESH certificate yet' : 'No new MESH certificate yet',
    body: () => [
      `The request for ${wanted(context)} client certificate ${what}${when}, and no ${isFirst(context.record) ? '' : 'new '}certificate has been accepted or deployed since. The desk usually answers within ${plural(deskWorkingDays, 'working day')}.`,
      `If the certificate has arrived, save the email and run:\n${typed(context, 'accept', 'ISSUED.eml')}`,
      otherwise,
      ...(lastSafeDay ? [lastDay(context, lastSafeDay)] : []),
      ...otherTrouble(context.told),
    ],
  });
}

/** The sentence that recorded it names the file or the person. */
const draftedWhere = ({ record }: ContactMessage) =>
  record.transitions.findLast(({ state }) => state === 'requested')?.reason ??
  'it is in the message that you were sent, or in the outbox';

const wanted = ({ record }: ContactMessage) => (isFirst(record) ? 'the first' : 'a new');

function lastDay({ now }: ContactMessage, lastSafeDay: Date): string {
  return londonDayOf(now) > londonDayOf(lastSafeDay)
    ? `The last day on which a request gave the desk the working days it needs was ${londonDay(lastSafeDay)}: please telephone the desk.`
    : `Last day on which a request gives the desk the working days it needs: ${londonDay(lastSafeDay)}`;
}

/** The process ended, or the connection was lost, after the request was handed over and before its acceptance was confirmed. */
export function renderUncertain(context: ContactMessage): Message {
  const messageId = context.record.messageId ?? 'unknown';
  const isReviewed = context.environment.renewal.mode !== 'send';
  return toContact(context, 'uncertain', {
    subject: 'Please find out whether a MESH certificate request was sent',
    body: () => [
      `Sending the request for ${wanted(context)} client certificate was interrupted, and it is not known whether the mail server accepted it. It will not be sent again automatically.`,
      `Request Message-ID: ${messageId}`,
      isReviewed
        ? 'It was addressed to you, to be sent on to the desk: look for it in your mailbox.'
        : "You can tell from your own copy of the request, or from that Message-ID in the mail server's log. Otherwise ask the desk.",
      ...urgency(context.told),
      `${isReviewed ? 'If you have it, send it to the desk, then run' : 'If it was sent, run'}:\n${typed(context, 'renewals resolve', '--sent')}`,
      `If it was not sent, run this, and it will be sent once more:\n${typed(context, 'renewals resolve', '--not-sent')}`,
      ...otherTrouble(context.told),
    ],
  });
}

/** The request could not be made, or the mail server does not take it. @param lastSafeDay - absent when it is for the first certificate */
export function renderUnsent(context: ContactMessage, lastSafeDay?: Date): Message {
  const { lastError } = context.record;
  const why = lastError === undefined ? '.' : `:\n${lastError}`;
  return toContact(context, 'unsent', {
    subject: 'A MESH certificate request could not be sent',
    body: () => [
      `The request for ${wanted(context)} client certificate has not gone to the certificate desk${why}`,
      firstStep(context.told, 'Put right what is named above.'),
      ...(lastSafeDay ? [lastDay(context, lastSafeDay)] : []),
      ...otherTrouble(context.told),
    ],
  });
}

/**
 * The new certificate is deployed.
 * @param elsewhere - names of other environments that still use the replaced one.
 */
export function renderClosing(
  context: ContactMessage,
  deployed: Certificate | undefined,
  elsewhere: readonly string[] = [],
): Message {
  const { acceptedAt } = context.record;
  const accepted = acceptedAt
    ? 'The new client certificate is deployed and MESH accepts it.'
    : 'The new client certificate is deployed and valid. No MESH handshake has confirmed it yet.';
  const others =
    elsewhere.length > 0
      ? `The replaced certificate is still deployed in ${elsewhere.join(', ')}: please deploy the new one there too.`
      : `There is nothing else to do${isQuiet(context.told) ? '' : ' for this renewal'}. Once nothing uses the replaced certificate it is no longer needed, nor is its key, unless the new certificate uses the same one.`;
  return toContact(context, 'closing', {
    subject: isFirst(context.record) ? 'MESH certificate deployed' : 'MESH certificate renewed',
    body: () => [
      `${accepted} ${isFirst(context.record) ? monitored(context) : `${restart(context)} ${others}`}`,
      ...(deployed ? [newLines(deployed)] : []),
      ...otherTrouble(context.told),
    ],
  });
}

const monitored = ({ environment }: Context) =>
  environment.renewal.mode === 'manual'
    ? 'It is now monitored. Its successor is not requested until somebody asks for it (`renewal.mode` is `manual`).'
    : 'It is now monitored, and will be renewed in time.';

/** What was seen is what is deployed: not what an application read when it was started. */
function restart({ record: { notAfter }, now }: Context): string {
  const end = notAfter ? `, which ${notAfter < now ? 'expired' : 'expires'} on ${londonDay(notAfter)}` : '';
  return `Restart or reload the application, if that has not been done: one that read its files when it was started still uses the replaced certificate${end}.`;
}

const newLines = ({ serial, fingerprintSha256, notAfter }: Certificate) => `New certificate serial number: ${serial}
New certificate SHA-256 fingerprint: ${fingerprintSha256}
New certificate expires: ${londonTime(notAfter)}`;

const typed = ({ configurationFile, environment }: Context, words: string, options: string) =>
  ourCommand(words, { configurationFile, environment: environment.name }, options);

interface Content {
  readonly subject: string;
  /** Paragraphs. */
  readonly body: (facts: Facts) => readonly string[];
  readonly enclosed?: Message['enclosed'];
}

function toContact(context: Context, kind: MessageKind, { subject, body, enclosed }: Content): Message {
  const { environment, from, record, now } = context;
  const facts = safeFacts(environment);
  // Once the new one is deployed, the replaced one may expire.
  const urgent = kind === 'closing' ? undefined : urgencyOf(record.notAfter, environment, now, context.told);
  return {
    messageId: messageIdFor(record, kind, from, occasionOf(record, kind)),
    about: facts.name,
    date: now,
    from: parseAddress('email.from', from),
    to: [facts.contact],
    cc: [],
    replyTo: facts.contact,
    subject: urgentSubject(
      urgent,
      `${subject}: ${facts.application}, ${facts.environment}, mailbox ${facts.mailboxId}`,
    ),
    text: [
      `Hello ${facts.contact.name},`,
      ...body(facts),
      replacedLines(facts, record, now),
      'mesh-cert-monitor\n',
    ].join('\n\n'),
    attachments: [],
    automatic: true,
    ...(enclosed ? { enclosed } : {}),
    ...(record.messageId && kind !== 'review' ? { inReplyTo: record.messageId } : {}),
  };
}

function replacedLines(facts: Facts, record: RenewalKey, now: Date): string {
  return `${whoseLines(facts)}
Common name: ${record.commonName}${replacedCertificate(record, now)}`;
}

function replacedCertificate({ serial, fingerprintSha256, notAfter }: RenewalKey, now: Date): string {
  if (!notAfter) return '';
  return `
Replaced certificate serial number: ${serial}
Replaced certificate SHA-256 fingerprint: ${fingerprintSha256}
Replaced certificate ${notAfter < now ? 'expired' : 'expires'}: ${londonTime(notAfter)}`;
}
