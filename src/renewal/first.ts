/** The request for the first certificate of an environment: there is no certificate to name it by. Pure. */
import { createHash } from 'node:crypto';
import type { ResolvedEnvironment } from '../config/index.ts';
import type { Certificate } from '../x509/index.ts';
import { subjectOf } from './claim.ts';
import type { RenewalFacts } from './decision.ts';
import type { RenewalRecord, RenewalStatus, RequestKey } from './types.ts';

const prefix = 'first-';

/** In the place of a fingerprint: the same for the same mailbox in the same MESH environment, whatever the environment is called here. */
export function firstKey(environment: ResolvedEnvironment): RequestKey {
  const { mailboxId, mesh } = subjectOf(environment);
  const digest = createHash('sha256')
    .update(JSON.stringify([mailboxId, mesh]))
    .digest('hex');
  return { environment: environment.name, fingerprintSha256: `${prefix}${digest.slice(0, 16)}` };
}

/** By what a request is known that is made now. @param certificate - the one that is deployed. */
export function keyFor(environment: ResolvedEnvironment, certificate: Certificate | undefined): RequestKey {
  if (!certificate) return firstKey(environment);
  return { environment: environment.name, fingerprintSha256: certificate.fingerprintSha256 };
}

export const isFirst = ({ fingerprintSha256 }: Pick<RequestKey, 'fingerprintSha256'>): boolean =>
  fingerprintSha256.startsWith(prefix);

/**
 * Whether an environment without a certificate waits for its first. Never merely because a file is missing: where a certificate was ever seen,
 * or something else than the lack of files keeps it from being read, it is broken.
 */
export function standingOfFirst(
  { environment, assessment, credential, records, related }: RenewalFacts,
  record: RenewalRecord | undefined,
): RenewalStatus['first'] {
  const isThere = assessment?.certificates.some(({ role }) => role === 'client');
  if (isThere || !environment.credential) return undefined;
  if ([...records, ...related].some(hadCertificate)) return undefined;
  const missing = credential?.missing ?? [];
  if (!missing.includes('certificate') && !missing.includes('keystore')) return undefined;
  if (record || environment.awaitingFirstCertificate) return 'awaited';
  if (environment.renewal.desk.length === 0) return undefined;
  return missing.includes('privateKey') || missing.includes('keystore') ? 'not_requested' : undefined;
}

/** Whether a certificate was seen deployed, by what is on record. */
const hadCertificate = (record: RenewalRecord): boolean =>
  !isFirst(record) || record.state === 'deployed' || record.successorFingerprintSha256 !== undefined;
