/** RFC 5280 §4.2.1.10 and §6.1.3 (b), (c): which names a CA may certify. */
import { Untrusted } from '../text/index.ts';
import type { AlternativeName, Certificate, GeneralNameConstraint } from '../x509/index.ts';
import { addressOctets } from './address.ts';
import type { Allowance } from './issuers.ts';

type Name = AlternativeName | { readonly kind: 'subject'; readonly rdns: readonly string[] };

/**
 * The first name of `certificate` that `issuer` may not certify, in words; undefined when all are allowed.
 * @param last whether it is the last certificate of the path, the client's
 * @param comparisons how many names may still be compared with constraints; a thousand of each make a million
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
    const permitted = constraints.permitted.filter((each) => concerns(each, name));
    if (permitted.length > 0 && !permitted.some((each) => matches(each, name)))
      return `${describe(name)} is not permitted`;
    // A form that we cannot compare counts as excluded: §4.2.1.10 wants it processed or the certificate rejected.
    const excluded = constraints.excluded.filter((each) => concerns(each, name));
    if (excluded.some((each) => each.kind === 'other' || matches(each, name))) return `${describe(name)} is excluded`;
  }
  return undefined;
}

function namesOf(certificate: Certificate, last: boolean): Name[] {
  const names: Name[] = [...certificate.alternativeNames];
  if (certificate.subjectRdns.length > 0) names.push({ kind: 'subject', rdns: certificate.subjectRdns });
  // §4.2.1.10: an e-mail address in the subject is a name, too.
  names.push(...certificate.subjectRdns.flatMap(mailAddressesIn));
  // Beyond RFC 5280, and as OpenSSL does: without a DNS name of its own, a certificate whose CN is a host name is constrained by it.
  const { commonName } = certificate.subject;
  const hasDns = certificate.alternativeNames.some(({ kind }) => kind === 'dns');
  if (last && !hasDns && commonName !== undefined && hostName.test(commonName.raw()))
    names.push({ kind: 'dns', value: commonName });
  return names;
}

/** The attributes of a canonical RDN one after another, so that what looks like one inside another's value is not taken for it. */
const attributes = /(?:^|\+)([\d.]+)=((?:[^\\+]|\\.)*)/gy;
const emailAddressOid = '1.2.840.113549.1.9.1';

function mailAddressesIn(rdn: string): Name[] {
  return [...rdn.matchAll(attributes)]
    .filter(([, type]) => type === emailAddressOid)
    .map(([, , value = '']) => ({ kind: 'email', value: new Untrusted(value.replace(/\\(.)/g, '$1')) }));
}

const hostName = /^[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)+$/i;

function concerns(constraint: GeneralNameConstraint, name: Name): boolean {
  return constraint.kind === (name.kind === 'subject' ? 'directory' : name.kind);
}

function matches(constraint: GeneralNameConstraint, name: Name): boolean {
  if (constraint.kind === 'directory')
    return name.kind === 'subject' && constraint.rdns.every((rdn, index) => rdn === name.rdns[index]);
  if (constraint.kind === 'other' || name.kind === 'subject') return false;
  const value = name.value.raw().toLowerCase();
  if (constraint.kind === 'ip') return inNetwork(addressOctets(value), constraint.address, constraint.mask);
  const base = constraint.value.raw().toLowerCase();
  if (constraint.kind === 'dns') return base === '' || value === base || value.endsWith(withDot(base));
  if (constraint.kind === 'email') return mailMatches(value, base);
  return hostMatches(hostOfUri(value), base);
}

const withDot = (base: string) => (base.startsWith('.') ? base : `.${base}`);

/** A host for itself alone; with a leading dot, everything below it. */
const hostMatches = (host: string | undefined, base: string) =>
  host !== undefined && (base.startsWith('.') ? host.endsWith(base) : host === base);

const mailMatches = (mailbox: string, base: string) =>
  base.includes('@') ? mailbox === base : hostMatches(mailbox.slice(mailbox.lastIndexOf('@') + 1), base);

function hostOfUri(uri: string): string | undefined {
  const host = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?([^/?#:]+)/.exec(uri)?.[1];
  return host !== undefined && addressOctets(host) === undefined ? host : undefined;
}

function inNetwork(address: Uint8Array | undefined, base: Uint8Array, mask: Uint8Array): boolean {
  if (address?.length !== base.length) return false;
  return address.every((octet, index) => ((octet ^ (base[index] ?? 0)) & (mask[index] ?? 0)) === 0);
}

function describe(name: Name): string {
  return name.kind === 'subject'
    ? 'its subject'
    : `the ${name.kind === 'dns' ? 'DNS' : name.kind} name “${name.value}”`;
}
