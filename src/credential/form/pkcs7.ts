import { children, context, DerError, expectTag, Fields, oid, readDer, tags } from '../../x509/index.ts';
import { toDer } from '../decryption/ber.ts';
import { pkcs7SignedData } from './other-formats.ts';

/**
 * The certificates of a degenerate SignedData (RFC 5652 §5.1, RFC 2315 §9.1), in its order: Windows, Java and many CAs provide it as
 * `.p7b`. Its signatures are not checked, because each certificate has its own.
 * @returns the DER of each. @throws {DerError}
 */
export function certificatesOfPkcs7(bytes: Uint8Array): Uint8Array[] {
  const what = 'the PKCS#7';
  const info = new Fields(expectTag(readDer(toDer(bytes, what), what), tags.sequence, what), what);
  const type = oid(info.take(tags.oid, 'its type'), 'its type');
  if (type !== pkcs7SignedData) throw new DerError(`it is PKCS#7 of type ${type}, which does not contain certificates`);
  const content = readDer(info.take(context(0), 'its content').body, what);
  const signed = new Fields(expectTag(content, tags.sequence, what), what);
  signed.take(tags.integer, 'its version');
  signed.take(tags.set, 'its digest algorithms');
  signed.take(tags.sequence, 'its content');
  const set = signed.optional(context(0));
  // CertificateSet also allows obsolete forms, in context-specific tags; those are skipped.
  const certificates = set ? children(set, 'a certificate').filter(({ tag }) => tag === tags.sequence) : [];
  if (certificates.length === 0) throw new DerError('it is PKCS#7 without a certificate');
  return certificates.map(({ raw }) => raw);
}
