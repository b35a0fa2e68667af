import type { Untrusted } from '../../../text/index.ts';
import { type DistinguishedName, nameOf } from '../../../x509/index.ts';
import { cut } from './words.ts';

const longestShortName = 80;

/** What people call a certificate, kept from turning round what stands beside it. */
export const ShortName = ({ name, small = false }: { name: DistinguishedName; small?: boolean }) => (
  <bdi class={small ? 'page-small page-name' : 'page-name'}>{nameOf(name, longestShortName) || 'no name'}</bdi>
);

/** The distinguished name as the certificate has it, bounded. */
export const FullName = ({ name }: { name: DistinguishedName }) => (
  <bdi class="page-name">{cut(name.text) || 'no name'}</bdi>
);

/** Text that may quote a certificate or a server: bounded, and kept from turning round what stands beside it. */
export const Quoted = ({ text, most }: { text: string | Untrusted; most?: number }) => (
  <bdi class="page-name">{cut(text, most)}</bdi>
);

/** Groups of digits that people compare by eye and may copy. */
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
