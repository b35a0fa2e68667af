/** Small words that several rooms need. */
import type { SafeText } from './rule.ts';

/** Thousands separators from 10,000 on. */
const digits = new Intl.NumberFormat('en-GB', { useGrouping: 'min2' });

/** `5997`, `12,345`. */
export const counted = (count: number): SafeText => digits.format(count) as SafeText;

/** `1 day`, `2 days`, `12,345 environments`. `many` is the plural, if it is not the noun with an s. */
export const plural = (count: number, noun: string, many = `${noun}s`): SafeText =>
  `${counted(count)} ${count === 1 ? noun : many}` as SafeText;
