/** A certificate that was issued for another environment, with or without its bundle. */
import type { Finding, FindingCode } from '../../findings/index.ts';
import type { HandshakeReason } from '../../mesh/index.ts';
import { explainWrongEnvironment, policyFor, recognise } from '../../verify/index.ts';
import type { Evidence, Rule, Wording } from '../types.ts';
import { authoritiesOf, clientOf, place } from '../words.ts';
import { refusals } from './client.ts';

/** Trust in our certificate and in the server's comes from the same bundle. */
export const bothSides: readonly HandshakeReason[] = [...refusals, 'server_certificate_untrusted'];
export const disagreement: readonly FindingCode[] = ['verifiers_disagree', 'rehearsal_without_verdict'];

function otherEnvironment(evidence: Evidence): Wording {
  const { environment } = evidence;
  const whose = environment
    ? `for mailbox ${environment.mesh.mailboxId.toUpperCase()} in this environment`
    : 'in the environment that the CA bundle is for';
  return {
    headline: 'The client certificate is from another environment',
    remedy: `Deploy the certificate and key that were issued ${whose}: ${place(evidence, 'certificate')}, ${place(evidence, 'privateKey')}.`,
  };
}

function isOfOtherEnvironment(evidence: Evidence): boolean {
  const client = clientOf(evidence);
  if (!client || !evidence.environment) return false;
  return explainWrongEnvironment(client, policyFor(evidence.environment).pki) !== undefined;
}

/** The path is right in itself, and leads to the roots of another environment. */
const isAllOfOtherEnvironment = (evidence: Evidence, { subject }: Finding): boolean =>
  subject === clientOf(evidence)?.subject.text && isOfOtherEnvironment(evidence);

/** A key that does not belong to the certificate, or cannot be read, is put right before this. */
function allOfOtherEnvironment(evidence: Evidence): Wording {
  const pki = evidence.environment && policyFor(evidence.environment).pki;
  if (authoritiesOf(evidence).some((each) => recognise(each)?.pki === pki)) return otherEnvironment(evidence);
  const places = new Set((['certificate', 'privateKey', 'caBundle'] as const).map((part) => place(evidence, part)));
  return {
    headline: 'The certificate, key and CA bundle are from another environment',
    remedy: `Deploy the certificate, private key and CA bundle of this environment: ${[...places].join(', ')}.`,
  };
}

export const environmentRules: readonly Rule[] = [
  {
    name: 'Everything is from another environment, and the passphrase is this one’s',
    cause: 'chain_untrusted',
    consequences: ['passphrase_wrong'],
    when: isOfOtherEnvironment,
  },
  {
    name: 'The certificate and its key are of another environment, and the bundle is right',
    cause: 'chain_untrusted',
    reasons: bothSides,
    consequences: [...disagreement, 'chain_incomplete', 'common_name_mailbox_mismatch'],
    when: ({ findings }) => findings.some(({ code }) => code === 'chain_incomplete'),
    says: otherEnvironment,
  },
  {
    name: 'Certificate, key and bundle are of another environment',
    cause: 'chain_untrusted',
    reasons: bothSides,
    consequences: [...disagreement, 'common_name_mailbox_mismatch'],
    when: isAllOfOtherEnvironment,
    says: allOfOtherEnvironment,
  },
];
