/** Who may have issued whom, by name and key identifier, with a bound on the signatures that are verified to find out. */
import type { Certificate } from '../x509/certificate.ts';
import { signed } from './signatures.ts';

/** RFC 5280 §6.1.3 (a)(4): the issuer's subject is the certificate's issuer, compared as §7.1 says. */
export const namesIssuer = (certificate: Certificate, issuer: Certificate): boolean =>
  certificate.issuer.canonical === issuer.subject.canonical;

/** RFC 5280 §4.2.1.1: where both sides give a key identifier, it tells the generations of one CA apart. */
export const keyIdentifiersAgree = (certificate: Certificate, issuer: Certificate): boolean =>
  certificate.authorityKeyIdentifier === undefined ||
  issuer.subjectKeyIdentifier === undefined ||
  certificate.authorityKeyIdentifier === issuer.subjectKeyIdentifier;

export const mayHaveIssued = (certificate: Certificate, issuer: Certificate): boolean =>
  namesIssuer(certificate, issuer) && keyIdentifiersAgree(certificate, issuer);

/** By name and key identifier; whether its own key signed it is a matter for the path. */
export const looksSelfSigned = (certificate: Certificate): boolean => mayHaveIssued(certificate, certificate);

/** The first of each, in their order. */
export function distinct(certificates: readonly Certificate[]): Certificate[] {
  const known = new Set<string>();
  return certificates.filter(({ fingerprintSha256 }) => !known.has(fingerprintSha256) && known.add(fingerprintSha256));
}

/**
 * A CA may be in a bundle a thousand times under one name. Each question "did this key sign that" takes one from the allowance, and
 * when nothing is left the answer is no: a bundle that needs more is not one that a person put together.
 */
export class Allowance {
  #left: number;

  constructor(verifications: number) {
    this.#left = verifications;
  }

  get spent(): boolean {
    return this.#left <= 0;
  }

  signed(certificate: Certificate, issuer: Certificate): boolean {
    if (this.spent) return false;
    this.#left -= 1;
    return signed(certificate, issuer);
  }
}
