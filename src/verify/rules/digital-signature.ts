import { labelOf } from '../label.ts';
import type { CertificateRule } from './rule.ts';

/** RFC 8446 §4.4.2.2: a client signs the handshake, so a key usage that is present (RFC 5280 §4.2.1.3) includes digitalSignature. */
export const digitalSignatureFailures: CertificateRule = (client) => {
  if (!client.keyUsage || client.keyUsage.usages.has('digitalSignature')) return [];
  const message = `The key usage of the client certificate ${labelOf(client)} does not include digitalSignature.`;
  return [{ code: 'digital_signature_not_permitted', certificate: client, message }];
};
