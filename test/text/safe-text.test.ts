import { execFileSync } from 'node:child_process';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import {
  condensed,
  counted,
  escaped,
  escapedLines,
  isTreacherous,
  joined,
  jsonText,
  literal,
  plural,
  quoted,
  type SafeText,
  say,
  shellWord,
  shortened,
  Untrusted,
} from '../../src/text/index.ts';

const kinds: readonly (readonly [kind: string, character: string, shown: string])[] = [
  ['NUL', '\0', '\\u{0}'],
  ['a line end', '\n', '\\u{a}'],
  ['escape', '\u001b', '\\u{1b}'],
  ['DEL', '\u007f', '\\u{7f}'],
  ['C1, which some terminals obey', '\u009b', '\\u{9b}'],
  ['a soft hyphen', '\u00ad', '\\u{ad}'],
  ['a zero-width space', '\u200b', '\\u{200b}'],
  ['a right-to-left override', '\u202e', '\\u{202e}'],
  ['a bidirectional isolate', '\u2066', '\\u{2066}'],
  ['a line separator', '\u2028', '\\u{2028}'],
  ['a paragraph separator', '\u2029', '\\u{2029}'],
  ['a byte order mark', '\ufeff', '\\u{feff}'],
  ['a tag, beyond the first 65,536', '\u{e0041}', '\\u{e0041}'],
  ['half a character', '\ud83d', '\\u{d83d}'],
  ['private use', '\ue000', '\\u{e000}'],
  ['not a character at all', '\uffff', '\\u{ffff}'],
  ['a filler that fonts leave blank', '\u3164', '\\u{3164}'],
];

describe('one rule', () => {
  test.each(kinds)('text: %s is shown by its number', (_, character, shown) => {
    expect(isTreacherous(`a${character}b`)).toBe(true);
    expect(escaped(`a${character}b`)).toBe(`a${shown}b`);
  });

  test.each(['plain text', 'Ysbyty Llandochau, Môn', '“NHS” — ’s', 'Ελλάδα', 'שלום', '😀', 'C:\\certs\\mesh.pem', ''])(
    'text: %s stays as it is',
    (text) => {
      expect(isTreacherous(text)).toBe(false);
      expect(escaped(text)).toBe(text);
    },
  );

  test('text: escaping twice changes nothing', () => {
    const once = escaped(kinds.map(([, character]) => character).join('x'));
    expect(escaped(once)).toBe(once);
  });

  test('text: a template keeps our words and escapes every value', () => {
    const name = new Untrusted('a\nb');
    expect(say`${name}:\n${'\u202e'} in ${3}\n`).toBe('a\\u{a}b:\n\\u{202e} in 3\n');
    expect(say``).toBe('');
  });

  test('text: of several lines only the line ends stay', () => {
    expect(escapedLines('one\r\n\u001b[2Jtwo')).toBe('one\\u{d}\n\\u{1b}[2Jtwo');
    expect(joined([escaped('a\n'), literal('b')], '\n')).toBe('a\\u{a}\nb');
  });

  test('text: is cut by characters, not by halves of them', () => {
    expect(shortened('12345', 5)).toBe('12345');
    expect(shortened('123456', 5)).toBe('12345…');
    expect(shortened('😀'.repeat(6), 5)).toBe('😀😀😀😀😀…');
    expect(shortened('\u202e'.repeat(100), 8)).toBe('\\u{202e}…');
  });

  test('text: of a server becomes one line', () => {
    expect(condensed(' no\r\n\tsuch\u00a0\u2028 user\u001b[2J ', 100)).toBe('no such user\\u{1b}[2J');
    expect(condensed(new Untrusted('a  \n b'), 3)).toBe('a b');
    expect(condensed('a b c', 3)).toBe('a b…');
  });

  test('text: in quotation marks it cannot end them', () => {
    expect(quoted('a" is valid "\n')).toBe('"a\\" is valid \\"\\u{a}"');
    expect(quoted(new Untrusted('a"\n'))).toBe('"a\\"\\u{a}"');
    expect(quoted('x'.repeat(100), 10)).toBe(`"${'x'.repeat(10)}…"`);
  });

  test('text: JSON keeps what it says, with nothing treacherous in it as it stands', () => {
    const value = { text: kinds.map(([, character]) => character).join('x'), list: [1, 'ä'] };
    for (const indent of [undefined, 2]) {
      const json = jsonText(value, indent);
      expect(json.split('\n').some(isTreacherous)).toBe(false);
      expect(JSON.parse(json)).toEqual(value);
    }
    expect(jsonText(value.list, 2)).toBe('[\n  1,\n  "ä"\n]');
  });
});

describe('text that others wrote', () => {
  const hostile = new Untrusted('\u001b[2J\u202eevil');
  const shown = '\\u{1b}[2J\\u{202e}evil';

  test('untrusted: every way of printing it prints the escaped form', () => {
    expect(`${hostile}`).toBe(shown);
    expect(String(hostile)).toBe(shown);
    expect(['', hostile].join('')).toBe(shown);
    expect(JSON.stringify({ hostile })).toBe(JSON.stringify({ hostile: shown }));
    expect(inspect(hostile)).toBe(shown);
    expect(inspect({ deep: [hostile] })).toContain(shown);
    expect(Object.values({ ...hostile })).toEqual([shown]);
    expect(structuredClone(hostile)).toEqual({ shown });
  });

  test('untrusted: its text can be compared', () => {
    expect(hostile.raw()).toBe('\u001b[2J\u202eevil');
    expect(new Untrusted('a')).toEqual(new Untrusted('a'));
    expect(new Untrusted('a')).not.toEqual(new Untrusted('b'));
  });

  test('untrusted: the compiler takes neither it nor a plain string where safe text is asked for', () => {
    const show = (text: SafeText) => text;
    const plain: string = 'anything';
    // @ts-expect-error A string has not been escaped.
    show(plain);
    // @ts-expect-error Nor has this.
    show(hostile);
    // @ts-expect-error A string that is none of our own words.
    literal(plain);
    const word = 'critical' as 'critical' | 'warning';
    expect([show(literal(word)), show(hostile.shown)]).toEqual(['critical', shown]);
  });
});

test.each([
  ['/etc/mesh/client.pem', '/etc/mesh/client.pem'],
  ["Ada's key.pem", "'Ada'\\''s key.pem'"],
  ['a\u202eb $(x) 100%.pem', '"$(printf \'a\\342\\200\\256b\\040\\044\\050x\\051\\040100\\045.pem\')"'],
])('shell: %j is one word of a command, and safe to look at', (path, word) => {
  expect(shellWord(path)).toBe(word);
  expect(execFileSync('sh', ['-c', `printf %s ${word}`]).toString()).toBe(path);
});

test('words: one of a thing, several of it, and many of it', () => {
  expect([plural(1, 'day'), plural(0, 'day'), plural(2, 'CA'), plural(2, 'entry', 'entries')]).toEqual([
    '1 day',
    '0 days',
    '2 CAs',
    '2 entries',
  ]);
  expect([counted(9999), counted(10_000)]).toEqual(['9999', '10,000']);
});
