/** RFC 5280 §4.2.1.10 and §6.1.3 (b), (c): which names a CA may certify. */
import type { Allowance } from '../../limits/index.ts';
import type { AlternativeName, Certificate, GeneralNameConstraint } from '../../x509/index.ts';
import { labelOf } from '../label.ts';
import type { Comparison } from './name-forms/comparison.ts';
import { compareDirectory } from './name-forms/directory.ts';
import { compareDns, isQualifiedHost } from './name-forms/dns.ts';
import { compareAddress } from './name-forms/ip.ts';
import { compareMailbox } from './name-forms/mailbox.ts';
import { compareUri } from './name-forms/uri.ts';
import type { PathRule } from './rule.ts';

/** §6.1.3 (b): a self-issued certificate is exempt unless it is the last of the path. */
export const nameConstraintFailures: PathRule = ({ path, work }) =>
  path.flatMap((certificate, index) => {
    if (index > 0 && certificate.selfIssued) return [];
    return path.slice(index + 1).flatMap((issuer) => {
      const violation = violatedName(certificate, issuer, index === 0, work);
      if (violation === undefined) return [];
      const message = `${labelOf(issuer)} may not certify ${labelOf(certificate)}: ${violation}.`;
      return [{ code: 'chain_name_constraint_violated' as const, certificate, message }];
    });
  });

type Name =
  | AlternativeName
  | { readonly kind: 'directory'; readonly rdns: readonly string[]; readonly isSubject: true };

/**
 * The first name of `certificate` that `issuer` may not certify, in words; undefined when all are allowed.
 * @param last whether it is the last certificate of the path, the client's
 * @param comparisons how many more names may be compared with constraints; a thousand of each make a million
 */
export function violatedName(
  certificate: Certificate,
  issuer: Certificate,
  last: boolean,
  comparisons: Allowance,
): string | undefined {
  const constraints = issuer.nameConstraints;
  if (!constraints) return undefined;
  const names = namesOf(certificate, last);
  if (!comparisons.spend(names.length * (constraints.permitted.length + constraints.excluded.length)))
    return `its ${names.length} names are too many to compare with those that are constrained`;
  for (const name of names) {
    // Whatever form is constrained: nobody can say what such a name means.
    if ('malformed' in name) return `${describe(name)} is malformed`;
    const concerning = (subtrees: readonly GeneralNameConstraint[]) =>
      subtrees.filter(({ kind }) => kind === name.kind);
    const violation = violationOf(name, concerning(constraints.permitted), concerning(constraints.excluded));
    if (violation !== undefined) return `${describe(name)} ${violation}`;
  }
  return undefined;
}

/** Of constraints of the name's own form; those of others say nothing about it. */
function violationOf(
  name: Name,
  permitted: readonly GeneralNameConstraint[],
  excluded: readonly GeneralNameConstraint[],
): string | undefined {
  // §4.2.1.10: process minimum and maximum, or reject.
  if ([...permitted, ...excluded].some(({ hasDistance }) => hasDistance))
    return 'is subject to a constraint with a minimum or maximum distance, which is not supported';
  const allowed = permitted.map((each) => compare(name, each));
  const forbidden = excluded.map((each) => compare(name, each));
  if ([...allowed, ...forbidden].includes('incomparable')) return 'cannot be compared with the constraint';
  if (allowed.length > 0 && !allowed.includes('inside')) return 'is not permitted';
  return forbidden.includes('inside') ? 'is excluded' : undefined;
}

function compare(name: Name, constraint: GeneralNameConstraint): Comparison {
  if (constraint.kind === 'directory') return compareDirectory(name.rdns ?? [], constraint.rdns);
  if ('isSubject' in name) return 'incomparable';
  switch (constraint.kind) {
    case 'dns':
      return compareDns(name.value.raw(), constraint.value.raw());
    case 'email':
      return compareMailbox(name.value.raw(), constraint.value.raw(), name.internationalised);
    case 'uri':
      return compareUri(name.value.raw(), constraint.value.raw());
    case 'ip':
      return compareAddress(name.value.raw(), constraint.address, constraint.mask);
    default:
      return 'incomparable';
  }
}

function namesOf(certificate: Certificate, last: boolean): Name[] {
  const { alternativeNames, subjectCommonNames, subjectEmailAddresses, subjectRdns } = certificate;
  const names: Name[] = [...alternativeNames];
  if (subjectRdns.length > 0) names.push({ kind: 'directory', rdns: subjectRdns, isSubject: true });
  // §4.2.1.10: an email address in the subject is a name as well.
  names.push(...subjectEmailAddresses.map((value) => ({ kind: 'email' as const, value })));
  // Beyond RFC 5280, and as OpenSSL does: without a DNS name of its own, a client whose CN is a host name is constrained by it.
  if (last && !alternativeNames.some(({ kind }) => kind === 'dns'))
    names.push(
      ...subjectCommonNames
        .filter((name) => isQualifiedHost(name.raw()))
        .map((value) => ({ kind: 'dns' as const, value })),
    );
  return names;
}

const formNames: Readonly<Record<AlternativeName['kind'], string>> = {
  dns: 'DNS name',
  email: 'email name',
  uri: 'uri name',
  ip: 'ip name',
  directory: 'directory name',
  otherName: 'otherName',
  x400Address: 'X.400 address',
  ediPartyName: 'EDI party name',
  registeredId: 'registered ID',
};

const describe = (name: Name): string =>
  'isSubject' in name ? 'its subject' : `the ${formNames[name.kind]} “${name.value}”`;
