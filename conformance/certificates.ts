import { X509Certificate } from 'node:crypto';

export function toPem(der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

/** Node's reading of a certificate; undefined for one that OpenSSL cannot read. */
export function read(certificate: string | Uint8Array): X509Certificate | undefined {
  try {
    return new X509Certificate(certificate);
  } catch {
    return undefined;
  }
}

/** One name for issuer and subject, and its own key made the signature. */
export function isSelfSigned(pem: string): boolean {
  const certificate = read(pem);
  if (!certificate || certificate.issuer !== certificate.subject) return false;
  try {
    return certificate.verify(certificate.publicKey);
  } catch {
    return false;
  }
}
