/** RFC 5280 §4.1.2.7: the private key belongs to the certificate exactly when its public half is the certificate's. */
import type { PrivateKeyHandle } from '../credential/index.ts';
import { type Finding, finding } from '../findings/index.ts';
import { type Certificate, type PublicKeyFacts, publicKeyOf } from '../x509/index.ts';
import { labelOf } from './label.ts';

export function judgeKeyMatch(certificate: Certificate, privateKey: PrivateKeyHandle): Finding[] {
  if (sameKey(certificate.publicKey, privateKey.publicKey)) return [];
  const message = `The private key (${describe(privateKey.publicKey)}) does not belong to the client certificate ${labelOf(certificate)} (${describe(certificate.publicKey)}).`;
  return [finding('key_mismatch', message, { subject: certificate.subject.text })];
}

/** By the octets; where those differ, by meaning, because one key can be written in two ways (a compressed point, absent parameters). */
function sameKey(one: PublicKeyFacts, other: PublicKeyFacts): boolean {
  if (Buffer.compare(one.spki, other.spki) === 0) return true;
  const [first, second] = [publicKeyOf(one.spki), publicKeyOf(other.spki)];
  return first !== undefined && second !== undefined && first.equals(second);
}

const describe = ({ algorithm, bits, curve }: PublicKeyFacts) =>
  curve === undefined ? (bits > 0 ? `${algorithm} ${bits}` : algorithm) : `${algorithm} ${curve}`;
