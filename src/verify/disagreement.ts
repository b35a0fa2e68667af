/** Two verifiers: ours explains, OpenSSL's decides in practice. Where they differ, rely on neither until the difference is explained. */
import type { DeployedCredential } from '../credential/index.ts';
import { type Finding, finding } from '../findings/index.ts';
import type { Rehearsal } from '../rehearsal/index.ts';
import type { Certificate } from '../x509/index.ts';
import { dateOf, placeInBundle } from './label.ts';
import { opensslPath } from './openssl-path.ts';
import { judgeTrust, type Trust } from './trust.ts';

/** What OpenSSL’s verdict, or the lack of one, adds to ours. Nothing if there was nothing to rehearse with. */
export function judgeRehearsal(credential: DeployedCredential, rehearsal: Rehearsal | undefined): Finding[] {
  if (rehearsal) return judgeDisagreement(credential, rehearsal);
  const { certificate, privateKey, bundle } = credential;
  if (!certificate || !privateKey || bundle.length === 0) return [];
  return [
    finding('rehearsal_without_verdict', 'OpenSSL did not reach a verdict on the certificate, key and bundle in time.'),
  ];
}

/**
 * Compares the rehearsal with our verdict at the moment of the rehearsal, not of the assessment: OpenSSL reads the system's clock, so
 * otherwise every expiry between the two times would count as a difference.
 */
function judgeDisagreement(credential: DeployedCredential, rehearsal: Rehearsal): Finding[] {
  const own = judgeTrust(credential, rehearsal.judgedAt);
  const against = objectionsTo(credential, own, rehearsal.judgedAt);
  const other = otherPath(credential, own, rehearsal.judgedAt);
  const when = `at ${dateOf(rehearsal.judgedAt)}`;
  if (rehearsal.accepted && against.length === 0) {
    if (other === undefined) return [];
    return [finding('openssl_path_differs', `OpenSSL accepts the credential ${when} as well. ${other}`)];
  }
  if (!rehearsal.accepted && against.length > 0) return [];
  const verdicts = rehearsal.accepted
    ? `OpenSSL accepts the credential ${when}; our own validation refuses it (${against.join(', ')}).`
    : `Our own validation accepts the credential ${when}; OpenSSL refuses it (${reasonOf(rehearsal)}).`;
  return [finding('verifiers_disagree', other === undefined ? verdicts : `${verdicts} ${other}`)];
}

function objectionsTo({ certificate: client }: DeployedCredential, { findings }: Trust, at: Date): string[] {
  const outside = client !== undefined && (at < client.notBefore || at > client.notAfter);
  const codes = findings.map(({ code }) => code);
  return [...new Set(outside ? ['outside its validity', ...codes] : codes)];
}

/** Which path OpenSSL takes, if it is not the one that was judged here. */
function otherPath({ bundle, certificate: client }: DeployedCredential, own: Trust, at: Date): string | undefined {
  const theirs = client && opensslPath(client, bundle, at);
  if (!theirs || sameCertificates(theirs, own.path)) return undefined;
  const through = (path: readonly Certificate[]) => path.slice(1).map(place).join(', ') || 'no CA';
  const place = ({ fingerprintSha256 }: Certificate) => {
    const index = bundle.findIndex((each) => each.fingerprintSha256 === fingerprintSha256);
    return placeInBundle(bundle[index] as Certificate, index);
  };
  return `OpenSSL takes the path through ${through(theirs)}; the path judged here goes through ${through(own.path)}.`;
}

const sameCertificates = (one: readonly Certificate[], other: readonly Certificate[]) =>
  one.length === other.length &&
  one.every(({ fingerprintSha256 }, index) => fingerprintSha256 === other[index]?.fingerprintSha256);

const reasonOf = ({ code = 'no reason given', message }: Rehearsal) =>
  message === undefined ? code : `${code}: ${message}`;
