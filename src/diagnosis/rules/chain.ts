/** The bundle: a CA that is missing, of another generation or environment, or expired. */
import type { Finding, FindingCode } from '../../findings/index.ts';
import { keyIdentifiersAgree, looksSelfSigned, namedIssuer, namesIssuer } from '../../verify/index.ts';
import { type Certificate, firstToExpire } from '../../x509/index.ts';
import { earlyRequest, pathOf } from '../commands.ts';
import type { Evidence, Rule, Wording } from '../types.ts';
import {
  authoritiesOf,
  clientOf,
  desk,
  keyIdentifier,
  orderOf,
  place,
  quotedName,
  timeHere,
  utcMinute,
} from '../words.ts';
import { bothSides, disagreement, environmentRules } from './environment.ts';

/** Same name, other key: another generation of a CA, or another CA altogether. */
const namesake = (certificate: Certificate, evidence: Evidence) =>
  authoritiesOf(evidence).find((each) => namesIssuer(certificate, each) && !keyIdentifiersAgree(certificate, each));

/** The client certificate's issuer and the root above it, both with the right names and other keys. */
function bothAreNamesakes(evidence: Evidence): boolean {
  const client = clientOf(evidence);
  const other = client && namesake(client, evidence);
  return other !== undefined && authoritiesOf(evidence).some((each) => each !== other && looksSelfSigned(each));
}

function replaceBoth(evidence: Evidence): Wording {
  const issuer = clientOf(evidence)?.issuer;
  const roots = authoritiesOf(evidence)
    .filter(looksSelfSigned)
    .map(({ subject }) => quotedName(subject));
  return {
    headline: 'The CA bundle has the right names and other keys: it belongs to another set of CA certificates',
    remedy: `Replace both certificates in ${place(evidence, 'caBundle')}: ${issuer ? quotedName(issuer) : 'the issuing CA'}${keyIdentifier(clientOf(evidence)?.authorityKeyIdentifier)} and the root above it (${roots.join(', ')}). Replacing one of them is not enough.`,
  };
}

/** The certificate at which the path ends, which is where an issuer is missing. */
function endOfPath({ assessment }: Evidence): Certificate | undefined {
  const last = assessment?.path.at(-1);
  return assessment?.certificates.find(({ certificate }) => certificate.fingerprintSha256 === last)?.certificate;
}

/** Where a root belongs is decided by the configured order. */
function addRoot(evidence: Evidence): Wording {
  const end = endOfPath(evidence);
  if (!end || looksSelfSigned(end) || end === clientOf(evidence)) return {};
  const first = orderOf(evidence) === 'root-first';
  const where = first ? 'at the top' : 'at the end';
  return {
    headline: `The root CA ${quotedName(end.issuer)} is missing from the CA bundle`,
    remedy: `Add the root certificate ${quotedName(end.issuer)}${keyIdentifier(end.authorityKeyIdentifier)} ${where} of ${place(evidence, 'caBundle')}, ${first ? 'before' : 'after'} ${quotedName(end.subject)}. Keep what is there.`,
  };
}

/** Nothing in the bundle has a name of the client certificate's path: it was made for something else. */
function isOfOtherAuthorities(evidence: Evidence): boolean {
  const client = clientOf(evidence);
  const authorities = authoritiesOf(evidence);
  if (!client || authorities.length === 0) return false;
  const serverNames = (evidence.handshake?.serverCertificates ?? []).map(({ issuer }) => issuer.canonical);
  const wanted = new Set([client.issuer.canonical, ...serverNames]);
  return authorities.every(({ subject }) => !wanted.has(subject.canonical));
}

function otherBundle(evidence: Evidence): Wording {
  const names = authoritiesOf(evidence).map(({ subject }) => quotedName(subject));
  const client = clientOf(evidence);
  return {
    headline: 'The CA bundle belongs to another environment than the certificate',
    message: `The bundle has ${names.slice(0, 4).join(', ')}${names.length > 4 ? ' and others' : ''}.`,
    remedy: `Replace the contents of ${place(evidence, 'caBundle')} with the CA certificates of this environment: ${client ? quotedName(client.issuer) : 'the issuing CA'}${keyIdentifier(client?.authorityKeyIdentifier)} and the root above it.`,
    ...publicBundle(evidence),
  };
}

const shippedFor = { 'path-to-live': 'integration', live: 'production' } as const;

/** The public CA certificates of this environment, where they are the ones that are missing. */
export function publicBundle(evidence: Evidence): Wording {
  const client = clientOf(evidence);
  const issuer = client && namedIssuer(client);
  const path = pathOf(evidence, 'caBundle');
  if (!issuer || path === undefined) return {};
  const preset = evidence.environment ? evidence.environment.preset : shippedFor[issuer.pki];
  if (!preset || preset === 'sandbox') return {};
  const order = orderOf(evidence) === 'leaf-first' ? '--order leaf-first ' : '';
  return { command: `mesh-cert-monitor bundle --environment ${preset} ${order}--output ${path}` };
}

function addIssuer(evidence: Evidence): Wording {
  const client = clientOf(evidence);
  if (!client) return {};
  const issuer = `${quotedName(client.issuer)}${keyIdentifier(client.authorityKeyIdentifier)}`;
  const first = orderOf(evidence) === 'root-first';
  return {
    headline: `The CA that issued the client certificate, ${quotedName(client.issuer)}, is missing from the CA bundle`,
    remedy: `Add ${issuer} ${first ? 'at the end' : 'at the top'} of ${place(evidence, 'caBundle')}. Keep what is there.`,
    ...publicBundle(evidence),
  };
}

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

function expiredAuthority(evidence: Evidence): Wording {
  const { now } = evidence;
  const expired = authoritiesOf(evidence).find(({ notAfter }) => notAfter < now);
  if (!expired) return {};
  const serverToo = evidence.handshake?.reason?.startsWith('server_certificate_')
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

function anyAuthority(evidence: Evidence): Wording {
  const client = clientOf(evidence);
  const issuer = client
    ? `${quotedName(client.issuer)}${keyIdentifier(client.authorityKeyIdentifier)}`
    : 'the issuing CA';
  return {
    headline: 'The CA bundle does not contain a CA certificate',
    remedy: `Replace the contents of ${place(evidence, 'caBundle')} with the CA certificates of this environment: ${issuer} and the root above it.`,
    ...publicBundle(evidence),
  };
}

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
    name: 'There is no CA certificate in the bundle',
    cause: 'chain_incomplete',
    reasons: bothSides,
    consequences: [...disagreement, 'bundle_contains_client_certificate'],
    when: (evidence) => authoritiesOf(evidence).length === 0,
    says: anyAuthority,
  },
  ...environmentRules,
  {
    name: 'The bundle has the right names and other keys: both certificates have to be replaced',
    cause: 'chain_incomplete',
    reasons: bothSides,
    consequences: disagreement,
    when: bothAreNamesakes,
    says: replaceBoth,
  },
  {
    name: 'The bundle is of another environment, and the certificate is right',
    cause: 'chain_incomplete',
    reasons: bothSides,
    consequences: disagreement,
    when: isOfOtherAuthorities,
    says: otherBundle,
  },
  {
    name: 'The issuing CA is missing, for our certificate and for the server’s',
    cause: 'chain_incomplete',
    reasons: bothSides,
    consequences: disagreement,
    says: addIssuer,
  },
  {
    name: 'The root is missing',
    cause: 'chain_untrusted',
    reasons: bothSides,
    consequences: [...disagreement, 'common_name_mailbox_mismatch'],
    says: addRoot,
  },
  {
    name: 'A CA expired on our path, and therefore on the server’s',
    cause: 'ca_expired',
    reasons: bothSides,
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
