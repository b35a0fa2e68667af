import type { Certificate, DistinguishedName } from '../x509/index.ts';

const longest = 120;
const printable = /^[\p{L}\p{N}\p{P}\p{S}\p{Zs}]+$/u;

/** What people call a certificate: its common name in quotation marks, or the whole name where there is none fit to print. */
export function nameOf({ commonName, text }: DistinguishedName): string {
  const name = commonName !== undefined && printable.test(commonName) ? commonName : text;
  if (name === '') return 'a certificate without a name';
  return `“${name.length > longest ? `${name.slice(0, longest)}…` : name}”`;
}

export const labelOf = (certificate: Certificate): string => nameOf(certificate.subject);

/** `“NHS INT Authentication G2” (certificate 2)`: what a person looks for in the file. */
export const placeInBundle = (certificate: Certificate, index: number): string =>
  `${labelOf(certificate)} (certificate ${index + 1})`;

/** Groups of four, as key identifiers are compared by eye. */
export const hexOf = (identifier: string): string => identifier.match(/.{1,4}/g)?.join(' ') ?? '';

/** To the second: validity has no finer grain. */
export const dateOf = (time: Date): string => `${time.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
