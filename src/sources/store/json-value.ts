import { plural } from '../../text/index.ts';
import type { Found, Refused } from './driver.ts';

/** One value of an item that is a JSON object, or the reason why there is none. */
export function jsonValue({ bytes, isBinary }: Found, key: string): Buffer | Refused {
  if (isBinary) return { refused: 'is binary, so it has no keys' };
  try {
    return valueIn(JSON.parse(bytes.toString('utf8')), key);
  } catch {
    // What the parser says quotes the text.
    return { refused: 'is not JSON' };
  }
}

/**
 * The text of a JSON object with these values, and everything else as it was, down to the digits of its numbers. Undefined if it is not one.
 */
export function withValues(text: string, values: ReadonlyMap<string, string>): string | undefined {
  try {
    const object: unknown = JSON.parse(text, asWritten);
    if (typeof object !== 'object' || object === null || Array.isArray(object)) return undefined;
    return JSON.stringify({ ...object, ...Object.fromEntries(values) });
  } catch {
    return undefined;
  }
}

/** A number that JavaScript would round keeps its digits. */
const asWritten = (_: string, value: unknown, context?: { readonly source?: string }): unknown =>
  typeof value === 'number' && context?.source !== undefined && String(value) !== context.source
    ? (JSON as unknown as { rawJSON(source: string): unknown }).rawJSON(context.source)
    : value;

/** The same, of an object. */
export function valueIn(object: unknown, key: string): Buffer | Refused {
  if (typeof object !== 'object' || object === null || Array.isArray(object))
    return { refused: 'is not a JSON object' };
  if (!Object.hasOwn(object, key))
    return {
      refused: `does not exist; the secret has ${plural(Object.keys(object).length, 'other key')}`,
      isMissing: true,
    };
  const value = (object as Record<string, unknown>)[key];
  if (typeof value === 'string') return Buffer.from(value, 'utf8');
  // A password of digits may have been saved as a number.
  return typeof value === 'number' || typeof value === 'boolean'
    ? Buffer.from(String(value), 'utf8')
    : { refused: 'is not text' };
}
