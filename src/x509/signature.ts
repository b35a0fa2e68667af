import { type KeyObject, X509Certificate } from 'node:crypto';
import type { Certificate } from './certificate.ts';
import { opensslCertificate } from './openssl-certificate.ts';
import { publicKeyOf } from './public-key.ts';

/** OpenSSL's limit for keys above 3072 bits. With a longer exponent, which nobody uses, verifying would cost as much as signing. */
const exponentLimit = 1n << 64n;
const keys = new WeakMap<Certificate, KeyObject | null>();

/**
 * Whether `issuer`'s key signed `certificate`. Only the mathematics: names, validity and permission to sign are checked by other rules.
 * OpenSSL also compares the two signature algorithm fields (RFC 5280 §4.1.1.2).
 */
export function isSignedBy(certificate: Certificate, issuer: Certificate): boolean {
  const key = keyOf(issuer);
  if (!key) return false;
  try {
    return opensslCertificate(certificate.der).verify(key);
  } catch {
    return false;
  }
}

/** Whether OpenSSL would try `issuer`: names, key identifiers and the permission to sign certificates, but no signature (X509_check_issued(3)). */
export const opensslTakesAsIssuer = (certificate: Certificate, issuer: Certificate): boolean =>
  new X509Certificate(certificate.der).checkIssued(new X509Certificate(issuer.der));

/** Bundles are shared by many environments: an issuer's key is decoded once. */
function keyOf(issuer: Certificate): KeyObject | null {
  const cached = keys.get(issuer);
  if (cached !== undefined) return cached;
  const key = publicKeyOf(issuer.publicKey.spki);
  const usable = key && (key.asymmetricKeyDetails?.publicExponent ?? 0n) < exponentLimit ? key : null;
  keys.set(issuer, usable);
  return usable;
}
