/**
 * Every rule that a path has to satisfy (RFC 5280 §6.1.3 to §6.1.5, and OpenSSL's at security level 2), one per file in this folder.
 * The root is judged like the CAs below it (RFC 5937 §3 allows that, and OpenSSL does it): the bundle contains it as a certificate.
 */
import type { Certificate } from '../../x509/index.ts';
import { caSignsFailures } from './ca-signs.ts';
import { caValidityFailures } from './ca-validity.ts';
import { criticalExtensionFailures } from './critical-extensions.ts';
import { digitalSignatureFailures } from './digital-signature.ts';
import { isCaFailures } from './is-ca.ts';
import { keyStrengthFailures } from './key-strength.ts';
import { nameConstraintFailures } from './name-constraints.ts';
import { pathLengthFailures } from './path-length.ts';
import { policyFailures } from './policies.ts';
import { publicKeyFailures } from './public-key.ts';
import { caPurposeFailures, clientPurposeFailures } from './purpose.ts';
import type { Candidate, CertificateRule, Failure, IssuerRule, PathRule } from './rule.ts';
import { signatureStrengthFailures } from './signature-strength.ts';

const issuerRules: readonly IssuerRule[] = [
  caValidityFailures,
  isCaFailures,
  caSignsFailures,
  caPurposeFailures,
  publicKeyFailures,
  keyStrengthFailures,
  // Nothing depends on a root's signature of itself: it is trusted because it is in the bundle.
  (issuer, isRoot) => (isRoot ? [] : signatureStrengthFailures(issuer)),
];

const pathRules: readonly PathRule[] = [
  pathLengthFailures,
  nameConstraintFailures,
  policyFailures,
  criticalExtensionFailures,
];

const clientRules: readonly CertificateRule[] = [
  publicKeyFailures,
  keyStrengthFailures,
  signatureStrengthFailures,
  clientPurposeFailures,
  digitalSignatureFailures,
];

/** What is wrong with one CA at `now`, whatever path it is on. */
export const issuerFailures: IssuerRule = (issuer, isRoot, now) =>
  issuerRules.flatMap((rule) => rule(issuer, isRoot, now));

/** Every reason why this path does not hold at `now`; what is wrong with the client itself is `clientFailures`. */
export function failuresOf(candidate: Candidate, now: Date): Failure[] {
  const { path, complete } = candidate;
  return [
    ...path.slice(1).flatMap((issuer, index) => issuerFailures(issuer, complete && index === path.length - 2, now)),
    ...pathRules.flatMap((rule) => rule(candidate)),
  ];
}

/** What no choice of path can change: the client's own key, signature and purpose. Its validity is judged separately. */
export const clientFailures = (client: Certificate): Failure[] => clientRules.flatMap((rule) => rule(client));
