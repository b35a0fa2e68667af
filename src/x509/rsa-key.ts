/**
 * RSA keys as everyone has them: 2048, 3072 or 4096 bits and the exponent 65537, in DER (RFC 8017 appendix A.1, RFC 3279 §2.3.1). They differ in
 * nothing but the modulus, so OpenSSL does not have to be asked what they are. It is for every other key.
 */
import type { PublicKeyFacts } from './certificate.ts';

/** By bits, a SubjectPublicKeyInfo up to the modulus, whose highest bit is set; and what stands behind it. */
const heads = new Map([
  [2048, Buffer.from('30820122300d06092a864886f70d01010105000382010f003082010a0282010100', 'hex')],
  [3072, Buffer.from('308201a2300d06092a864886f70d01010105000382018f003082018a0282018100', 'hex')],
  [4096, Buffer.from('30820222300d06092a864886f70d01010105000382020f003082020a0282020100', 'hex')],
]);
const exponent = Buffer.from('0203010001', 'hex');

/** Of a SubjectPublicKeyInfo in DER; undefined for any other key. */
export function usualRsaFacts(spki: Uint8Array): PublicKeyFacts | undefined {
  const end = spki.length - exponent.length;
  for (const [bits, head] of heads) {
    if (end !== head.length + bits / 8) continue;
    const isUsual =
      Buffer.compare(spki.subarray(0, head.length), head) === 0 &&
      Buffer.compare(spki.subarray(end), exponent) === 0 &&
      (spki[head.length] ?? 0) >= 0x80 &&
      (spki[end - 1] ?? 0) % 2 === 1;
    return isUsual ? { algorithm: 'RSA', bits, spki } : undefined;
  }
  return undefined;
}

/** The same for a modulus, without a sign octet, and an exponent in DER. */
export const usualRsaFactsOf = (modulus: Uint8Array, itsExponent: Uint8Array): PublicKeyFacts | undefined =>
  usualRsaFacts(Buffer.concat([heads.get(modulus.length * 8) ?? exponent, modulus, itsExponent]));
