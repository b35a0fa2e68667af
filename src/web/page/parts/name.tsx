import type { Untrusted } from '../../../text/index.ts';
import { type DistinguishedName, nameOf } from '../../../x509/index.ts';
import { cut } from './words.ts';

const longestShortName = 80;

/** The short name of a certificate, isolated so that right-to-left characters cannot affect the text around it. */
export const ShortName = ({ name, small = false }: { name: DistinguishedName; small?: boolean }) => (
  <bdi class={small ? 'page-small page-name' : 'page-name'}>{nameOf(name, longestShortName) || 'no name'}</bdi>
);

/** The distinguished name as it is in the certificate, limited in length. */
export const FullName = ({ name }: { name: DistinguishedName }) => (
  <bdi class="page-name">{cut(name.text) || 'no name'}</bdi>
);

/** Text that may quote a certificate or a server: limited in length, and isolated so that right-to-left characters cannot affect the text around it. */
export const Quoted = ({ text, most }: { text: string | Untrusted; most?: number }) => (
  <bdi class="page-name">{cut(text, most)}</bdi>
);

/** Digits in groups, for people to compare and copy. */
export function Hex({ digits, group = 4 }: { digits: string; group?: number }) {
  const groups = digits.match(new RegExp(`.{1,${group}}`, 'g')) ?? [];
  return (
    <code class="page-hex">
      {groups.map((each) => (
        <span>{each}</span>
      ))}
    </code>
  );
}
