/** What makes safe text out of text that others wrote, and out of our own words. */
import { escapeByNumber, replaceTreacherous, type SafeText } from './rule.ts';
import type { Untrusted } from './untrusted.ts';

/** On one line, with each treacherous character as `\u{202e}`. Escaping twice changes nothing. */
export const escaped = (text: string | Untrusted): SafeText =>
  typeof text === 'string' ? escapeByNumber(text) : text.shown;

/** As `escaped`, but keeps the line ends of a text that has several lines of its own. */
export function escapedLines(text: string): SafeText {
  return joined(text.split('\n').map(escaped), '\n');
}

/** A word of one of our own closed lists, which nobody else can write: the compiler takes no other. */
export const known = <Word extends string>(word: string extends Word ? never : Word): SafeText =>
  word as string as SafeText;

/**
 * A template of our own words, with every value in it escaped.
 * @example
 * say`${path}: the common name is ${certificate.subject.commonName}`;
 */
export function say(words: TemplateStringsArray, ...values: readonly (string | number | Untrusted)[]): SafeText {
  return words
    .map((word, index) => (index === 0 ? word : `${escaped(String(values[index - 1]))}${word}`))
    .join('') as SafeText;
}

/** Several pieces of safe text as one; for lines, which `say` would escape the ends of. */
export function joined(parts: readonly SafeText[], separator: '' | ' ' | ', ' | '; ' | '\n' | '\n\n' = ''): SafeText {
  return parts.join(separator) as SafeText;
}

/** At most `most` code points, and `…` where there were more: whoever wrote the text chose its length. */
export function shortened(text: string | Untrusted, most: number): SafeText {
  const whole = escaped(text);
  if (whole.length <= most) return whole;
  const characters = [...whole.slice(0, 2 * most + 1)];
  return characters.length <= most ? whole : (`${characters.slice(0, most).join('')}…` as SafeText);
}

/** What a server or a program wrote, on one line: white space of every kind becomes single spaces before it is escaped and cut. */
export const condensed = (text: string | Untrusted, most: number): SafeText =>
  shortened(rawOf(text).replace(/\s+/g, ' ').trim(), most);

/** In quotation marks, cut as `shortened` does; quotation marks inside it are escaped. */
export const quoted = (text: string | Untrusted, most = 80): SafeText =>
  `"${shortened(rawOf(text).replace(/["\\]/g, '\\$&'), most)}"` as SafeText;

/** JSON with nothing treacherous in it as it stands: such a character is `\u202e`, and a reader gets the character itself. */
export function jsonText(value: unknown, indent?: number): SafeText {
  // The line ends are those of the indentation: in a string JSON escapes them itself.
  const lines = JSON.stringify(value, undefined, indent).split('\n');
  return joined(
    lines.map((line) => replaceTreacherous(line, (character) => jsonEscape(character))),
    '\n',
  );
}

const jsonEscape = (character: string) =>
  [...Array(character.length).keys()]
    .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)
    .join('');

const rawOf = (text: string | Untrusted): string => (typeof text === 'string' ? text : text.raw());
