/** What an attacker could write wherever others can write, and the proof that none of it gets through. */
import { expect } from 'vitest';

const line = 'OK - all is well';
/** Bell, a terminal’s escape, DEL, C1, zero width, right-to-left, an isolate, line ends of every kind, private use, a tag, and a forged line. */
export const hostileText = `a\u0007\u001b[2J\u007f\u0085\u009b2J\u200b\u202egnp.exe\u2066\u2028\u2029\ue000\u{e0041}\r\n${line}`;

// Written out here, not taken from the rule that is tested.
const forbidden =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: their absence is what is tested.
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ue000-\uf8ff\u{e0000}-\u{e0fff}]/u;

/** For `text` as it was shown. @param lineEnds - what ends a line there, in addition to `\n`. */
export function expectHarmless(text: string, lineEnds = '\n'): void {
  const plain = text.replaceAll(lineEnds, '\n');
  expect(forbidden.exec(plain)).toBeNull();
  expect(plain.split('\n').filter((each) => each.trimStart().startsWith(line))).toEqual([]);
}

/** Like `expectHarmless`, and the original can still be seen as code points. */
export function expectShown(text: string, lineEnds?: string): void {
  expectHarmless(text, lineEnds);
  expect(text).toContain('\\u{202e}');
}

/** Every string and key in parsed JSON. */
export function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => [key, ...stringsIn(each)]);
}
