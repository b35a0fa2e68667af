import { labelOf } from '../label.ts';
import type { CertificateRule } from './rule.ts';

/** Whatever OpenSSL calls the algorithm: `sha1WithRSAEncryption`, `ecdsa-with-SHA1`. */
const weakHash = /md[245]|sha-?1(?!\d)/i;

/** RFC 9155, and OpenSSL's security level 2: no signature with MD5 or SHA-1. */
export const signatureStrengthFailures: CertificateRule = (certificate) => {
  if (!weakHash.test(certificate.signatureAlgorithm)) return [];
  const message = `${labelOf(certificate)} is signed with ${certificate.signatureAlgorithm}.`;
  return [{ code: 'weak_signature_algorithm', certificate, message }];
};
