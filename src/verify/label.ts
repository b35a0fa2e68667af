import { type SafeText, say } from '../text/index.ts';
import { type Certificate, nameOf as commonOrWholeName, type DistinguishedName } from '../x509/index.ts';

/** To the second: validity is no more precise than that. */
export { utcTime as dateOf } from '../time/index.ts';

const longest = 120;

/** What people call a certificate, in quotation marks. */
export function nameOf(name: DistinguishedName): SafeText {
  const called = commonOrWholeName(name, longest);
  return called === '' ? say`a certificate without a name` : say`“${called}”`;
}

export const labelOf = (certificate: Certificate): SafeText => nameOf(certificate.subject);

/** `“NHS INT Authentication G2” (certificate 2)`: what a person looks for in the file. */
export const placeInBundle = (certificate: Certificate, index: number): SafeText =>
  say`${labelOf(certificate)} (certificate ${index + 1})`;

/** In groups of four, because people compare key identifiers by eye. */
export const hexOf = (identifier: string): string => identifier.match(/.{1,4}/g)?.join(' ') ?? '';
