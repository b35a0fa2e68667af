/** Small words that several rooms need. */
import type { SafeText } from './rule.ts';

/** Thousands separators from 10,000 on. */
const digits = new Intl.NumberFormat('en-GB', { useGrouping: 'min2' });

/** `5997`, `12,345`. */
export const counted = (count: number): SafeText => digits.format(count) as SafeText;

/** `1 day`, `2 days`, `12,345 environments`. `many` is the plural, if it is not the noun with an s. */
export const plural = (count: number, noun: string, many = `${noun}s`): SafeText =>
  `${counted(count)} ${count === 1 ? noun : many}` as SafeText;

/** A title or sentence within another sentence; acronyms and codes stay as they are. */
export const lowerFirst = (text: string): string =>
  /^(?:[A-Z][a-z]|A )/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;

/** With a capital at the start. */
export const upperFirst = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** A host name or address as it is written in a URL or before a port: an IPv6 address in brackets (RFC 3986 §3.2.2). */
export const urlHost = (host: string): string => (host.includes(':') ? `[${host}]` : host);
