import { X509Certificate } from 'node:crypto';

let last: { readonly der: Uint8Array; readonly read: X509Certificate } | undefined;

/**
 * OpenSSL's reading of a certificate. Only the last one is kept: the signature on a certificate is usually verified directly after it was parsed.
 * @throws {Error} from OpenSSL, if it cannot read it. @param der - never changed.
 */
export function opensslCertificate(der: Uint8Array): X509Certificate {
  if (last?.der !== der) last = { der, read: new X509Certificate(der) };
  return last.read;
}
