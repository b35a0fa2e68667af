/** The rules: order, path, key match, validity, naming, strength; and `assess`, which puts them together. */
export { assess } from './assess.ts';
export { nextBoundary } from './boundary.ts';
export { invalidates } from './checks.ts';
export { depthsOf, type Link } from './depths.ts';
export { distinct, keyIdentifiersAgree, looksSelfSigned, mayHaveIssued, namesIssuer, pathUp } from './issuers.ts';
export {
  explainMissingIssuer,
  explainWrongEnvironment,
  isNhsName,
  type NhsPki,
  namedIssuer,
  recognise,
} from './nhs-pki.ts';
export { findPath, type PathVerdict } from './path.ts';
export { policyFor } from './policy.ts';
export type { AssessedCertificate, Assessment, AssessmentPolicy, CertificateRole } from './types.ts';
export { timeLeftStatus } from './validity.ts';
