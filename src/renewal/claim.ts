/**
 * Which renewals concern an environment in addition to those under its own name. A certificate is requested only once, however many
 * environments use it and whatever their names are. Pure.
 */
import { createHash } from 'node:crypto';
import type { ResolvedEnvironment } from '../config/index.ts';
import type { Certificate } from '../x509/index.ts';
import type { RenewalRecord, StoredRenewal, Subject } from './types.ts';

export interface Records {
  /** Every record under the environment's name, oldest first. */
  readonly records: readonly StoredRenewal[];
  /** Under other names: of the same certificate, and the open ones for the same mailbox. */
  readonly related: readonly StoredRenewal[];
  /** Every name in the configuration. */
  readonly names: ReadonlySet<string>;
}

export function subjectOf({ mesh, preset }: ResolvedEnvironment): Subject {
  return { mailboxId: mesh.mailboxId.toUpperCase(), mesh: preset ?? mesh.url };
}

/** Left behind by an environment that now has a different name, even if only the case has changed. */
export function abandoned(
  { records, related, names }: Records,
  certificate: Certificate | undefined,
  fingerprintSha256: string,
): StoredRenewal | undefined {
  return related.find(
    (record) =>
      !names.has(record.environment) &&
      record.state !== 'sending' &&
      (!record.closedAt || wasAsked(record)) &&
      !records.some((own) => own.fingerprintSha256 === record.fingerprintSha256) &&
      (record.fingerprintSha256 === fingerprintSha256 || (certificate !== undefined && replaces(certificate, record))),
  );
}

/** What another environment has requested, or is about to request, for the same certificate. */
export function shared({ related }: Records, fingerprintSha256: string): StoredRenewal | undefined {
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
  const { issuedFingerprintSha256, keyFile, keyPlace, notAfter, spkiSha256 } = record;
  if (certificate.fingerprintSha256 === issuedFingerprintSha256) return true;
  const hasItsKey = createHash('sha256').update(certificate.publicKey.spki).digest('hex') === spkiSha256;
  const hasOwnKey = keyFile !== undefined || keyPlace !== undefined;
  return hasItsKey && (hasOwnKey || !notAfter || certificate.notAfter >= notAfter);
}
