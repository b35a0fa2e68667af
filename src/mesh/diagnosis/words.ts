/** How the diagnosis writes names and places. */
import type { Certificate, DistinguishedName } from '../../x509/index.ts';
import type { HttpProxy } from '../network/proxy.ts';
import { withPort } from './circumstances.ts';

/** The common name in quotation marks, or the whole name if there is none. The whole detail is made printable later. */
export function named({ commonName, text }: DistinguishedName): string {
  return `“${commonName || text || 'an empty name'}”`;
}

export const subjectOf = ({ subject }: Certificate): string => named(subject);
export const issuerOf = ({ issuer }: Certificate): string => named(issuer);

/** `the proxy proxy.example:3128 from HTTPS_PROXY` */
export const theProxy = ({ host, port, source }: HttpProxy): string =>
  `the proxy ${withPort(host, port)} from ${source}`;

/** Where a proxy is configured. */
export const placeOf = ({ source }: Pick<HttpProxy, 'source'>): string =>
  source === 'mesh.proxy' ? '`mesh.proxy`' : `the environment variable ${source}`;

/** `a, b and c` */
export function listed(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}
