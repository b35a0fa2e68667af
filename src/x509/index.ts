/** The content of certificates: PEM, names, extensions, signatures. No verdicts. */
export { type Addresses, addressesOf } from './addresses.ts';
export {
  type AlternativeName,
  type Certificate,
  type DistinguishedName,
  firstToExpire,
  type GeneralNameConstraint,
  MalformedCertificateError,
  type PublicKeyFacts,
} from './certificate.ts';
export {
  children,
  context,
  contextPrimitive,
  DerError,
  type DerValue,
  expectTag,
  Fields,
  oid,
  overLimit,
  readDer,
  readFirst,
  smallInteger,
  tags,
} from './der.ts';
export { nameOf } from './name.ts';
export { knownCertificate, parseCertificate } from './parse.ts';
export { decodeBase64, labelsOf, type PemBlock, pemOf, readPem, toPem } from './pem.ts';
export { isSameKey, keyFacts, publicKeyOf, spkiSha256Of } from './public-key.ts';
export { usualRsaFactsOf } from './rsa-key.ts';
export { isSignedBy, opensslTakesAsIssuer } from './signature.ts';
export { sequence, tlv } from './write-der.ts';
