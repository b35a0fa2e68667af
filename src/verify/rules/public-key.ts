import { labelOf } from '../label.ts';
import type { CertificateRule } from './rule.ts';

const flaws = {
  malformed: 'that OpenSSL cannot read: it is malformed, or of a kind that OpenSSL does not know',
  'explicit-curve': 'whose elliptic curve is spelt out instead of named',
} as const;

/** RFC 5280 §6.1.4 (d) to (f) need a key to work with; RFC 5480 §2.1.1 wants the curve of one named. OpenSSL refuses the others. */
export const publicKeyFailures: CertificateRule = (certificate) => {
  const { flaw } = certificate.publicKey;
  if (!flaw) return [];
  const message = `${labelOf(certificate)} has a public key ${flaws[flaw]}.`;
  return [{ code: 'public_key_unusable', certificate, message }];
};
