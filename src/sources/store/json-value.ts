import { plural } from '../../text/index.ts';
import type { Found } from './driver.ts';

/** One value of an item that is a JSON object; or the reason why there is none, which continues a sentence that begins with the place. */
export function jsonValue({ bytes, isBinary }: Found, key: string): Buffer | string {
  if (isBinary) return 'is binary, so it has no keys';
  try {
    return valueIn(JSON.parse(bytes.toString('utf8')), key);
  } catch {
    // What the parser says quotes the text.
    return 'is not JSON';
  }
}

/** The same, of an object. */
export function valueIn(object: unknown, key: string): Buffer | string {
  if (typeof object !== 'object' || object === null || Array.isArray(object)) return 'is not a JSON object';
  if (!Object.hasOwn(object, key))
    return `does not exist; the secret has ${plural(Object.keys(object).length, 'other key')}`;
  const value = (object as Record<string, unknown>)[key];
  if (typeof value === 'string') return Buffer.from(value, 'utf8');
  // A password of digits may have been saved as a number.
  return typeof value === 'number' || typeof value === 'boolean' ? Buffer.from(String(value), 'utf8') : 'is not text';
}
