/** How the diagnosis writes names and dates. */
import type { Certificate, DistinguishedName } from '../../x509/index.ts';

/** The common name in quotation marks, or the whole name if there is none. The whole detail is made printable later. */
export function named({ commonName, text }: DistinguishedName): string {
  return `“${commonName || text || 'an empty name'}”`;
}

export const subjectOf = ({ subject }: Certificate): string => named(subject);
export const issuerOf = ({ issuer }: Certificate): string => named(issuer);

/** `a, b and c` */
export function listed(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}
