/** Who may have issued whom, by name and key identifier, with a bound on the work of finding out. */
import type { Certificate, PublicKeyFacts } from '../x509/index.ts';
import { signed } from './signatures.ts';

/** RFC 5280 §6.1.3 (a)(4): the issuer's subject is the certificate's issuer, compared as §7.1 says. */
export const namesIssuer = (certificate: Certificate, issuer: Certificate): boolean =>
  certificate.issuer.canonical === issuer.subject.canonical;

/** RFC 5280 §4.2.1.1: where both sides give a key identifier, it tells the generations of one CA apart. */
export const keyIdentifiersAgree = (certificate: Certificate, issuer: Certificate): boolean =>
  certificate.authorityKeyIdentifier === undefined ||
  issuer.subjectKeyIdentifier === undefined ||
  certificate.authorityKeyIdentifier === issuer.subjectKeyIdentifier;

/** By name and key identifier; whether its key made the signature is a matter for the path. */
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
 * A CA may be in a bundle a thousand times under one name. Each question "did this key sign that" takes from the allowance, and
 * when nothing is left the answer is no: a bundle that needs more is not one that a person put together.
 */
export class Allowance {
  #left: number;

  constructor(units: number) {
    this.#left = units;
  }

  /** @returns whether that much was left; if not, nothing is from here on */
  spend(units: number): boolean {
    this.#left -= units;
    return this.#left >= 0;
  }

  /** Whether something was already turned down. */
  get isSpent(): boolean {
    return this.#left < 0;
  }

  signed(certificate: Certificate, issuer: Certificate): boolean {
    return this.spend(costOf(issuer.publicKey)) && signed(certificate, issuer);
  }
}

/** In tenths of a millisecond, roughly: OpenSSL is quick with the usual keys alone. */
function costOf({ algorithm, bits, curve }: PublicKeyFacts): number {
  const usual = curve === 'prime256v1' || algorithm === 'Ed25519' || (algorithm === 'RSA' && bits <= 4096);
  return usual ? 1 : 20;
}
