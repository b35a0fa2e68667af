/** Two verifiers: ours explains, OpenSSL's decides in practice. Where they differ, neither is to be relied on until it is explained. */
import type { DeployedCredential } from '../credential/index.ts';
import { type Finding, finding } from '../findings/index.ts';
import { dateOf } from './label.ts';
import { judgeTrust } from './trust.ts';
import type { Rehearsal } from './types.ts';

/** What OpenSSL’s verdict, or the lack of one, adds to ours. Nothing where there was nothing to rehearse with. */
export function judgeRehearsal(credential: DeployedCredential, rehearsal: Rehearsal | undefined): Finding[] {
  if (rehearsal) return judgeDisagreement(credential, rehearsal);
  const { certificate, privateKey, bundle } = credential;
  if (!certificate || !privateKey || bundle.length === 0) return [];
  return [finding('rehearsal_without_verdict', 'OpenSSL came to no verdict on certificate, key and bundle in time.')];
}

/**
 * Compares the rehearsal with our verdict at the moment of the rehearsal, not of the assessment: OpenSSL reads the system's clock, so
 * anything else would call every expiry between the two a difference.
 */
function judgeDisagreement(credential: DeployedCredential, rehearsal: Rehearsal): Finding[] {
  const against = objectionsAt(credential, rehearsal.judgedAt);
  if (rehearsal.accepted === (against.length === 0)) return [];
  const when = `at ${dateOf(rehearsal.judgedAt)}`;
  const message = rehearsal.accepted
    ? `OpenSSL accepts the credential ${when}; our own validation refuses it (${against.join(', ')}).`
    : `Our own validation accepts the credential ${when}; OpenSSL refuses it (${reasonOf(rehearsal)}).`;
  return [finding('verifiers_disagree', message)];
}

function objectionsAt(credential: DeployedCredential, at: Date): string[] {
  const { certificate: client } = credential;
  const outside = client !== undefined && (at < client.notBefore || at > client.notAfter);
  const codes = judgeTrust(credential, at).findings.map(({ code }) => code);
  return [...new Set(outside ? ['outside its validity', ...codes] : codes)];
}

const reasonOf = ({ code = 'no reason given', message }: Rehearsal) =>
  message === undefined ? code : `${code}: ${message}`;
