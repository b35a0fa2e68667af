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
 * Every certificate of the bundle once, for MESH's own server certificate may hang on those that the client's path does not use, ordered
 * by how far each is from its root. What stands level stays as it stood.
 */
export function orderBundle(bundle: readonly Certificate[], order: AssessmentPolicy['chainOrder']): Certificate[] {
  const certificates = distinct(bundle);
  const depths = depthsOf(certificates, linksIn(certificates));
  const turn = order === 'root-first' ? 1 : -1;
  return certificates.toSorted((a, b) => turn * ((depths.get(a) ?? 0) - (depths.get(b) ?? 0)));
}

/** By name and key identifier: it is an order to stand in, not a path to trust. */
function linksIn(certificates: readonly Certificate[]): Link<Certificate>[] {
  return certificates
    .filter((issued) => !looksSelfSigned(issued))
    .flatMap((issued) =>
      certificates
        .filter((issuer) => issuer !== issued && mayHaveIssued(issued, issuer))
        .map((issuer) => ({ issuer, issued })),
    );
}
