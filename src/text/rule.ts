/** The one rule: which characters must not be shown as they are, and how they are shown instead. */

declare const safe: unique symbol;

/**
 * Text that can go to a terminal, a log, a page, an e-mail, JSON or a metric: whatever in it was written by others has been escaped. A plain
 * string is not one, so what shows text to somebody asks for this type, and the compiler refuses text that nobody has escaped.
 * Only the functions of this room make it.
 */
export type SafeText = string & { readonly [safe]: true };

/**
 * Controls (C0, DEL, C1), format characters (bidirectional overrides, zero width), line and paragraph separators, lone surrogates, private
 * use and unassigned code points, and whatever else a font leaves blank: what could move a cursor, forge a line of a log, turn round what a
 * person reads, or make two different names look alike (Unicode TR 36 §2, UTS 39 §3).
 */
const treacherous = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
const everyTreacherous = new RegExp(treacherous, 'gu');
/** Nearly all text is this, and it is quicker to see. */
const plainAscii = /^[ -~]*$/;

/** True when there is something in it that must not be shown as it is. */
export const isTreacherous = (text: string): boolean => !plainAscii.test(text) && treacherous.test(text);

/** Each treacherous character as `\u{202e}`. Text that has been escaped stays as it is when it is escaped again. */
export function escapeByNumber(text: string): SafeText {
  return replaceTreacherous(text, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

/** For a standard that has an escape of its own (RFC 4514, JSON). `replacement` must not return anything treacherous. */
export function replaceTreacherous(text: string, replacement: (character: string) => string): SafeText {
  return (plainAscii.test(text) ? text : text.replace(everyTreacherous, replacement)) as SafeText;
}
