/** Root first, or leaf first. */
import {
  type AssessmentPolicy,
  depthsOf,
  distinct,
  type Link,
  looksSelfSigned,
  mayHaveIssued,
} from '../verify/index.ts';
import type { Certificate } from '../x509/index.ts';

/**
 * Every certificate of the bundle once, ordered by its distance from its root; at the same distance the order does not change. Certificates that
 * the client's path does not use are kept, because MESH's server certificate may depend on them.
 */
export function orderBundle(bundle: readonly Certificate[], order: AssessmentPolicy['chainOrder']): Certificate[] {
  const certificates = distinct(bundle);
  const depths = depthsOf(certificates, linksIn(certificates));
  const turn = order === 'root-first' ? 1 : -1;
  return certificates.toSorted((a, b) => turn * ((depths.get(a) ?? 0) - (depths.get(b) ?? 0)));
}

/** By name and key identifier: this decides the order in a file, not whom to trust. */
function linksIn(certificates: readonly Certificate[]): Link<Certificate>[] {
  return certificates
    .filter((issued) => !looksSelfSigned(issued))
    .flatMap((issued) =>
      certificates
        .filter((issuer) => issuer !== issued && mayHaveIssued(issued, issuer))
        .map((issuer) => ({ issuer, issued })),
    );
}
