import type { PublicKeyFacts } from '../../x509/index.ts';
import { labelOf } from '../label.ts';
import { rsaWeakness } from './rsa-weakness.ts';
import type { CertificateRule } from './rule.ts';

const leastBits = { RSA: 2048, 'RSA-PSS': 2048, EC: 256 } as const;

/** NIST SP 800-131A and OpenSSL's security level 2: RSA from 2048 bits. RFC 8446 §4.2.7: TLS has no elliptic curve below 256 bits. */
export const keyStrengthFailures: CertificateRule = (certificate) => {
  const weakness = weaknessOf(certificate.publicKey);
  return weakness === undefined
    ? []
    : [{ code: 'weak_key', certificate, message: `${labelOf(certificate)} has ${weakness}.` }];
};

function weaknessOf({ algorithm, bits, spki }: PublicKeyFacts): string | undefined {
  if (algorithm === 'DSA') return 'a DSA key, which TLS 1.3 no longer allows';
  if (algorithm !== 'RSA' && algorithm !== 'RSA-PSS' && algorithm !== 'EC') return undefined;
  if (bits < leastBits[algorithm])
    return `a ${bits}-bit ${algorithm} key; at least ${leastBits[algorithm]} bits are required`;
  return algorithm === 'EC' ? undefined : rsaWeakness(spki);
}
