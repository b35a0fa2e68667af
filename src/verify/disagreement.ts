/** Two verifiers: ours explains, OpenSSL's decides in practice. Where they differ, neither is to be relied on until it is explained. */
import type { DeployedCredential } from '../credential/index.ts';
import { type Finding, finding } from '../findings/index.ts';
import { dateOf } from './label.ts';
import { judgeTrust } from './trust.ts';
import type { Rehearsal } from './types.ts';

/**
 * Compares the rehearsal with our verdict at the moment of the rehearsal, not of the assessment: OpenSSL reads the system's clock, so
 * anything else would call every expiry between the two a difference.
 */
export function judgeDisagreement(credential: DeployedCredential, rehearsal: Rehearsal): Finding[] {
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
