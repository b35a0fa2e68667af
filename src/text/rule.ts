/** The rule for which characters must not be shown as they are, and how to show them instead. */

declare const safe: unique symbol;

/**
 * Text that can go to a terminal, a log, a page, an e-mail, JSON or a metric: all untrusted text in it has been escaped. A plain
 * string does not have this type, so code that shows text requires it, and the compiler rejects text that has not been escaped.
 * Only the functions in this room create it.
 */
export type SafeText = string & { readonly [safe]: true };

/**
 * Controls (C0, DEL, C1), format characters (bidirectional overrides, zero width), line and paragraph separators, lone surrogates, private
 * use and unassigned code points, and anything else that is invisible. They could move a cursor, forge a log line, reverse what a
 * person reads, or make two different names look the same (Unicode TR 36 §2, UTS 39 §3).
 */
const treacherous = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
const everyTreacherous = new RegExp(treacherous, 'gu');
/** Nearly all text is plain ASCII, and this test is faster. */
const plainAscii = /^[ -~]*$/;

/** True if the text contains something that must not be shown as it is. */
export const isTreacherous = (text: string): boolean => !plainAscii.test(text) && treacherous.test(text);

/** Writes each treacherous character as `\u{202e}`. Escaping text twice changes nothing. */
export function escapeByNumber(text: string): SafeText {
  return replaceTreacherous(text, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

/** For standards with their own escapes (RFC 4514, JSON). `replacement` must not return anything treacherous. */
export function replaceTreacherous(text: string, replacement: (character: string) => string): SafeText {
  return (plainAscii.test(text) ? text : text.replace(everyTreacherous, replacement)) as SafeText;
}
