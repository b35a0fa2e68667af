/** Untrusted text, how it can be shown, and words that several rooms need. */
export { isTreacherous, replaceTreacherous, type SafeText } from './rule.ts';
export {
  condensed,
  escaped,
  escapedLines,
  joined,
  jsonText,
  literal,
  quoted,
  say,
  shortened,
} from './safe-text.ts';
export { ourCommand, type Place, shellWord } from './shell.ts';
export { nearest } from './spelling.ts';
export { Untrusted } from './untrusted.ts';
export { counted, lowerFirst, plural, upperFirst, urlHost } from './words.ts';
