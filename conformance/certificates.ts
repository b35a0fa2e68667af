import { X509Certificate } from 'node:crypto';

export function toPem(der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

/** The certificate as Node reads it; undefined if OpenSSL cannot read it. */
export function read(certificate: string | Uint8Array): X509Certificate | undefined {
  try {
    return new X509Certificate(certificate);
  } catch {
    return undefined;
  }
}

/** Issuer and subject are the same, and its own key made the signature. */
export function isSelfSigned(pem: string): boolean {
  const certificate = read(pem);
  if (!certificate || certificate.issuer !== certificate.subject) return false;
  try {
    return certificate.verify(certificate.publicKey);
  } catch {
    return false;
  }
}
