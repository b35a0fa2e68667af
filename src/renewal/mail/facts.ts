/** Everything from the configuration that a message quotes, and whether there is still time. */
import type { ResolvedEnvironment } from '../../config/index.ts';
import { isTooLateToAsk } from '../../time/index.ts';
import type { Told } from '../types.ts';
import { type Address, safeAddress, safeText } from './header-safety.ts';

export interface Facts {
  readonly application: string;
  readonly odsCode: string;
  /** Its name; NHS England's forms ask for it beside the code. */
  readonly organisation?: string;
  /** As configured. */
  readonly name: string;
  /** The name, with MESH's environment if the name does not say it: the desk knows only those. */
  readonly environment: string;
  readonly mailboxId: string;
  readonly contact: Address & { readonly name: string };
  readonly telephone: string;
}

/** Everything from the configuration that a message quotes, checked to stay on its own line. */
export function safeFacts(environment: ResolvedEnvironment): Facts {
  const name = safeText('environment name', environment.name);
  const { preset } = environment;
  return {
    name,
    application: safeText('application', environment.application),
    odsCode: safeText('ods_code', environment.odsCode),
    ...(environment.organisation === undefined
      ? {}
      : { organisation: safeText('organisation', environment.organisation) }),
    environment: preset && !name.toLowerCase().includes(preset) ? `${name} (MESH ${preset})` : name,
    // MESH writes mailbox IDs in upper case, and so does the desk's register.
    mailboxId: safeText('mesh.mailbox_id', environment.mesh.mailboxId).toUpperCase(),
    contact: {
      name: safeText('contact.name', environment.contact.name),
      address: safeAddress('contact.email', environment.contact.email),
    },
    telephone: safeText('contact.telephone', environment.contact.telephone),
  };
}

export function contactLine({ contact, telephone }: Facts): string {
  return `${contact.name}, ${contact.address}, telephone ${telephone}`;
}

/** The lines that say whose mailbox it is. */
export function whoseLines({ application, environment, mailboxId, odsCode, organisation }: Facts): string {
  return [
    `Application: ${application}`,
    ...(organisation === undefined ? [] : [`Organisation: ${organisation}`]),
    `Organisation ODS code: ${odsCode}`,
    `Environment: ${environment}`,
    `Mailbox ID: ${mailboxId}`,
  ].join('\n');
}

/**
 * `expired`, and `refused` by MESH for another reason: the connection is down. `late`: it will be, before the desk has had the working days that it
 * needs.
 */
export type Urgency = 'expired' | 'refused' | 'late';

/** @param notAfter - absent when the request is for the first certificate: nothing stops working while it is not there. */
export function urgencyOf(
  notAfter: Date | undefined,
  { renewal }: Pick<ResolvedEnvironment, 'renewal'>,
  now: Date,
  told?: Told,
): Urgency | undefined {
  if (!notAfter) return undefined;
  if (notAfter < now) return 'expired';
  if (isRefused(told)) return 'refused';
  return isTooLateToAsk(notAfter, renewal.deskWorkingDays, now) ? 'late' : undefined;
}

/** Of the reasons of a failed handshake: no other has to do with the certificate. */
const refusals: readonly (string | undefined)[] = [
  'client_certificate_rejected',
  'client_certificate_revoked',
  'client_certificate_expired',
];

const isRefused = (told: Told | undefined): boolean =>
  told?.cause?.code === 'handshake_failed' && refusals.includes(told.cause.reason);

/** People at a service desk sort by subject. */
export const urgentSubject = (urgency: Urgency | undefined, subject: string): string =>
  urgency === undefined ? subject : `URGENT: ${subject}`;
