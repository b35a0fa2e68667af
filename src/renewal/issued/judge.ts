/** Is this the certificate that was asked for? Pure: the assessment that is passed in says whether MESH would accept it. */
import { plural, quoted } from '../../text/index.ts';
import { dayMs, londonTime, minuteMs } from '../../time/index.ts';
import { type Assessment, invalidates } from '../../verify/index.ts';
import { type Certificate, nameOf, spkiSha256Of } from '../../x509/index.ts';
import type { RenewalRecord } from '../types.ts';
import { isAboutPath, pathReason, type Received, wrongEnvironment } from './untrusted.ts';

export interface IssuedVerdict {
  /** Why it must not be used; empty if it is accepted. Each says exactly what is wrong. */
  readonly reasons: readonly string[];
  /** What a person should know even so. */
  readonly notes: readonly string[];
}

export const spkiSha256 = ({ publicKey }: Certificate): string => spkiSha256Of(publicKey.spki);

/** If a file has several certificates: the one with our key, or else the first that is not a CA, or else the first. */
export function pickIssued(certificates: readonly Certificate[], record: RenewalRecord): Certificate | undefined {
  return (
    certificates.find((each) => spkiSha256(each) === record.spkiSha256) ??
    certificates.find((each) => !each.basicConstraints?.ca) ??
    certificates[0]
  );
}

/** @param assessment of the credential as it would be deployed: this certificate, the pending key, the bundle. */
export function judgeIssued(received: Received, record: RenewalRecord, assessment: Assessment): IssuedVerdict {
  const { issued } = received;
  if (issued.fingerprintSha256 === record.fingerprintSha256)
    return { reasons: ['this is the certificate that is being replaced, not a new one'], notes: [] };

  const ours = spkiSha256(issued) === record.spkiSha256;
  const wrong = wrongEnvironment(received);
  const { reasons, notes } = judgeAssessment(assessment, ours, received, wrong !== undefined);
  return {
    reasons: [
      ...(wrong === undefined ? [] : [wrong]),
      ...judgeKey(issued, record, ours),
      ...judgeName(issued, record),
      ...judgeEnd(issued, record),
      ...reasons,
    ],
    notes: [...notes, ...judgeMailbox(received, record), ...judgeLifetime(issued, assessment)],
  };
}

function judgeKey(issued: Certificate, record: RenewalRecord, ours: boolean): string[] {
  if (ours) return [];
  if (issued.basicConstraints?.ca) return ['this is a CA certificate, not the one that was asked for'];
  const keys = `the SHA-256 of its public key is ${spkiSha256(issued)}, but the request's is ${record.spkiSha256}`;
  return [`it was not issued for the pending request: ${keys}`];
}

/** Names only: the CA adds its own O and OU to a request that has only a CN. */
function judgeName(issued: Certificate, record: RenewalRecord): string[] {
  const { commonName } = issued.subject;
  if (commonName?.raw().toLowerCase() === record.commonName.raw().toLowerCase()) return [];
  const has = commonName === undefined ? 'has no common name' : `has the common name ${quoted(commonName)}`;
  return [`it ${has}; the request was for ${quoted(record.commonName)}`];
}

/** Of an environment that shares the certificate, the mailbox is usually another one. */
function judgeMailbox({ environment: { name, mesh } }: Received, { environment, mailboxId }: RenewalRecord): string[] {
  const now = mesh.mailboxId.toUpperCase();
  if (environment !== name || mailboxId === undefined || mailboxId === now) return [];
  return [
    `it was requested for mailbox ${mailboxId}, and ${name} has ${now} now: ask the desk whether it may be used for that one`,
  ];
}

function judgeEnd(issued: Certificate, record: RenewalRecord): string[] {
  if (!record.notAfter || issued.notAfter > record.notAfter) return [];
  return [
    `it expires on ${londonTime(issued.notAfter)}, no later than the certificate that it replaces (${londonTime(record.notAfter)})`,
  ];
}

function judgeAssessment(assessment: Assessment, ours: boolean, received: Received, isWrongPki: boolean) {
  const apart = assessment.findings.filter(
    (each) =>
      // With another key there is no match and no meaningful rehearsal: one reason is enough for that.
      (ours || (each.code !== 'key_mismatch' && each.code !== 'verifiers_disagree')) &&
      !(isWrongPki && isAboutPath(each)),
  );
  // If OpenSSL refuses what our own validation accepts, or gives no verdict, OpenSSL decides, as it does for MESH.
  const against = apart.filter((each) => invalidates(each) || withoutOpenSsl.has(each.code));
  return {
    reasons: against.map((each) =>
      isAboutPath(each) ? pathReason(each, received, assessment) : `${each.message} ${each.remedy}`,
    ),
    // The files that are written have the right order, so nobody needs to be told.
    notes: apart
      .filter((each) => !against.includes(each) && each.severity !== 'info' && each.code !== 'chain_order_wrong')
      .map(({ message }) => message),
  };
}

const withoutOpenSsl: ReadonlySet<string> = new Set(['verifiers_disagree', 'rehearsal_without_verdict']);
const longestName = 80;

/** The NHS CA issues for three years and 30 minutes, or until the CA itself expires. */
const usualLifetimeMs = 3 * 365 * dayMs;

function judgeLifetime(issued: Certificate, { certificates, path }: Assessment): string[] {
  const lifetimeMs = issued.notAfter.getTime() - issued.notBefore.getTime();
  if (lifetimeMs >= usualLifetimeMs) return [];
  const days = Math.floor(lifetimeMs / dayMs);
  const authority = certificates
    .filter(({ role, certificate }) => role !== 'client' && path.includes(certificate.fingerprintSha256))
    .find(({ certificate }) => Math.abs(certificate.notAfter.getTime() - issued.notAfter.getTime()) < 30 * minuteMs);
  const why = authority
    ? `it was shortened to end with ${nameOf(authority.certificate.subject, longestName)}; you will need the chain of that CA's successor`
    : 'three years is usual; ask the desk whether this is intended';
  return [`it is valid for only ${plural(days, 'day')}: ${why}`];
}
