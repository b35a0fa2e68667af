/** Who may have issued whom, by name and key identifier, with a limit on the work of finding out. */
import type { Allowance } from '../limits/index.ts';
import type { Certificate, PublicKeyFacts } from '../x509/index.ts';
import { signed } from './signatures.ts';

/** RFC 5280 §6.1.3 (a)(4): the issuer's subject is the certificate's issuer, compared as §7.1 says. */
export const namesIssuer = (certificate: Certificate, issuer: Certificate): boolean =>
  certificate.issuer.canonical === issuer.subject.canonical;

/** RFC 5280 §4.2.1.1: where both certificates give a key identifier, it distinguishes generations of one CA. */
export const keyIdentifiersAgree = (certificate: Certificate, issuer: Certificate): boolean =>
  certificate.authorityKeyIdentifier === undefined ||
  issuer.subjectKeyIdentifier === undefined ||
  certificate.authorityKeyIdentifier === issuer.subjectKeyIdentifier;

/** By name and key identifier; the path checks whether its key made the signature. */
export const mayHaveIssued = (certificate: Certificate, issuer: Certificate): boolean =>
  namesIssuer(certificate, issuer) && keyIdentifiersAgree(certificate, issuer);

/** By name and key identifier; the path checks whether its own key signed it. */
export const looksSelfSigned = (certificate: Certificate): boolean => mayHaveIssued(certificate, certificate);

/** The certificate and those above it, by name and key identifier, as far as they are here. */
export function pathUp(own: Certificate, certificates: readonly Certificate[]): Certificate[] {
  const path = [own];
  for (;;) {
    const below = path.at(-1) ?? own;
    if (looksSelfSigned(below)) return path;
    const above = certificates.find((each) => !path.includes(each) && mayHaveIssued(below, each));
    if (!above) return path;
    path.push(above);
  }
}

/** The first of each, in their order. */
export function distinct(certificates: readonly Certificate[]): Certificate[] {
  const known = new Set<string>();
  return certificates.filter(({ fingerprintSha256 }) => !known.has(fingerprintSha256) && known.add(fingerprintSha256));
}

/**
 * Whether `issuer`'s key signed `certificate`. Each question takes from the allowance, and when nothing is left the answer is no: a
 * bundle can contain hundreds of CAs of one name, but nobody puts together one that needs more.
 */
export const signedWithin = (work: Allowance, certificate: Certificate, issuer: Certificate): boolean =>
  work.spend(costOf(issuer.publicKey)) && signed(certificate, issuer);

/** In tenths of a millisecond, roughly: OpenSSL is quick only with the usual keys. */
function costOf({ algorithm, bits, curve }: PublicKeyFacts): number {
  const usual = curve === 'prime256v1' || algorithm === 'Ed25519' || (algorithm === 'RSA' && bits <= 4096);
  return usual ? 1 : 20;
}
