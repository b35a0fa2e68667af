/** Makes safe text out of untrusted text and our own words. */
import { escapeByNumber, replaceTreacherous, type SafeText } from './rule.ts';
import type { Untrusted } from './untrusted.ts';

/** On one line, with each treacherous character as `\u{202e}`. Escaping twice changes nothing. */
export const escaped = (text: string | Untrusted): SafeText =>
  typeof text === 'string' ? escapeByNumber(text) : text.shown;

/** As `escaped`, but keeps the line breaks of a text with several lines. */
export function escapedLines(text: string): SafeText {
  return joined(text.split('\n').map(escaped), '\n');
}

/** A word from one of our own closed lists. The compiler accepts no other. */
export const literal = <Word extends string>(word: string extends Word ? never : Word): SafeText =>
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

/** Joins pieces of safe text. Use it for lines, because `say` would escape the line breaks. */
export function joined(parts: readonly SafeText[], separator: '' | ' ' | ', ' | '; ' | '\n' | '\n\n' = ''): SafeText {
  return parts.join(separator) as SafeText;
}

/** At most `most` code points, followed by `…` if there were more. The length of untrusted text is not ours to choose. */
export function shortened(text: string | Untrusted, most: number): SafeText {
  const whole = escaped(text);
  if (whole.length <= most) return whole;
  const characters = [...whole.slice(0, 2 * most + 1)];
  return characters.length <= most ? whole : (`${characters.slice(0, most).join('')}…` as SafeText);
}

/** Text from a server or program on one line. White space becomes single spaces before the text is escaped and cut. */
export const condensed = (text: string | Untrusted, most: number): SafeText =>
  shortened(rawOf(text).replace(/\s+/g, ' ').trim(), most);

/** In quotation marks, cut as `shortened` does; quotation marks inside it are escaped. */
export const quoted = (text: string | Untrusted, most = 80): SafeText =>
  `"${shortened(rawOf(text).replace(/["\\]/g, '\\$&'), most)}"` as SafeText;

/** JSON in which treacherous characters are written as `\u202e`. A JSON reader gets the character itself. */
export function jsonText(value: unknown, indent?: number): SafeText {
  // The line breaks are those of the indentation. In strings, JSON escapes them itself.
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
