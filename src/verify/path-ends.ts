/** Why the search for a path ended before a root, in words. */
import { limits } from '../limits/index.ts';
import { counted } from '../text/index.ts';
import type { Certificate } from '../x509/index.ts';
import { keyIdentifiersAgree, looksSelfSigned, mayHaveIssued, namesIssuer } from './issuers.ts';
import { dateOf, hexOf, labelOf, nameOf } from './label.ts';
import type { Failure } from './rules/rule.ts';

/** RFC 5280 §6.1.3 (a)(1). */
export function wrongSignature(certificate: Certificate, issuer: Certificate): Failure {
  const identifier = certificate.authorityKeyIdentifier;
  const wanted = identifier === undefined ? '' : `; its authority key identifier is ${hexOf(identifier)}`;
  const message =
    certificate === issuer
      ? `The self-signature of ${labelOf(certificate)} does not verify: the certificate is damaged.`
      : `The key of ${labelOf(issuer)} (valid to ${dateOf(issuer.notAfter)}) did not sign ${labelOf(certificate)}${wanted}.`;
  return { code: 'chain_signature_invalid', certificate, message };
}

/** @param named certificates in the bundle with the issuer's name, whatever their key */
export function missingIssuer(path: readonly Certificate[], named: readonly Certificate[]): Failure {
  const last = path.at(-1) as Certificate;
  if (path.length > 1) return untrusted(last, `The path ends at ${labelOf(last)}: ${whyNoRoot(last, named)}.`);
  if (looksSelfSigned(last))
    return untrusted(last, `The client certificate ${labelOf(last)} is self-signed: no CA issued it.`);
  const another = named.find((each) => namesIssuer(last, each) && !keyIdentifiersAgree(last, each));
  const wanted =
    last.authorityKeyIdentifier === undefined ? '' : ` with key identifier ${hexOf(last.authorityKeyIdentifier)}`;
  const present = another
    ? `; it has another of that name, with ${hexOf(another.subjectKeyIdentifier ?? '')}, which is another key`
    : '';
  const message = `The bundle does not contain ${nameOf(last.issuer)}${wanted}, which issued the client certificate${present}.`;
  return { code: 'chain_incomplete', certificate: last, message };
}

function whyNoRoot(last: Certificate, named: readonly Certificate[]): string {
  const issuer = nameOf(last.issuer);
  if (named.length === 0) return `its issuer ${issuer} is not in the bundle`;
  if (!named.some((each) => mayHaveIssued(last, each)))
    return `the bundle has ${issuer}, but not with the key that issued it`;
  return 'from there it only leads back to itself, and to no self-signed root';
}

export function tooLong(path: readonly Certificate[]): Failure {
  const last = path.at(-1) as Certificate;
  const message = `The path is followed no further than ${labelOf(last)}, its ${path.length}th certificate: no TLS library accepts that many.`;
  return untrusted(last, message);
}

export const searchGivenUp = (last: Certificate): Failure => ({
  code: 'path_search_over_limit',
  certificate: last,
  message: `The search for a path was given up at ${labelOf(last)}: the bundle contains so many CA certificates with the same names that ${counted(limits.pathSignatures)} signatures and ${counted(limits.pathSteps)} comparisons of certificates, the limits, did not show who issued whom.`,
});

const untrusted = (certificate: Certificate, message: string): Failure => ({
  code: 'chain_untrusted',
  certificate,
  message,
});
