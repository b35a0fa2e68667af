/** A CA that is missing from the bundle, or is there with another key, and a bundle of something else. */
import {
  explainMissingIssuer,
  keyIdentifiersAgree,
  looksSelfSigned,
  mayHaveIssued,
  namedIssuer,
  namesIssuer,
  recognise,
} from '../../verify/index.ts';
import type { Certificate } from '../../x509/index.ts';
import { pathOf } from '../commands.ts';
import type { Evidence, Rule, Wording } from '../types.ts';
import { authoritiesOf, clientOf, keyIdentifier, orderOf, ourPath, place, quotedName } from '../words.ts';
import { bothSides, disagreement, environmentRules } from './environment.ts';

/** Same name, other key: another generation of a CA, or another CA altogether. */
const namesake = (certificate: Certificate, evidence: Evidence) =>
  authoritiesOf(evidence).find((each) => namesIssuer(certificate, each) && !keyIdentifiersAgree(certificate, each));

/** The issuer of the client certificate, where the server sent it along. */
function issuerAsSent(evidence: Evidence): Certificate | undefined {
  const client = clientOf(evidence);
  return client && evidence.handshake?.serverCertificates.find((each) => mayHaveIssued(client, each));
}

/** The root in the bundle is the one above the client certificate's issuer, which is not there. */
function isRootRight(evidence: Evidence): boolean {
  const authorities = authoritiesOf(evidence);
  const sent = issuerAsSent(evidence);
  const client = clientOf(evidence);
  const named = client && namedIssuer(client);
  return authorities.some((each) => (sent && mayHaveIssued(sent, each)) || (named && isRootOf(named, each)));
}

function isRootOf({ pki, generation }: NonNullable<ReturnType<typeof namedIssuer>>, certificate: Certificate): boolean {
  const known = recognise(certificate);
  return known?.role === 'root' && known.pki === pki && known.generation === generation;
}

/**
 * The client certificate's issuer has the right name and another key, and its root may be another one too. Where MESH was verified, what is in the
 * bundle is needed.
 */
function isOtherSet(evidence: Evidence): boolean {
  const client = clientOf(evidence);
  const other = client && namesake(client, evidence);
  const hasRoot = authoritiesOf(evidence).some((each) => each !== other && looksSelfSigned(each));
  return other !== undefined && hasRoot && !evidence.handshake?.serverVerified && !isRootRight(evidence);
}

function replaceBoth(evidence: Evidence): Wording {
  const client = clientOf(evidence);
  const issuer = client
    ? `${quotedName(client.issuer)}${keyIdentifier(client.authorityKeyIdentifier)}`
    : 'the issuing CA';
  const roots = authoritiesOf(evidence)
    .filter(looksSelfSigned)
    .map(({ subject }) => quotedName(subject))
    .join(', ');
  const bundle = place(evidence, 'caBundle');
  if (issuerAsSent(evidence))
    return {
      headline: 'The CA bundle has the right names and other keys: it belongs to another set of CA certificates',
      remedy: `Replace both certificates in ${bundle}: ${issuer} and the root above it (${roots}). Replacing one of them is not enough.`,
    };
  return {
    headline: `The CA bundle has ${client ? quotedName(client.issuer) : 'the issuing CA'} with another key than the one that issued the client certificate`,
    remedy: `In ${bundle}, replace it with ${issuer} and, if the root above that is another one than ${roots}, the root as well.`,
  };
}

/** Where a root belongs is decided by the configured order. */
function addRoot(evidence: Evidence): Wording {
  const end = ourPath(evidence).at(-1);
  if (!end || looksSelfSigned(end) || end === clientOf(evidence)) return {};
  const first = orderOf(evidence) === 'root-first';
  const where = first ? 'at the top' : 'at the end';
  return {
    headline: `The root CA ${quotedName(end.issuer)} is missing from the CA bundle`,
    remedy: `Add the root certificate ${quotedName(end.issuer)}${keyIdentifier(end.authorityKeyIdentifier)} ${where} of ${place(evidence, 'caBundle')}, ${first ? 'before' : 'after'} ${quotedName(end.subject)}. Keep what is there.`,
  };
}

/** Nothing in the bundle has a name of the client certificate's path, or is known to belong to it: it was made for something else. */
function isOfOtherAuthorities(evidence: Evidence): boolean {
  const client = clientOf(evidence);
  const authorities = authoritiesOf(evidence);
  if (!client || authorities.length === 0) return false;
  const pki = namedIssuer(client)?.pki;
  const known = authorities.flatMap((each) => recognise(each)?.pki ?? []);
  if (pki !== undefined && known.includes(pki)) return false;
  // Whose roots they are nobody can tell: the issuing CA may just have been forgotten.
  if (known.length === 0 && authorities.every(looksSelfSigned)) return false;
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

/** The public CA certificates of this environment, where they are the ones that are missing: those of the second generation. */
export function publicBundle(evidence: Evidence): Wording {
  const client = clientOf(evidence);
  const issuer = client && namedIssuer(client);
  const path = pathOf(evidence, 'caBundle');
  if (issuer?.generation !== 2 || path === undefined) return {};
  const preset = evidence.environment ? evidence.environment.preset : shippedFor[issuer.pki];
  if (!preset || preset === 'sandbox') return {};
  const order = orderOf(evidence) === 'leaf-first' ? '--order leaf-first ' : '';
  return { command: `mesh-cert-monitor bundle --environment ${preset} ${order}--output ${path}` };
}

function addIssuer(evidence: Evidence): Wording {
  const client = clientOf(evidence);
  if (!client) return {};
  const authorities = authoritiesOf(evidence);
  const named = namedIssuer(client);
  const headline = `The CA that issued the client certificate, ${quotedName(client.issuer)}, is missing from the CA bundle`;
  // The finding itself says what to add.
  if (named && explainMissingIssuer(client, authorities)) return { headline };
  const issuer = `${quotedName(client.issuer)}${keyIdentifier(client.authorityKeyIdentifier)}`;
  const where = orderOf(evidence) === 'root-first' ? 'at the end' : 'at the top';
  const root = isRootRight(evidence) ? '' : ' Add the root above it as well, unless it is there already.';
  // The command replaces the file.
  const losesNothing = named !== undefined && authorities.every((each) => isRootOf(named, each));
  return {
    headline,
    remedy: `Add ${issuer} ${where} of ${place(evidence, 'caBundle')}. Keep what is there.${root}`,
    ...(losesNothing ? publicBundle(evidence) : {}),
  };
}

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

export const missingRules: readonly Rule[] = [
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
    name: 'The bundle has the issuer’s name with another key: it has to be replaced, and perhaps its root',
    cause: 'chain_incomplete',
    reasons: bothSides,
    consequences: disagreement,
    when: isOtherSet,
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
];
