import type { DeployedCredential } from '../credential/index.ts';
import { type Finding, finding, worstFirst } from '../findings/index.ts';
import type { Rehearsal } from '../rehearsal/index.ts';
import { type Certificate, firstToExpire } from '../x509/index.ts';
import { judgeBundle } from './bundle.ts';
import { checksOf, invalidates } from './checks.ts';
import { judgeRehearsal } from './disagreement.ts';
import { distinct, looksSelfSigned } from './issuers.ts';
import { judgeNaming } from './naming.ts';
import { explainWrongEnvironment } from './nhs-pki.ts';
import { judgeOrder } from './order.ts';
import { judgeTrust, type Trust } from './trust.ts';
import type { AssessedCertificate, Assessment, AssessmentPolicy, CertificateRole } from './types.ts';
import { judgeCaExpiry, judgeValidity } from './validity.ts';

/**
 * Everything there is to say about a deployed credential at `now`. Pure: the rehearsal, if there was one, is passed in with the time
 * at which OpenSSL judged. The state of the world never makes it throw; if something could not be read, the rest is still judged.
 * @example
 * const { valid, findings } = assess(credential, policyFor(environment), await rehearse(credential), now);
 */
export function assess(
  credential: DeployedCredential,
  policy: AssessmentPolicy,
  rehearsal: Rehearsal | undefined,
  now: Date,
): Assessment {
  const { certificate: client, bundle, privateKey } = credential;
  const trust = judgeTrust(credential, now);
  const { path, holds } = trust;
  const order = judgeOrder(bundle, policy.chainOrder, client);
  const findings = worstFirst([
    ...credential.problems,
    ...trust.findings,
    ...(client ? judgeValidity(client, policy.thresholds, now) : []),
    ...judgeEnvironment(client, policy),
    ...(credential.bundleInKeystore ? [] : order.findings),
    ...(holds ? judgeCaExpiry(path, bundle, policy.thresholds, now) : []),
    // keytool adds the CAs of a key to its trusted certificates; nobody can or should take them out again.
    ...judgeBundle(credential.bundleInKeystore ? distinct(bundle) : bundle, client, trust, now),
    ...(client ? judgeNaming(client, policy) : []),
    ...judgeRehearsal(credential, rehearsal),
  ]);
  return {
    assessedAt: now,
    valid: !findings.some(invalidates),
    certificates: assessed(client, bundle, path),
    path: path.map(({ fingerprintSha256 }) => fingerprintSha256),
    order: order.order,
    ...(privateKey ? { privateKey: { publicKey: privateKey.publicKey, encrypted: privateKey.encrypted } } : {}),
    ...(client ? { expiresAt: (firstToExpire(path) ?? client).notAfter } : {}),
    ...checksOf(credential, findings, rehearsal),
    findings,
  };
}

/** A certificate from the other NHS infrastructure can be valid in itself and still be useless here. */
function judgeEnvironment(client: Certificate | undefined, policy: AssessmentPolicy): Finding[] {
  const wrong = client && explainWrongEnvironment(client, policy.pki);
  if (!wrong) return [];
  return [finding('chain_untrusted', wrong.message, { remedy: wrong.remedy, subject: client.subject.text })];
}

function assessed(
  client: Certificate | undefined,
  bundle: readonly Certificate[],
  path: Trust['path'],
): AssessedCertificate[] {
  const onPath = new Set(path.map(({ fingerprintSha256 }) => fingerprintSha256));
  const all = distinct(client ? [client, ...bundle] : bundle);
  return all.map((certificate) => ({
    role: certificate.fingerprintSha256 === client?.fingerprintSha256 ? 'client' : roleOf(certificate),
    onPath: onPath.has(certificate.fingerprintSha256),
    certificate,
  }));
}

const roleOf = (certificate: Certificate): CertificateRole => (looksSelfSigned(certificate) ? 'root' : 'intermediate');
