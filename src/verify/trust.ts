/** What OpenSSL would judge as well: path, key, validity and strength. Exactly this is compared with its verdict. */
import type { DeployedCredential } from '../credential/index.ts';
import { type Finding, finding } from '../findings/index.ts';
import { allowance, limits } from '../limits/index.ts';
import type { Certificate } from '../x509/index.ts';
import { invalidates } from './checks.ts';
import { looksSelfSigned, mayHaveIssued, signedWithin } from './issuers.ts';
import { judgeKeyMatch } from './key-match.ts';
import { labelOf, nameOf } from './label.ts';
import { explainMissingIssuer } from './nhs-pki.ts';
import { findPath, type PathVerdict } from './path.ts';
import { clientFailures } from './rules/all.ts';
import type { Failure } from './rules/rule.ts';

export interface Trust extends Pick<PathVerdict, 'holds' | 'path' | 'complete'> {
  readonly findings: readonly Finding[];
}

const nothing: Trust = { holds: false, path: [], complete: false, findings: [] };

/** Judges what is there: no path without a bundle, no key match without a key, nothing without a certificate. */
export function judgeTrust(credential: DeployedCredential, now: Date): Trust {
  const { certificate: client, privateKey, bundle } = credential;
  if (!client) return nothing;
  const keyMatch = privateKey ? judgeKeyMatch(client, privateKey, credential.keyBelongs) : [];
  const own = clientFailures(client).map((failure) => findingOf(failure));
  if (!hasBundle(credential)) return { holds: false, path: [client], complete: false, findings: [...keyMatch, ...own] };
  const verdict = findPath(client, bundle, now);
  return { ...verdict, findings: [...keyMatch, ...explained(verdict, { ...credential, certificate: client }), ...own] };
}

/** An empty bundle is judged (it lacks the issuer), unless it is not configured or a finding already says why it could not be read. */
const hasBundle = ({ bundle, configured, problems }: DeployedCredential) =>
  bundle.length > 0 || (configured.caBundle && !problems.some(invalidates));

function explained(
  { failures }: PathVerdict,
  credential: DeployedCredential & { certificate: Certificate },
): Finding[] {
  return failures.map((failure) =>
    findingOf(
      failure,
      failure.code === 'chain_incomplete' ? explainIncomplete(credential) : explainSelfSigned(credential),
    ),
  );
}

function findingOf({ code, certificate, message }: Failure, known?: { message: string; remedy: string }): Finding {
  return finding(code, known ? `${message} ${known.message}` : message, {
    subject: certificate.subject.text,
    ...(known ? { remedy: known.remedy } : {}),
  });
}

/** A key entry that still presents the certificate it was created with, although the issued one is there too. */
function explainSelfSigned({
  certificate,
  bundle,
  extraCertificates,
}: DeployedCredential & { certificate: Certificate }) {
  if (!looksSelfSigned(certificate)) return undefined;
  const issued = [...extraCertificates, ...bundle].find(
    (each) => !looksSelfSigned(each) && Buffer.compare(each.publicKey.spki, certificate.publicKey.spki) === 0,
  );
  if (!issued) return undefined;
  return {
    message: `It also contains the certificate that ${nameOf(issued.issuer)} issued for this key, but not as that key’s certificate.`,
    remedy:
      'Import the issued certificate under the alias of the key: `keytool -importcert -alias ALIAS -file ISSUED.pem -keystore FILE`.',
  };
}

const keystoreWithoutAuthorities = {
  message: 'The keystore does not contain a CA certificate, and no CA bundle is configured alongside it.',
  remedy: 'Set `ca_bundle` as well as the keystore, or export the keystore again with its chain.',
};

function explainIncomplete({
  certificate,
  bundle,
  bundleInKeystore,
  extraCertificates,
}: DeployedCredential & { certificate: Certificate }) {
  if (bundleInKeystore && bundle.length === 0) return keystoreWithoutAuthorities;
  const work = allowance(limits.orderSignatures);
  const beside = extraCertificates.find(
    (each) => mayHaveIssued(certificate, each) && signedWithin(work, certificate, each),
  );
  if (!beside) return explainMissingIssuer(certificate, bundle);
  return {
    message: 'It is in the client certificate’s file instead.',
    remedy: `Copy ${labelOf(beside)} into the CA bundle.`,
  };
}
