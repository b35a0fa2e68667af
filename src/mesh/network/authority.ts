import { shortened, Untrusted } from '../../text/index.ts';

/** Without the brackets that a URL puts around `::1`, and without the trailing dot of a complete name. */
export function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
}

/** The host that a Location leads to, if it is another one. The rest of it is not ours to show: it may hold tokens. */
export function otherHost(location: string | undefined, from: URL): Untrusted | undefined {
  const to = location === undefined ? null : URL.parse(location, from);
  if (!to || !/^https?:$/.test(to.protocol) || to.host === from.host) return undefined;
  return new Untrusted(shortened(to.host, mostOfHost));
}

const mostOfHost = 80;

export function portOf(url: URL): string {
  return url.port || (url.protocol === 'http:' ? '80' : '443');
}
