/** The CA bundle as it is to be deployed with a new certificate. */
import { distinct, looksSelfSigned, mayHaveIssued } from '../verify/issuers.ts';
import type { AssessmentPolicy } from '../verify/types.ts';
import type { Certificate } from '../x509/certificate.ts';

/**
 * Every certificate of the bundle once, for MESH's own server certificate may hang on those that the client's path does not use, ordered
 * by how far each is from its root. What stands level stays as it stood.
 */
export function orderBundle(bundle: readonly Certificate[], order: AssessmentPolicy['chainOrder']): Certificate[] {
  const certificates = distinct(bundle);
  const depths = depthsOf(certificates);
  const turn = order === 'root-first' ? 1 : -1;
  return certificates.toSorted((a, b) => turn * ((depths.get(a) ?? 0) - (depths.get(b) ?? 0)));
}

/** Steps from the top, by name. As many rounds as there are certificates settle every honest chain, and end circles of cross-certificates. */
function depthsOf(certificates: readonly Certificate[]): ReadonlyMap<Certificate, number> {
  const depths = new Map(certificates.map((each) => [each, 0]));
  const links = certificates
    .filter((each) => !looksSelfSigned(each))
    .flatMap((each) =>
      certificates
        .filter((issuer) => issuer !== each && mayHaveIssued(each, issuer))
        .map((issuer) => ({ issuer, each })),
    );
  for (let round = 0, changed = true; changed && round < certificates.length; round += 1) {
    changed = false;
    for (const { issuer, each } of links) {
      const deeper = Math.min((depths.get(issuer) ?? 0) + 1, certificates.length);
      if ((depths.get(each) ?? 0) >= deeper) continue;
      depths.set(each, deeper);
      changed = true;
    }
  }
  return depths;
}
