import { isTreacherous, type SafeText } from './rule.ts';

/** One word of a command for a POSIX shell, which a person can copy. A treacherous character is written as its bytes. */
export function shellWord(text: string): SafeText {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text as SafeText;
  return (isTreacherous(text) ? `"$(printf '${octal(text)}')"` : `'${text.replaceAll("'", "'\\''")}'`) as SafeText;
}

/** A format for printf(1) without any special meaning. */
const octal = (text: string): string =>
  [...Buffer.from(text, 'utf8')]
    .map((byte) =>
      /[\w@+=:,./-]/.test(String.fromCharCode(byte))
        ? String.fromCharCode(byte)
        : `\\${byte.toString(8).padStart(3, '0')}`,
    )
    .join('');
