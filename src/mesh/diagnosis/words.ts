/** How the diagnosis writes names and places. */
import { shortened } from '../../text/index.ts';
import type { Certificate, DistinguishedName } from '../../x509/index.ts';
import type { HttpProxy } from '../network/proxy.ts';
import { withPort } from './circumstances.ts';

/** The common name in quotation marks, or the whole name if there is none: short enough to leave room, and unable to end its own quotation. */
export function named({ commonName, text }: DistinguishedName): string {
  const name = shortened(commonName?.raw() || text || 'an empty name', mostOfName);
  return `“${name.replace(/[“”]/g, (mark) => `\\u{${mark.charCodeAt(0).toString(16)}}`)}”`;
}

/** X.520 allows 64. */
const mostOfName = 80;

export const subjectOf = ({ subject }: Certificate): string => named(subject);
export const issuerOf = ({ issuer }: Certificate): string => named(issuer);

/** `the proxy proxy.example:3128 from HTTPS_PROXY` */
export const theProxy = ({ host, port, source }: HttpProxy): string =>
  `the proxy ${withPort(host, port)} from ${source}`;

/** Where a proxy is configured. */
export const placeOf = ({ source }: Pick<HttpProxy, 'source'>): string =>
  source === 'mesh.proxy' ? '`mesh.proxy`' : `the environment variable ${source}`;

const mostListed = 3;

/** `a, b, c and 4 more` */
export function someOf(items: readonly string[]): string {
  const more = items.length - mostListed;
  return listed(more > 0 ? [...items.slice(0, mostListed), `${more} more`] : items);
}

/** `a, b and c` */
export function listed(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}
