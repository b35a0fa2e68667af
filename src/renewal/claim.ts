/**
 * Which renewals concern an environment in addition to those under its own name. A certificate is requested only once, however many
 * environments use it and whatever their names are. Pure.
 */
import type { ResolvedEnvironment } from '../config/index.ts';
import { type Certificate, spkiSha256Of } from '../x509/index.ts';
import type { RenewalRecord, StoredRenewal, Subject } from './types.ts';

export interface Records {
  /** Every record under the environment's name, oldest first. */
  readonly records: readonly StoredRenewal[];
  /** Under other names: of the same certificate, and the open ones for the same mailbox. */
  readonly related: readonly StoredRenewal[];
  /** Every name in the configuration. */
  readonly names: ReadonlySet<string>;
  /** By name, what the environments of the configuration are for; absent: not known. */
  readonly subjects?: ReadonlyMap<string, Subject>;
}

export function subjectOf({ mesh, preset }: ResolvedEnvironment): Subject {
  return { mailboxId: mesh.mailboxId.toUpperCase(), mesh: preset ?? mesh.url };
}

/** Recorded for another mailbox: the environment had another one then, or its name was another environment's. An address of MESH may change. */
export function isAnothers({ mailboxId, mesh }: RenewalRecord, subject: Subject): boolean {
  if (mailboxId === undefined || mesh === undefined) return false;
  return mailboxId !== subject.mailboxId || (mesh !== subject.mesh && ![mesh, subject.mesh].some(isAddress));
}

/** Whether a renewal under its name is its own: also one from before its mailbox was changed, once what answered it is deployed. */
export const concerns = (record: RenewalRecord, environment: ResolvedEnvironment, deployed: Certificate): boolean =>
  !isAnothers(record, subjectOf(environment)) || isProvenAnswer(deployed, record);

const isAddress = (mesh: string) => mesh.includes('://');

/** Whether no environment of that name has its mailbox any more. */
function isLeft(record: StoredRenewal, { names, subjects }: Records): boolean {
  if (!names.has(record.environment)) return true;
  const holder = subjects?.get(record.environment);
  return holder !== undefined && isAnothers(record, holder);
}

/** Left behind by an environment that now has a different name, even if only the case has changed, or that has exchanged names with another. */
export function abandoned(
  { environment, ...claimed }: Records & { readonly environment: ResolvedEnvironment },
  certificate: Certificate | undefined,
  fingerprintSha256: string,
): StoredRenewal | undefined {
  const { names, records, related } = claimed;
  const subject = subjectOf(environment);
  return related.find(
    (record) =>
      isLeft(record, claimed) &&
      (!names.has(record.environment) || !isAnothers(record, subject)) &&
      record.state !== 'sending' &&
      (!record.closedAt || wasAsked(record)) &&
      !records.some((own) => own.fingerprintSha256 === record.fingerprintSha256) &&
      (record.fingerprintSha256 === fingerprintSha256 || (certificate !== undefined && replaces(certificate, record))),
  );
}

/** What another environment has requested, or is about to request, for the same certificate. */
export function shared({ related }: Pick<Records, 'related'>, fingerprintSha256: string): StoredRenewal | undefined {
  const same = related.filter((record) => record.fingerprintSha256 === fingerprintSha256);
  return same.find(wasAsked) ?? same.find(({ closedAt }) => !closedAt);
}

/** Whether the desk has the request, or may have it. */
export function wasAsked({ state, requestedAt, bodyBegunAt, issuedFingerprintSha256: issued }: RenewalRecord): boolean {
  if (state === 'deployed') return [requestedAt, bodyBegunAt, issued].some((each) => each !== undefined);
  return ['sending', 'requested', 'uncertain', 'issued'].includes(state);
}

/** The certificate that was issued for the request, or any that expires later than the old one: it may have been renewed by hand. If there was none before, any. */
export function replaces(certificate: Certificate, record: RenewalRecord): boolean {
  return !record.notAfter || certificate.notAfter > record.notAfter || answers(certificate, record);
}

/** Whether it was issued for this request. The deployed key proves that only of a certificate that lasts as long. */
export function answers(certificate: Certificate, record: RenewalRecord): boolean {
  const { notAfter } = record;
  if (isProvenAnswer(certificate, record)) return true;
  return hasItsKey(certificate, record) && (!notAfter || certificate.notAfter >= notAfter);
}

/** By `accept`, or by a key that was made for this request: nobody else can have it. */
function isProvenAnswer(certificate: Certificate, record: RenewalRecord): boolean {
  const { issuedFingerprintSha256, keyFile, keyPlace } = record;
  if (certificate.fingerprintSha256 === issuedFingerprintSha256) return true;
  return (keyFile ?? keyPlace) !== undefined && hasItsKey(certificate, record);
}

const hasItsKey = ({ publicKey }: Certificate, { spkiSha256 }: RenewalRecord): boolean =>
  spkiSha256Of(publicKey.spki) === spkiSha256;
