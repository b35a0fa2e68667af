/** Scalars as almost every configuration writes them. What is not certain is `unsure`, and left to the library. */

/** Not one of the values that YAML has. */
export const unsure = Symbol('unsure');

const words: ReadonlyMap<string, boolean | null> = new Map([
  ...['null', 'Null', 'NULL'].map((word) => [word, null] as const),
  ...['true', 'True', 'TRUE'].map((word) => [word, true] as const),
  ...['false', 'False', 'FALSE'].map((word) => [word, false] as const),
]);

const number = /^[-+]?(?:\.[0-9]+|[0-9]{1,15}(?:\.[0-9]*)?)$/;
/** Which of the words and numbers a text may be shows in its first character. */
const mayBeWord = /^[nNtTfF]/;
const mayBeNumber = /^[-+.0-9]/;
/** Exponents, other bases, infinity, and numbers with more digits than a double has. */
const unusualNumber = /^(?:0[xo]|[-+]?\.(?:inf|nan)$|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:e[-+]?[0-9]+)?$)/i;

/** A plain scalar by the core schema (YAML 1.2.2 §10.3.2): `no`, `2026-01-01` and `0113 496 0000` are text. */
export function plainValue(text: string): unknown {
  if (mayBeWord.test(text)) return words.has(text) ? words.get(text) : text;
  if (!mayBeNumber.test(text)) return text;
  if (number.test(text)) return Number(text);
  return unusualNumber.test(text) ? unsure : text;
}

/** With its quotes. The escapes of JSON mean the same in YAML; YAML has more. */
export function doubleQuotedValue(quoted: string): unknown {
  if (!quoted.includes('\\')) return quoted.slice(1, -1);
  try {
    return JSON.parse(quoted);
  } catch {
    return unsure;
  }
}

/** With its quotes. */
export const singleQuotedValue = (quoted: string): string => quoted.slice(1, -1).replaceAll("''", "'");
