/** What the contact is told about an expiry, in stages, whether or not there is a renewal. Pure, like the other messages. */
import { createHash } from 'node:crypto';
import type { ResolvedEnvironment } from '../../config/index.ts';
import { plural } from '../../text/index.ts';
import { daysUntil, londonTime } from '../../time/index.ts';
import type { Told } from '../types.ts';
import { safeFacts, whoseLines } from './facts.ts';
import { parseAddress } from './header-safety.ts';
import type { Message } from './request-message.ts';

export interface ExpiryNotice {
  readonly environment: ResolvedEnvironment;
  /** Sender, `address` or `Name <address>`. */
  readonly from: string;
  /** The certificate on the path that expires first. */
  readonly certificate: {
    readonly role: 'client' | 'intermediate' | 'root';
    readonly subject: string;
    readonly serial: string;
    readonly fingerprintSha256: string;
    readonly notAfter: Date;
  };
  /** Days before expiry. */
  readonly stage: number;
  /** The renewal's state as a sentence. */
  readonly renewal: string;
  readonly told: Told;
  readonly now: Date;
}

/**
 * @returns the same Message-ID for the same stage, certificate and contact
 * @throws {UnsafeMessageFieldError} when a configured value could add a header, a line or a recipient.
 */
export function renderExpiry(notice: ExpiryNotice): Message {
  const { certificate, environment, from, now, renewal, stage, told } = notice;
  const facts = safeFacts(environment);
  const { fingerprintSha256, notAfter, serial } = certificate;
  const digest = createHash('sha256').update(JSON.stringify([facts.contact.address, fingerprintSha256, stage]));
  const sender = parseAddress('email.from', from);
  const over = notAfter <= now;
  return {
    messageId: `<expiry.${digest.digest('hex').slice(0, 32)}@${sender.address.split('@')[1]}>`,
    about: facts.name,
    date: now,
    from: sender,
    to: [facts.contact],
    cc: [],
    replyTo: facts.contact,
    subject: `MESH certificate ${over ? 'has expired' : `expires in ${plural(daysUntil(notAfter, now), 'day')}`}: ${facts.application}, ${facts.environment}, mailbox ${facts.mailboxId}`,
    text: [
      `Hello ${facts.contact.name},`,
      `${whose(certificate)} of ${facts.application} in ${facts.environment} ${over ? 'expired' : 'expires'} on ${londonTime(notAfter)}. ${over ? '' : 'From then on, '}MESH will not accept connections for mailbox ${facts.mailboxId}.`,
      `The renewal: ${renewal}`,
      ...(told.cause ? [`What to do first: ${told.lastingAction}`] : []),
      ...(told.cause && told.command ? [told.command] : []),
      `${whoseLines(facts)}
Certificate subject: ${certificate.subject}
Certificate serial number: ${serial}
Certificate SHA-256 fingerprint: ${fingerprintSha256}
Certificate ${over ? 'expired' : 'expires'}: ${londonTime(notAfter)}`,
      'mesh-cert-monitor\n',
    ].join('\n\n'),
    attachments: [],
    automatic: true,
  };
}

const whose = ({ role }: ExpiryNotice['certificate']) =>
  role === 'client' ? 'The client certificate' : `The ${role} CA certificate that the client certificate needs`;
