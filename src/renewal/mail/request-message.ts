/**
 * The request to the certificate desk, word for word, as data: no file, no clock, no connection. People at a service desk read these words,
 * so golden files lock them (test/renewal/mail/golden).
 */
import { createHash } from 'node:crypto';
import type { ResolvedEnvironment } from '../../config/index.ts';
import { plural } from '../../text/index.ts';
import { dayMs, lastWorkingDayBefore, londonDay, londonTime } from '../../time/index.ts';
import type { Certificate } from '../../x509/index.ts';
import type { RequestKey, Told } from '../types.ts';
import { contactLine, type Facts, safeFacts, urgencyOf, urgentSubject, whoseLines } from './facts.ts';
import { type Address, parseAddress, safeAddress, safeText } from './header-safety.ts';

export interface Attachment {
  readonly filename: string;
  readonly contentType: string;
  readonly content: Uint8Array;
}

export interface Message {
  /** With angle brackets. The same for the same request, however often it is rendered. */
  readonly messageId: string;
  /** The environment, as it is configured. */
  readonly about: string;
  readonly date: Date;
  readonly from: Address;
  /** Whom the message is for: unless one of these accepts it, it has not been sent. */
  readonly to: readonly Address[];
  readonly cc: readonly Address[];
  readonly replyTo: Address;
  readonly subject: string;
  /** Plain text, LF line ends. */
  readonly text: string;
  readonly attachments: readonly Attachment[];
  /** Nobody wrote it, and it goes to the contact alone (RFC 3834). Never of a request: a person is behind it, and ticket systems drop such mail. */
  readonly automatic?: true;
  /** A whole message, attached as `.eml`, ready to forward. */
  readonly enclosed?: { readonly filename: string; readonly message: Message };
  /** Message-ID of the message that this one follows up. */
  readonly inReplyTo?: string;
}

export interface CertificateRequest {
  readonly environment: ResolvedEnvironment;
  /** Sender, `address` or `Name <address>`. */
  readonly from: string;
  /** The deployed certificate, which is to be replaced; absent in the first request. */
  readonly certificate?: Certificate;
  readonly commonName: string;
  /** Why it is not the deployed certificate's name, as the end of a sentence; absent if it is. */
  readonly nameChanges?: string;
  readonly csrPem: string;
  readonly enclosures: readonly Attachment[];
  /** Why a person asks ahead of time, in their own words. */
  readonly reason?: string;
  /** What is wrong with the environment now. */
  readonly told?: Told;
  /** The same for the same request, however often it is sent: see `messageIdFor`. */
  readonly messageId: string;
  readonly now: Date;
}

export type MessageKind = 'request' | 'review' | 'reminder' | 'uncertain' | 'unsent' | 'closing';

/**
 * Derived, not random: if a message arrives twice, the desk and every mail system on the way can see that it is the same one.
 * @param occasion which of several messages of that kind; the request is a single message, however often it is tried.
 */
export function messageIdFor(key: RequestKey, kind: MessageKind, from: string, occasion = 0): string {
  const parts = [key.environment, key.fingerprintSha256, kind, occasion];
  const digest = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  const domain = parseAddress('email.from', from).address.split('@')[1];
  return `<${kind}.${digest.slice(0, 32)}@${domain}>`;
}

/**
 * The one message that goes to the desk, with a copy to the contact.
 * @throws {UnsafeMessageFieldError} when a configured value could add a header, a line or a recipient.
 */
export function renderRequest(request: CertificateRequest): Message {
  const { environment, messageId, from } = request;
  const facts = safeFacts(environment);
  return {
    messageId,
    about: facts.name,
    date: request.now,
    from: parseAddress('email.from', from),
    to: environment.renewal.desk.map((address) => ({ address: safeAddress('renewal.desk', address) })),
    cc: [facts.contact],
    replyTo: facts.contact,
    subject: urgentSubject(
      urgencyOf(request.certificate?.notAfter, environment, request.now, request.told),
      `MESH certificate ${request.certificate ? 'renewal request' : 'request'}: ${facts.application}, ${facts.environment}, mailbox ${facts.mailboxId}`,
    ),
    text: requestText(request, facts),
    attachments: [csrAttachment(request), ...request.enclosures.map(safeEnclosure)],
  };
}

function requestText(request: CertificateRequest, facts: Facts): string {
  const { enclosures } = request;
  const commonName = safeText('common name', request.commonName);
  return `Hello,

Please could you issue a ${request.certificate ? 'new ' : ''}MESH client certificate from the attached certificate signing request. ${whatItReplaces(request)}
${urgentLines(request)}
${whoseLines(facts)}
Common name: ${commonName}
Reason: ${reasonFor(request)}
${currentLines(request)}Contact: ${contactLine(facts)}

Attached:
${[`${commonName}.csr, the certificate signing request`, ...enclosures.map(({ filename }) => filename)].map((line) => `- ${line}`).join('\n')}

Please reply to ${facts.contact.address} with ${wanted(request)}, please say so in your reply or telephone ${facts.telephone}.

Please send certificates as .pem or .txt files, or in a .zip archive. Outlook blocks .cer and .crt attachments.

The certificate signing request, in case your system has removed the attachment:

${request.csrPem.trimEnd()}

Thank you,
${facts.contact.name}
${facts.application} (${facts.organisation === undefined ? '' : `${facts.organisation}, `}${facts.odsCode})
`;
}

/** A paragraph of its own, where the answer cannot wait its turn. */
function urgentLines({ certificate, environment, now, told }: CertificateRequest): string {
  if (!certificate) return '';
  const { deskWorkingDays } = environment.renewal;
  const cutOff = 'the mailbox is cut off until a new one is in place';
  switch (urgencyOf(certificate.notAfter, environment, now, told)) {
    case 'refused':
      return `\nThis is urgent. MESH refuses the current certificate: ${cutOff}.\n`;
    case 'expired':
      return `\nThis is urgent. MESH does not accept an expired certificate: ${cutOff}.\n`;
    case 'late':
      return `\nThis is urgent. Fewer than ${plural(deskWorkingDays, 'working day')} are left before the certificate expires on ${londonTime(certificate.notAfter)}. From then on ${cutOff}.\n`;
    case undefined:
      return '';
  }
}

function wanted({ certificate }: CertificateRequest): string {
  return certificate
    ? 'the new certificate and, if it has changed, the CA chain. If anything is missing, or the common name is not the one you have on record'
    : 'the certificate and the CA chain. If anything is missing, or the mailbox has a certificate on record already';
}

/** Nothing for a first certificate: there is none to name. */
function currentLines({ certificate, reason, now }: CertificateRequest): string {
  if (!certificate) return '';
  const { serial, fingerprintSha256, notAfter } = certificate;
  return `Current certificate serial number: ${serial}
Current certificate SHA-256 fingerprint: ${fingerprintSha256}
Current certificate ${notAfter < now ? 'expired' : 'expires'}: ${londonTime(notAfter)}
New certificate needed by: ${neededBy(notAfter, reason, now)}
`;
}

/** Tells the desk the plain facts: when the certificate expires, and whether the name stays the same. */
function whatItReplaces(request: CertificateRequest): string {
  const { certificate, commonName, nameChanges, now } = request;
  if (!certificate) return 'This is a first request, not a renewal: we do not have a certificate for this mailbox yet.';
  const ending = endingOf(certificate, now);
  const state = {
    expired: `The current certificate expired on ${londonDay(certificate.notAfter)}`,
    soon: 'The current certificate is about to expire',
    later: 'The current certificate needs to be replaced before it expires',
  }[ending];
  if (nameChanges === undefined) return `${state}; this is a renewal under the common name on record.`;
  const old = nameOf(certificate);
  return `${state}. It has ${old}; please issue the new one as ${commonName}, because ${nameChanges}.`;
}

/** It is whatever is in the certificate, and may not be fit for a message. */
function nameOf({ subject: { commonName } }: Certificate): string {
  if (commonName === undefined) return 'no common name';
  return /^[\x20-\x7e]{1,64}$/.test(commonName.raw())
    ? `the common name ${commonName}`
    : 'a common name that cannot be written here';
}

function reasonFor({ reason, certificate, now }: CertificateRequest): string {
  if (reason !== undefined) return safeText('reason', reason);
  if (!certificate) return 'first certificate of a new MESH API client';
  return {
    expired: 'current certificate has expired',
    soon: 'current certificate is about to expire',
    later: 'renewal before the current certificate expires',
  }[endingOf(certificate, now)];
}

/** Longer than any usual window: anyone who asks earlier has another reason. */
const soonMs = 90 * dayMs;

function endingOf({ notAfter }: Certificate, now: Date): 'expired' | 'soon' | 'later' {
  if (notAfter < now) return 'expired';
  return notAfter.getTime() - now.getTime() <= soonMs ? 'soon' : 'later';
}

/** The last full working day before the expiry. There is none if that is today or in the past, or if there is another reason. */
function neededBy(notAfter: Date, reason: string | undefined, now: Date): string {
  const last = lastWorkingDayBefore(notAfter);
  return last > now && reason === undefined ? londonDay(last) : 'as soon as possible';
}

function csrAttachment({ commonName, csrPem }: CertificateRequest): Attachment {
  if (!/^-----BEGIN CERTIFICATE REQUEST-----\n[A-Za-z0-9+/=\n]+-----END CERTIFICATE REQUEST-----\n?$/.test(csrPem))
    throw new Error('the attachment for the desk is not one PEM certificate request');
  return { filename: `${commonName}.csr`, contentType: 'application/pkcs10', content: Buffer.from(csrPem) };
}

function safeEnclosure(enclosure: Attachment): Attachment {
  safeText('renewal.enclose', enclosure.filename);
  return enclosure;
}
