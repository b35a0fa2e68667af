/** The client certificate that the server checks, as far as we can check it ourselves. */
import type { DeployedCredential } from '../../credential/index.ts';
import { looksSelfSigned, mayHaveIssued } from '../../verify/index.ts';
import type { Certificate } from '../../x509/index.ts';

export interface ClientFacts {
  readonly certificate: Certificate;
  /** The CA certificates above it that our files contain, level by level. A level has every certificate with that name and key. */
  readonly issuers: readonly (readonly Certificate[])[];
}

export function clientFacts({
  certificate,
  extraCertificates,
  bundle,
}: Pick<DeployedCredential, 'certificate' | 'extraCertificates' | 'bundle'>): ClientFacts | undefined {
  return certificate && { certificate, issuers: issuersOf(certificate, [...extraCertificates, ...bundle]) };
}

/** More than any real path has. A bundle can contain a loop. */
const deepest = 8;

function issuersOf(certificate: Certificate, known: readonly Certificate[]): Certificate[][] {
  const levels: Certificate[][] = [];
  let below = certificate;
  while (levels.length < deepest && !looksSelfSigned(below)) {
    const above = known.filter((each) => mayHaveIssued(below, each));
    if (!above[0]) break;
    levels.push(above);
    below = above[0];
  }
  return levels;
}

/** What our own dates say, by this machine's clock. Both ends of the validity period are included (RFC 5280 §4.1.2.5). */
export type Standing =
  | { readonly is: 'valid' | 'expired' | 'not yet valid' }
  | { readonly is: 'issuer expired' | 'issuer not yet valid'; readonly issuer: Certificate };

export function standingOf({ certificate, issuers }: ClientFacts, now: Date): Standing {
  if (certificate.notAfter < now) return { is: 'expired' };
  if (certificate.notBefore > now) return { is: 'not yet valid' };
  for (const level of issuers) {
    const [issuer] = level;
    if (!issuer || level.some(({ notBefore, notAfter }) => notBefore <= now && now <= notAfter)) continue;
    return { is: issuer.notAfter < now ? 'issuer expired' : 'issuer not yet valid', issuer };
  }
  return { is: 'valid' };
}
