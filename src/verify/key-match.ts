/** RFC 5280 §4.1.2.7: the private key belongs to the certificate if, and only if, its public half is the certificate's. */
import type { PrivateKeyHandle } from '../credential/index.ts';
import { type Finding, finding } from '../findings/index.ts';
import { type Certificate, isSameKey, type PublicKeyFacts } from '../x509/index.ts';
import { labelOf } from './label.ts';

/** @param elsewhere what belongs together in the same files; see `DeployedCredential.keyBelongs` */
export function judgeKeyMatch(certificate: Certificate, privateKey: PrivateKeyHandle, elsewhere?: string): Finding[] {
  if (isSameKey(certificate.publicKey, privateKey.publicKey)) return [];
  const message = `The private key (${describe(privateKey.publicKey)}) does not belong to the client certificate ${labelOf(certificate)} (${describe(certificate.publicKey)}).`;
  const subject = certificate.subject.text;
  if (elsewhere === undefined) return [finding('key_mismatch', message, { subject })];
  return [finding('key_mismatch', `${message} ${elsewhere}`, { subject, remedy: reorder })];
}

const reorder = 'Move what the message names to the top of its file, and restart the application that uses it.';

const describe = ({ algorithm, bits, curve }: PublicKeyFacts) =>
  curve === undefined ? (bits > 0 ? `${algorithm} ${bits}` : algorithm) : `${algorithm} ${curve}`;
