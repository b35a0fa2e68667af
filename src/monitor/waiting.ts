/** An environment that waits for its first certificate: files that cannot be there yet are no failure, and neither is what follows from it. Pure. */
import type { DeployedCredential } from '../credential/index.ts';
import type { Finding, FindingCode } from '../findings/index.ts';
import type { HandshakeStatus } from '../status/index.ts';
import type { Assessment } from '../verify/index.ts';

const codeOfPart = {
  certificate: 'certificate_unreadable',
  keystore: 'certificate_unreadable',
  privateKey: 'private_key_unreadable',
  caBundle: 'ca_bundle_unreadable',
} as const satisfies Readonly<Record<string, FindingCode>>;

/** Without the findings that say of a file that it is not there. Any other stays: a key that cannot be decrypted is a failure now. */
export function withoutMissing(assessment: Assessment, { missing = [] }: DeployedCredential): Assessment {
  const codes = new Set<FindingCode>(missing.map((part) => codeOfPart[part]));
  return { ...assessment, findings: assessment.findings.filter(({ code }: Finding) => !codes.has(code)) };
}

/** There is nothing to shake hands with. */
export function withoutHandshake({ last, ...rest }: HandshakeStatus): HandshakeStatus {
  return last?.reason === 'credential_unusable' || !last ? rest : { ...rest, last };
}
