/**
 * Text from a certificate is written by whoever made it. Control characters, line separators and bidirectional overrides would let it
 * forge a line of a log or turn around what a person reads, so they are shown as RFC 4514 hex pairs of their UTF-8.
 */
const treacherous = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/gu;

/** The text with every treacherous character shown as `\E2\80\AE`, its UTF-8 in hex. */
export const printable = (text: string): string => text.replace(treacherous, hexPairs);

/** RFC 4514 §2.4. */
export const escapeName = (text: string): string =>
  text
    .replace(/[\\"+,;<>]/g, '\\$&')
    .replace(/^[ #]/, '\\$&')
    .replace(/(?<=.) $/, '\\ ')
    .replace(treacherous, hexPairs);

function hexPairs(character: string): string {
  return Buffer.from(character, 'utf8').toString('hex').toUpperCase().replace(/../g, '\\$&');
}
