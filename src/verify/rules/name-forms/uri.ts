import type { Comparison } from './comparison.ts';
import { compareHost, isHostBase, isQualifiedHost } from './dns.ts';

/**
 * RFC 5280 §4.2.1.10, uniformResourceIdentifier: the host is constrained, and only a fully qualified one can be. A URI without a host
 * (`urn:…`), or with an address as its host, MUST be rejected where URIs are constrained.
 */
export function compareUri(uri: string, constraint: string): Comparison {
  const host = hostOf(uri);
  return host === undefined || !isHostBase(constraint) ? 'incomparable' : compareHost(host, constraint);
}

/** RFC 3986 §3.2: `scheme://[user@]host[:port]…`; a final dot only says that the name is complete. */
function hostOf(uri: string): string | undefined {
  const authority = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(uri)?.[1];
  const host = authority
    ?.slice(authority.lastIndexOf('@') + 1)
    .replace(/:\d*$/, '')
    .replace(/\.$/, '');
  return host !== undefined && isQualifiedHost(host) && !fourNumbers.test(host) ? host : undefined;
}

/** What looks like an address counts as one, however many digits it has. */
const fourNumbers = /(?:^|\.)\d+$/;
