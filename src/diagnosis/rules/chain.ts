/** The CAs of the path: expired, in the wrong order, not fit to be CAs, or about to end. */
import type { Finding, FindingCode } from '../../findings/index.ts';
import { firstToExpire } from '../../x509/index.ts';
import { earlyRequest, pathOf } from '../commands.ts';
import { isOnServersPath } from '../server-path.ts';
import type { Evidence, Rule, Wording } from '../types.ts';
import { authoritiesOf, clientOf, desk, orderOf, place, quotedName, timeHere, utcMinute } from '../words.ts';
import { bothSides, disagreement } from './environment.ts';
import { publicBundle } from './missing.ts';

/** One of ours that puts them right, and keeps the previous file. */
function reorder(evidence: Evidence): Wording {
  const path = pathOf(evidence, 'caBundle');
  if (path === undefined) return {};
  const order = orderOf(evidence) === 'leaf-first' ? ' --order leaf-first' : '';
  return {
    remedy: `Run \`mesh-cert-monitor bundle ${path} --in-place${order}\`. The previous file is kept, and nothing else has to change.`,
    command: `mesh-cert-monitor bundle ${path} --in-place${order}`,
  };
}

function expiredAuthority(evidence: Evidence, cause: Finding): Wording {
  const { handshake, now } = evidence;
  const all = authoritiesOf(evidence).filter(({ notAfter }) => notAfter < now);
  const expired = all.find(({ subject }) => subject.text === cause.subject) ?? all[0];
  if (!expired) return {};
  const refused =
    handshake?.reason === 'server_certificate_expired' || handshake?.reason === 'server_certificate_untrusted';
  const serverToo =
    refused && isOnServersPath(evidence, cause)
      ? ' MESH’s own certificate depends on it too, so the connection is refused from our side.'
      : '';
  return {
    headline: `The CA certificate ${quotedName(expired.subject)} expired on ${utcMinute(expired.notAfter)}`,
    message: `${timeHere(evidence)}${serverToo}`,
    remedy: `Replace ${quotedName(expired.subject)} in ${place(evidence, 'caBundle')} with the current certificate of that CA. If there is none with the same key, request a new client certificate as well.`,
  };
}

/** What ends first on the server's chain is a CA of ours. */
function serverEndsWithOurCa(evidence: Evidence): boolean {
  const first = firstToExpire(evidence.handshake?.serverCertificates ?? []);
  return authoritiesOf(evidence).some(({ fingerprintSha256 }) => fingerprintSha256 === first?.fingerprintSha256);
}

/** Remedies about one certificate of the bundle: which, in which file, and where the right one is to be had. */
function replaceAuthority(evidence: Evidence, { subject }: Finding): Wording {
  const authority = authoritiesOf(evidence).find((each) => each.subject.text === subject);
  if (!authority) return {};
  return {
    remedy: `In ${place(evidence, 'caBundle')}, replace ${quotedName(authority.subject)} with the certificate that NHS England publishes for that CA.`,
    ...publicBundle(evidence),
  };
}

function fewerAuthorities(evidence: Evidence): Wording {
  const client = clientOf(evidence);
  return {
    remedy: `Reduce ${place(evidence, 'caBundle')} to the CA certificates of this environment: ${client ? quotedName(client.issuer) : 'the issuing CA'} and the root above it.`,
    ...publicBundle(evidence),
  };
}

const remedies: Partial<Record<FindingCode, NonNullable<Rule['says']>>> = {
  chain_signature_invalid: replaceAuthority,
  chain_not_a_ca: replaceAuthority,
  chain_key_usage_invalid: replaceAuthority,
  path_search_over_limit: fewerAuthorities,
};

/** The other rules of RFC 5280 about a path: each of them makes MESH refuse it as well. */
const others: readonly FindingCode[] = [
  'chain_signature_invalid',
  'chain_not_a_ca',
  'chain_path_length_exceeded',
  'chain_key_usage_invalid',
  'chain_critical_extension_unknown',
  'chain_policy_invalid',
  'chain_name_constraint_violated',
  'ca_not_yet_valid',
  'path_search_over_limit',
];

function nextGeneration(evidence: Evidence, { subject }: Finding): Wording {
  const authority = authoritiesOf(evidence).find((each) => each.subject.text === subject);
  if (!authority || !evidence.environment) return {};
  const remedy = `Ask ${desk(evidence)} for a certificate from the next generation of CAs, and add its CA certificates to ${place(evidence, 'caBundle')}.`;
  return {
    headline: `The CA certificate ${quotedName(authority.subject)} expires on ${utcMinute(authority.notAfter)}`,
    calls: true,
    ...earlyRequest(remedy, "--reason 'The CA above the present certificate expires'", evidence),
  };
}

export const chainRules: readonly Rule[] = [
  {
    name: 'A CA expired on our path, and therefore on the server’s',
    cause: 'ca_expired',
    reasons: [...bothSides, 'server_certificate_expired'],
    consequences: [...disagreement, 'server_certificate_expires_soon', 'bundle_expired_certificate'],
    says: expiredAuthority,
  },
  ...others.map(
    (cause): Rule => ({
      name: `Nobody accepts a path with this fault (${cause})`,
      cause,
      reasons: bothSides,
      consequences: disagreement,
      ...(remedies[cause] ? { says: remedies[cause] } : {}),
    }),
  ),
  {
    name: 'A bundle in the wrong order needs one command',
    cause: 'chain_order_wrong',
    says: reorder,
  },
  {
    name: 'A CA that ends soon and before the client certificate is said once',
    cause: 'ca_expires_soon',
    consequences: ['ca_expires_before_client'],
    says: nextGeneration,
  },
  {
    name: 'MESH’s own certificate ends with the same CA',
    cause: 'ca_expires_soon',
    consequences: ['server_certificate_expires_soon'],
    when: serverEndsWithOurCa,
  },
];
