/** Whether TLS may use these keys, signatures and purposes: OpenSSL's security level 2, and what RFC 5280 says of the purposes. */
import { type Finding, finding } from '../findings/index.ts';
import type { Certificate, PublicKeyFacts } from '../x509/index.ts';
import { labelOf } from './label.ts';

const clientAuth = '1.3.6.1.5.5.7.3.2';
const leastBits = { RSA: 2048, 'RSA-PSS': 2048, EC: 256 } as const;

/** @param path client first; a root, where the path ends at one, last */
export function judgeStrength(path: readonly Certificate[], endsAtRoot: boolean): Finding[] {
  const [client] = path;
  if (!client) return [];
  return [
    ...path.flatMap(judgeKey),
    // Nothing rests on a root's signature of itself: it is trusted because it is in the bundle.
    ...(endsAtRoot ? path.slice(0, -1) : path).flatMap(judgeSignature),
    ...path.flatMap(judgePurpose),
    ...judgeDigitalSignature(client),
  ];
}

function judgeKey(certificate: Certificate): Finding[] {
  const weakness = weaknessOf(certificate.publicKey);
  if (weakness === undefined) return [];
  return [finding('weak_key', `${labelOf(certificate)} has ${weakness}.`, { subject: certificate.subject.text })];
}

function weaknessOf({ algorithm, bits }: PublicKeyFacts): string | undefined {
  if (algorithm === 'DSA') return 'a DSA key, which TLS 1.3 has done away with';
  if (algorithm !== 'RSA' && algorithm !== 'RSA-PSS' && algorithm !== 'EC') return undefined;
  return bits < leastBits[algorithm] ? `a key of ${algorithm} ${bits}, below ${leastBits[algorithm]} bits` : undefined;
}

/** RFC 9155: MD5 and SHA-1 are out, whatever OpenSSL calls the algorithm (`sha1WithRSAEncryption`, `ecdsa-with-SHA1`). */
const weakHash = /md[245]|sha-?1(?!\d)/i;

function judgeSignature(certificate: Certificate): Finding[] {
  if (!weakHash.test(certificate.signatureAlgorithm)) return [];
  const message = `${labelOf(certificate)} is signed with ${certificate.signatureAlgorithm}.`;
  return [finding('weak_signature_algorithm', message, { subject: certificate.subject.text })];
}

/**
 * RFC 5280 §4.2.1.12: an extended key usage that is present restricts; on a CA it restricts everything below. An application may insist
 * on its own purpose where only anyExtendedKeyUsage is given, and OpenSSL does.
 */
function judgePurpose(certificate: Certificate, index: number): Finding[] {
  const { extendedKeyUsage } = certificate;
  if (!extendedKeyUsage || extendedKeyUsage.purposes.has(clientAuth)) return [];
  const whose = index === 0 ? 'the client certificate' : 'the CA';
  const message = `The extended key usage of ${whose} ${labelOf(certificate)} does not include clientAuth.`;
  return [finding('client_auth_not_permitted', message, { subject: certificate.subject.text })];
}

function judgeDigitalSignature(client: Certificate): Finding[] {
  if (!client.keyUsage || client.keyUsage.usages.has('digitalSignature')) return [];
  const message = `The key usage of the client certificate ${labelOf(client)} does not include digitalSignature.`;
  return [finding('digital_signature_not_permitted', message, { subject: client.subject.text })];
}
