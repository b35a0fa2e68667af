import { labelOf } from '../label.ts';
import type { CertificateRule } from './rule.ts';

const flaws = {
  malformed: 'that OpenSSL cannot read: it is malformed, or of a kind that OpenSSL does not support',
  'explicit-curve': 'whose elliptic curve is spelt out instead of named',
} as const;

/** RFC 5280 §6.1.4 (d) to (f) need a usable key; RFC 5480 §2.1.1 requires a named curve. OpenSSL refuses anything else. */
export const publicKeyFailures: CertificateRule = (certificate) => {
  const { flaw } = certificate.publicKey;
  if (!flaw) return [];
  const message = `${labelOf(certificate)} has a public key ${flaws[flaw]}.`;
  return [{ code: 'public_key_unusable', certificate, message }];
};
