import { type Comparison, inside } from './comparison.ts';

/** RFC 1034 §3.5, with the underscore that real hosts have; a wildcard stands for its first label (RFC 9525 §2.3). */
const label = '[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?';
const dnsName = new RegExp(`^(?:\\*\\.)?${label}(?:\\.${label})*$`, 'i');
const qualified = new RegExp(`^${label}(?:\\.${label})+$`, 'i');
const base = new RegExp(`^\\.?${label}(?:\\.${label})*$`, 'i');

/** A host name of at least two labels. */
export const isQualifiedHost = (text: string): boolean => qualified.test(text);

/** What a constraint on hosts can be: a host or, with a leading dot, a domain. */
export const isHostBase = (text: string): boolean => base.test(text);

/**
 * RFC 5280 §4.2.1.10, dNSName: a name is inside if it is the base, or the base with labels added on the left. Everything is inside an empty base.
 * A leading dot, which RFC 5280 does not define here, excludes the base itself, as in OpenSSL.
 */
export function compareDns(name: string, constraint: string): Comparison {
  if (!dnsName.test(name) || (constraint !== '' && !base.test(constraint))) return 'incomparable';
  const [host, domain] = [name.toLowerCase(), constraint.toLowerCase()];
  if (domain === '' || host === domain) return 'inside';
  return inside(host.endsWith(domain.startsWith('.') ? domain : `.${domain}`));
}

/** RFC 5280 §4.2.1.10, the host of a mailbox or a URI: only itself or, with a leading dot, everything below it. */
export function compareHost(host: string, constraint: string): Comparison {
  const [name, domain] = [host.toLowerCase(), constraint.toLowerCase()];
  return inside(domain.startsWith('.') ? name.endsWith(domain) && name !== domain : name === domain);
}
