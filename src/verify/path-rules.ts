/**
 * RFC 5280 §6.1.3 and §6.1.4 for one candidate path, which name chaining and key identifiers have already put together.
 * The root is judged like the CAs below it (RFC 5937 §3 allows that, and OpenSSL does it): it stands in the bundle as a certificate.
 */
import type { FindingCode } from '../findings/index.ts';
import type { Certificate } from '../x509/index.ts';
import type { Allowance } from './issuers.ts';
import { dateOf, labelOf } from './label.ts';
import { violatedName } from './name-constraints.ts';

export interface PathFailure {
  readonly code: FindingCode;
  /** The certificate that is to blame. */
  readonly certificate: Certificate;
  readonly message: string;
}

/** Every reason why this path, client first, does not hold at `now`; the client's own validity is judged elsewhere. */
export function failuresOf(
  path: readonly Certificate[],
  complete: boolean,
  now: Date,
  comparisons: Allowance,
): PathFailure[] {
  const issuers = path.slice(1);
  return [
    ...issuers.flatMap((issuer, index) => issuerFailures(issuer, complete && index === issuers.length - 1, now)),
    ...pathLengthFailures(path),
    ...nameConstraintFailures(path, comparisons),
    ...path.flatMap(criticalExtensionFailures),
  ];
}

function issuerFailures(issuer: Certificate, isRoot: boolean, now: Date): PathFailure[] {
  const failures: PathFailure[] = [];
  const fail = (code: FindingCode, message: string) => failures.push({ code, certificate: issuer, message });
  // RFC 5280 §4.1.2.5: validity is inclusive at both ends.
  if (now > issuer.notAfter) fail('ca_expired', `${labelOf(issuer)} expired on ${dateOf(issuer.notAfter)}.`);
  if (now < issuer.notBefore)
    fail('ca_not_yet_valid', `${labelOf(issuer)} is not valid before ${dateOf(issuer.notBefore)}.`);
  if (!isCa(issuer, isRoot))
    fail('chain_not_a_ca', `${labelOf(issuer)} issued a certificate but is not a CA (${whyNotCa(issuer)}).`);
  // §6.1.4 (n): an extension that is absent restricts nothing.
  if (issuer.keyUsage && !issuer.keyUsage.usages.has('keyCertSign'))
    fail('chain_key_usage_invalid', `The key usage of ${labelOf(issuer)} does not include keyCertSign.`);
  return failures;
}

/** §6.1.4 (k). A trust anchor of version 1 has no extensions to say so, and is a CA because someone put it there (§6.1.1 (d)). */
function isCa(issuer: Certificate, isRoot: boolean): boolean {
  return issuer.basicConstraints?.ca === true || (isRoot && issuer.version < 3);
}

const whyNotCa = (issuer: Certificate) =>
  issuer.basicConstraints ? 'basic constraints say cA is false' : 'it has no basic constraints';

/** §6.1.4 (l), (m): self-issued certificates and the last one of the path do not count. */
function pathLengthFailures(path: readonly Certificate[]): PathFailure[] {
  return path.slice(1).flatMap((issuer, index) => {
    const limit = issuer.basicConstraints?.pathLength;
    const below = path.slice(1, index + 1).filter((each) => !each.selfIssued).length;
    if (limit === undefined || below <= limit) return [];
    const message = `${labelOf(issuer)} allows ${limit === 0 ? 'no CA' : `${limit} CAs at most`} below it, and this path has ${below}.`;
    return [{ code: 'chain_path_length_exceeded' as const, certificate: issuer, message }];
  });
}

/** §6.1.3 (b): a self-issued certificate is exempt unless it is the last of the path. */
function nameConstraintFailures(path: readonly Certificate[], comparisons: Allowance): PathFailure[] {
  return path.flatMap((certificate, index) => {
    if (index > 0 && certificate.selfIssued) return [];
    return path.slice(index + 1).flatMap((issuer) => {
      const violation = violatedName(certificate, issuer, index === 0, comparisons);
      if (violation === undefined) return [];
      const message = `${labelOf(issuer)} may not certify ${labelOf(certificate)}: ${violation}.`;
      return [{ code: 'chain_name_constraint_violated' as const, certificate, message }];
    });
  });
}

/** §6.1.4 (o), §6.1.5 (f): a critical extension that we do not process. */
function criticalExtensionFailures(certificate: Certificate): PathFailure[] {
  const oids = certificate.unhandledCriticalExtensions;
  if (oids.length === 0) return [];
  const message = `${labelOf(certificate)} has a critical extension that is not understood: ${oids.join(', ')}.`;
  return [{ code: 'chain_key_usage_invalid', certificate, message }];
}
