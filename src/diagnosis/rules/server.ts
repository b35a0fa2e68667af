/** The certificate of the server that answers: a CA that we lack, or something that inspects TLS. */

import { presets } from '../../config/index.ts';
import type { FindingCode } from '../../findings/index.ts';
import type { HandshakeReason } from '../../mesh/index.ts';
import { type NhsPki, namedIssuer, policyFor, recognise } from '../../verify/index.ts';
import { type Certificate, firstToExpire } from '../../x509/index.ts';
import { isOfOurAuthorities, issuerIsMissing, topOfServer } from '../server-path.ts';
import type { Evidence, Rule, Wording } from '../types.ts';
import { authoritiesOf, keyIdentifier, place, quotedName, utcMinute } from '../words.ts';

/** What else is wrong with a stranger's answer. When MESH's own certificate ends is a matter of its own. */
const ofStranger: readonly FindingCode[] = ['server_certificate_expires_soon', 'client_certificate_not_requested'];

/** The NHS's two worlds of certificates do not trust each other. */
const worlds: Readonly<Record<NhsPki, string>> = { 'path-to-live': 'Path to Live', live: 'live MESH' };

/** That of the server, by the NHS's own CAs, where it is not that of this environment. */
function otherWorld({ environment, handshake }: Evidence): NhsPki | undefined {
  const ours = environment && policyFor(environment).pki;
  const theirs = (handshake?.serverCertificates ?? [])
    .map((each) => (recognise(each) ?? namedIssuer(each))?.pki)
    .find((each) => each !== undefined);
  return ours === undefined || theirs === ours ? undefined : theirs;
}

function wrongAddress(evidence: Evidence): Wording {
  const { environment } = evidence;
  const theirs = otherWorld(evidence);
  if (!environment?.preset || !theirs) return {};
  const { host } = new URL(environment.mesh.url);
  const { url } = presets[environment.preset];
  const own = new URL(url).host === host;
  return {
    headline: `What answers at ${host} is ${worlds[theirs]}, and this environment is ${environment.preset}`,
    remedy: `${own ? 'Find out why this address leads there: a proxy, an entry in the hosts file or DNS' : `Set \`mesh.url\` to ${url}, or correct the preset`}. Do not add the CA certificates of ${worlds[theirs]} to ${place(evidence, 'caBundle')}.`,
  };
}

/** What is missing for the server's path, as far as it says: the CAs that it sent along, and the one above them. */
function missingAuthorities(evidence: Evidence, top: Certificate): string {
  const ours = new Set(authoritiesOf(evidence).map(({ fingerprintSha256 }) => fingerprintSha256));
  const [, ...sent] = evidence.handshake?.serverCertificates ?? [];
  const lacking = sent
    .filter(({ fingerprintSha256 }) => !ours.has(fingerprintSha256))
    .map(({ subject, subjectKeyIdentifier }) => `${quotedName(subject)}${keyIdentifier(subjectKeyIdentifier)}`);
  return [...lacking, `${quotedName(top.issuer)}${keyIdentifier(top.authorityKeyIdentifier)}`].join(' and ');
}

function addAuthority(evidence: Evidence): Wording {
  const top = topOfServer(evidence);
  if (!top) return {};
  const keep = evidence.assessment?.valid
    ? ' Add, do not replace anything: our own certificate needs the ones that are there.'
    : '';
  return {
    headline: `MESH’s own certificate is from a CA that the bundle does not have: ${quotedName(top.issuer)}`,
    remedy: `Add ${missingAuthorities(evidence, top)} to ${place(evidence, 'caBundle')}, up to the root.${keep} Do not switch verification off.`,
  };
}

function isStranger(evidence: Evidence): boolean {
  return issuerIsMissing(evidence) && !isOfOurAuthorities(evidence) && evidence.environment?.preset !== 'sandbox';
}

function inspected(evidence: Evidence): Wording {
  const top = topOfServer(evidence);
  const host = new URL(evidence.environment?.mesh.url ?? 'https://MESH').hostname;
  return {
    headline: `What answers for MESH shows a certificate from ${top ? quotedName(top.issuer) : 'a stranger'}: TLS is probably inspected on the way`,
    remedy: `Ask the network team to exempt ${host} from TLS inspection, and quote that issuer: a client certificate cannot pass through it. Do not add it to the CA bundle, and do not switch verification off.`,
  };
}

const firstOfServer = ({ handshake }: Evidence) => firstToExpire(handshake?.serverCertificates ?? []);

/** The handshake did not fail over it: another certificate is trusted in its place, the server is not verified, or something else came first. */
function serverSendsExpired(evidence: Evidence): Wording {
  const expired = firstOfServer(evidence);
  const { serverCertificates = [], serverVerified } = evidence.handshake ?? {};
  if (!expired) return {};
  const when = utcMinute(expired.notAfter);
  const sends = `${serverVerified ? 'MESH' : 'The server'} sends ${quotedName(expired.subject)} along, which expired on ${when}`;
  return {
    headline: expired === serverCertificates[0] ? `The server’s own certificate expired on ${when}` : sends,
    ...(serverVerified ? { message: 'The connection does not depend on it: the CA bundle has a current one.' } : {}),
    remedy:
      'Report the expiry to the service desk of this environment: other clients may refuse the connection because of it.',
  };
}

/** Whatever is said after TLS without our certificate is not said about it. */
const unasked: readonly HandshakeReason[] = [
  'authentication_failed',
  'bad_request',
  'mailbox_unknown',
  'unexpected_response',
  'client_certificate_required',
  'server_error',
];

export const serverRules: readonly Rule[] = [
  {
    name: 'The server is of the other world of NHS certificates: the address is wrong, not the bundle',
    cause: 'handshake_failed',
    reasons: ['server_certificate_untrusted'],
    consequences: ofStranger,
    when: (evidence) => otherWorld(evidence) !== undefined,
    says: wrongAddress,
  },
  {
    name: 'A server certificate of a CA that the bundle lacks: add it, do not replace',
    cause: 'handshake_failed',
    reasons: ['server_certificate_untrusted'],
    consequences: ['client_certificate_not_requested'],
    when: (evidence) => issuerIsMissing(evidence) && isOfOurAuthorities(evidence),
    says: addAuthority,
  },
  {
    name: 'A server certificate of a stranger: TLS is inspected on the way',
    cause: 'handshake_failed',
    reasons: ['server_certificate_untrusted'],
    consequences: ofStranger,
    when: isStranger,
    says: inspected,
  },
  {
    name: 'A server that did not ask for our certificate says nothing about it',
    cause: 'client_certificate_not_requested',
    reasons: unasked,
    when: ({ environment }) => environment?.preset !== 'sandbox',
  },
  {
    name: 'An expired server certificate is said once',
    cause: 'handshake_failed',
    reasons: ['server_certificate_expired'],
    consequences: ['server_certificate_expires_soon'],
  },
  {
    name: 'A certificate that the server sends has expired already, and the handshake did not fail over it',
    cause: 'server_certificate_expires_soon',
    when: (evidence) => (firstOfServer(evidence)?.notAfter ?? evidence.now) < evidence.now,
    says: serverSendsExpired,
  },
];
