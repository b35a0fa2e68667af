/**
 * Where the two verdicts on a random path may differ, and why. Each rule proves that it applies: it asks OpenSSL again with only
 * the supposed cause changed, or looks for a finding that OpenSSL has no equivalent of.
 */
import { createHash } from 'node:crypto';
import { type InspectedFinding, type Inspection, inspect } from 'mesh-cert-monitor';
import type { Openssl, OpensslVerdict } from '../openssl.ts';
import type { RandomPath } from './generate.ts';

export interface Difference {
  readonly path: RandomPath;
  readonly ours: Inspection;
  readonly theirs: OpensslVerdict;
}

interface Rule {
  readonly name: string;
  /** For the documentation. */
  readonly reason: string;
}

/** We refuse for this finding, and OpenSSL has no such rule. */
interface StrictRule extends Rule {
  covers(finding: InspectedFinding, difference: Difference, openssl: Openssl): boolean | Promise<boolean>;
}

/** We accept, and OpenSSL does not. */
const lastSecond: Rule = {
  name: 'last-second',
  reason:
    'A certificate is still valid at its notAfter (RFC 5280 §4.1.2.5). For OpenSSL it has already expired then. Without a check of time, OpenSSL accepts it.',
};
const oneIssuerOnly: Rule = {
  name: 'one-issuer-only',
  reason:
    'OpenSSL tries only the first issuer that has the right name and key identifier. Given just the CAs on our path, in its order, it accepts. Users see this as `verifiers_disagree`, with both paths.',
};
const mappingOfTheLast: Rule = {
  name: 'mapping-of-the-last',
  reason:
    'A policy mapping in the client certificate has no effect, because RFC 5280 §6.1.4 applies to certificates that issue others. OpenSSL processes it.',
};
const hostBeforeQuery: Rule = {
  name: 'host-before-a-query',
  reason:
    'The host of a URI ends at `/`, `?` or `#` (RFC 3986 §3.2). OpenSSL ends it only at `/` or `:`, so it compares `nhs.uk?x` with the constraint.',
};

const unreadableInBundle = 'unreadable-certificate-in-the-bundle';

const strict: readonly StrictRule[] = [
  {
    name: 'curve-of-224-bits',
    reason: 'TLS 1.3 has no curve below 256 bits (RFC 8446 §4.2.7). `openssl verify` accepts 112 bits of security.',
    covers: ({ code, message }) => code === 'weak_key' && message.includes('224-bit EC'),
  },
  {
    name: 'self-signature',
    reason: 'The self-signature of a root is not valid, so the file is damaged. OpenSSL does not check it.',
    covers: ({ code, message }) => code === 'chain_signature_invalid' && message.startsWith('The self-signature of'),
  },
  {
    name: 'root-without-basic-constraints',
    reason:
      'A root of version 3 must say that it is a CA (RFC 5280 §4.2.1.9). OpenSSL accepts one that has keyCertSign, or no key usage at all.',
    covers: ({ code, message, subject }, { ours }) =>
      code === 'chain_not_a_ca' &&
      message.includes('it has no basic constraints') &&
      ours.certificates.some((each) => each.subject === subject && each.issuer === subject),
  },
  {
    name: 'names-that-cannot-be-compared',
    reason:
      'A name or a constraint with the wrong syntax for its form cannot be compared. RFC 5280 §4.2.1.10 says that such a URI MUST be rejected. OpenSSL compares the characters.',
    covers: ({ code, message }) =>
      code === 'chain_name_constraint_violated' && message.endsWith('cannot be compared with the constraint.'),
  },
  {
    name: 'malformed-names',
    reason:
      'A name with bytes that its type does not allow, such as a five-byte address or text outside ASCII, is refused if any names are constrained. OpenSSL refuses it only if its own form is.',
    covers: ({ code, message }) => code === 'chain_name_constraint_violated' && message.endsWith('is malformed.'),
  },
  {
    name: 'key-agreement',
    reason: 'A client signs its handshake (RFC 8446 §4.4.2.2). OpenSSL also accepts the key usage keyAgreement.',
    covers: ({ code }, { path }) =>
      code === 'digital_signature_not_permitted' && path.notes.some((note) => note.includes('keyAgreement')),
  },
  {
    name: unreadableInBundle,
    reason:
      'A certificate with a malformed extension makes the bundle malformed, whether or not it is needed. OpenSSL reads only the extensions of the certificates that it uses.',
    covers: ({ code }) => code === 'ca_bundle_malformed',
  },
  {
    name: 'self-issued-for-self-signed',
    reason:
      'OpenSSL treats any CA in the bundle whose issuer has the CA’s own name as a root, whoever signed it, and does not check anything above it. Without the certificates above it, OpenSSL still accepts.',
    async covers(_, { path, ours }, openssl) {
      const authorities = authoritiesOf(ours);
      const end = authorities.findIndex(
        (each) => certificateOf(ours, each)?.subject === certificateOf(ours, each)?.issuer,
      );
      if (end === -1) return false;
      const bundle = authorities.slice(0, end + 1).map((fingerprint) => pemOf(path, fingerprint));
      return (await openssl.ask({ ...path, bundle: bundle.join('') })).accepted;
    },
  },
];

export const differenceRules: readonly Rule[] = [
  lastSecond,
  oneIssuerOnly,
  mappingOfTheLast,
  hostBeforeQuery,
  ...strict,
];

/** The names of the rules that explain the difference; undefined for a defect. */
export async function explain(difference: Difference, openssl: Openssl): Promise<string[] | undefined> {
  if (difference.ours.valid) return explainRefusal(difference, openssl);
  const names = new Set<string>();
  for (const finding of difference.ours.findings.filter(({ severity }) => severity === 'critical')) {
    const rule = await coveringRule(finding, difference, openssl);
    if (!rule) return (await lacksTheUnreadable(difference, openssl)) ?? explainOtherPath(finding, difference, openssl);
    names.add(rule);
  }
  return [...names];
}

/** A path that needs the certificate we cannot read ends before it. Without that one, OpenSSL finds no path either. */
async function lacksTheUnreadable({ path, ours }: Difference, openssl: Openssl): Promise<string[] | undefined> {
  const unreadable = ours.findings
    .filter(({ code }) => code === 'ca_bundle_malformed')
    .map(({ message }) => Number(/ block (\d+) /.exec(message)?.[1]) - 1);
  if (unreadable.length === 0) return undefined;
  const bundle = path.bundle.filter((_, index) => !unreadable.includes(index)).join('');
  return (await openssl.ask({ ...path, bundle })).accepted ? undefined : [unreadableInBundle];
}

/** If several paths fail, ours reports one and OpenSSL another: without the CA that makes ours fail, the other remains. */
async function explainOtherPath(
  { subject }: InspectedFinding,
  { path, ours }: Difference,
  openssl: Openssl,
): Promise<string[] | undefined> {
  const blamed = ours.certificates.filter((each) => each.role !== 'client' && each.onPath && each.subject === subject);
  const bundle = path.bundle.filter(
    (pem) => !blamed.some(({ fingerprintSha256 }) => fingerprintSha256 === fingerprintOf(pem)),
  );
  if (bundle.length === path.bundle.length) return undefined;
  const theirs = await openssl.ask({ ...path, bundle: bundle.join('') });
  const rest = await inspect({ certificate: path.certificate, caBundle: bundle.join('') }, { at: path.at });
  return theirs.accepted && !rest.valid
    ? explain({ path: { ...path, bundle }, ours: rest, theirs }, openssl)
    : undefined;
}

/** OpenSSL refuses what we accept: what has to change for it to accept? */
async function explainRefusal({ path, ours, theirs }: Difference, openssl: Openssl): Promise<string[] | undefined> {
  if (/error 4[78] at 0 depth/.test(theirs.reason ?? '') && path.notes.some(hasHostBeforeQuery))
    return [hostBeforeQuery.name];
  const whole = { ...path, bundle: path.bundle.join('') };
  const onlyOurs = {
    ...path,
    bundle: authoritiesOf(ours)
      .map((fingerprint) => pemOf(path, fingerprint))
      .join(''),
  };
  const changes = [
    { rules: [lastSecond], question: { ...whole, atAnyTime: true as const } },
    { rules: [oneIssuerOnly], question: onlyOurs },
    { rules: [oneIssuerOnly, lastSecond], question: { ...onlyOurs, atAnyTime: true as const } },
  ];
  for (const { rules, question } of changes) {
    if (rules.includes(lastSecond) && !endsNow(path, ours)) continue;
    const { accepted, reason = '' } = await openssl.ask(question);
    if (accepted) return rules.map(({ name }) => name);
    const policy = /error 4[23] at 0 depth/.test(reason) && path.notes.includes('client maps policies');
    if (policy && rules.includes(oneIssuerOnly)) return [mappingOfTheLast.name];
  }
  return undefined;
}

/** `86` is the tag of a URI. */
const hasHostBeforeQuery = (note: string) => /^alternative names .*86:[a-z]+:\/\/[^/: ]*[?#]/.test(note);

const endsNow = ({ at }: RandomPath, { certificates }: Inspection) =>
  certificates.some(({ notAfter, onPath }) => onPath && new Date(notAfter).getTime() === at.getTime());

async function coveringRule(finding: InspectedFinding, difference: Difference, openssl: Openssl) {
  for (const rule of strict) if (await rule.covers(finding, difference, openssl)) return rule.name;
  return undefined;
}

const authoritiesOf = ({ path }: Inspection): string[] => path.slice(1);
const certificateOf = ({ certificates }: Inspection, fingerprint: string | undefined) =>
  certificates.find(({ fingerprintSha256 }) => fingerprintSha256 === fingerprint);

function pemOf({ bundle }: RandomPath, fingerprint: string): string {
  return bundle.find((pem) => fingerprintOf(pem) === fingerprint) ?? '';
}

function fingerprintOf(pem: string): string {
  const der = Buffer.from(pem.replaceAll(/-----[^\n]*/g, ''), 'base64');
  return createHash('sha256').update(der).digest('hex');
}
