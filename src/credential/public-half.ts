import {
  DerError,
  expectTag,
  Fields,
  oid,
  type PublicKeyFacts,
  readDer,
  tags,
  usualRsaFactsOf,
} from '../x509/index.ts';

const rsaEncryption = '1.2.840.113549.1.1.1';

/** Of the public half of a PKCS#8 key (RFC 5208 §5) that OpenSSL has read, if it is a usual RSA key. Undefined for any other. */
export function usualPublicHalf(pkcs8: Uint8Array): PublicKeyFacts | undefined {
  const what = 'the key';
  try {
    const outer = new Fields(readDer(pkcs8, what), what);
    outer.take(tags.integer, what);
    const algorithm = new Fields(outer.take(tags.sequence, what), what);
    if (oid(algorithm.any(what), what) !== rsaEncryption) return undefined;
    const key = new Fields(
      expectTag(readDer(outer.take(tags.octetString, what).body, what), tags.sequence, what),
      what,
    );
    key.take(tags.integer, what);
    const { body: modulus } = key.take(tags.integer, what);
    const [sign] = modulus;
    return sign === 0 ? usualRsaFactsOf(modulus.subarray(1), key.take(tags.integer, what).raw) : undefined;
  } catch (error) {
    if (error instanceof DerError) return undefined;
    throw error;
  }
}
