import type { AssessedCertificate, Assessment } from '../verify/index.ts';

/** The last known dates. An operator needs them most when a file can no longer be read. */
export interface LastKnown {
  readonly certificates: readonly AssessedCertificate[];
  readonly expiresAt?: Date;
}

export const nothingKnown: LastKnown = { certificates: [] };

/** What is known after an assessment. Only a credential that was read completely replaces everything known before. */
export function lastKnownAfter(before: LastKnown, assessment: Assessment): LastKnown {
  const now: LastKnown = {
    certificates: assessment.certificates,
    ...(assessment.expiresAt ? { expiresAt: assessment.expiresAt } : {}),
  };
  if (assessment.checks.readable !== false) return now;
  const client = clientOf(now) ?? clientOf(before);
  const authorities = uniqueByFingerprint([...authoritiesOf(now), ...authoritiesOf(before)]);
  const expiresAt = sameClient(now, before) ? (before.expiresAt ?? now.expiresAt) : now.expiresAt;
  return { certificates: [...(client ? [client] : []), ...authorities], ...(expiresAt ? { expiresAt } : {}) };
}

/** If part of the bundle is missing, the path with the earliest date may be missing too. */
function sameClient(now: LastKnown, before: LastKnown): boolean {
  const current = clientOf(now)?.certificate.fingerprintSha256;
  return current === undefined || current === clientOf(before)?.certificate.fingerprintSha256;
}

const clientOf = ({ certificates }: LastKnown) => certificates.find(({ role }) => role === 'client');
const authoritiesOf = ({ certificates }: LastKnown) => certificates.filter(({ role }) => role !== 'client');

function uniqueByFingerprint(certificates: readonly AssessedCertificate[]): AssessedCertificate[] {
  const seen = new Map<string, AssessedCertificate>();
  for (const each of certificates) {
    const { fingerprintSha256 } = each.certificate;
    if (!seen.has(fingerprintSha256)) seen.set(fingerprintSha256, each);
  }
  return [...seen.values()];
}
