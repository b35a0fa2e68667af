/** Two readers of the same language: the quick one, where it is sure, must say exactly what the library says. */
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readByLibrary } from '../../src/config/yaml/library.ts';
import { readPlain } from '../../src/config/yaml/plain.ts';
import { unsure } from '../../src/config/yaml/scalars.ts';
import { samples } from '../support/config/samples.ts';

/** Undefined if they agree, or the quick one leaves it to the library. */
function disagreement(text: string): object | undefined {
  const quick = readPlain(text);
  if (quick === unsure) return undefined;
  const library = readByLibrary(text);
  return 'value' in library && isDeepStrictEqual(library.value, quick) ? undefined : { text, quick, library };
}

/** Each a value in every place where values stand. */
const scalars =
  `yes no on off Yes NO true True TRUE tRUE false null Null ~ nULL 0 -0 +1 007 0113 0o17 0x1F 0b11 1_000 1:30 12:30:45
  1.5 1. .5 -.5 +.5 1e3 1.5e-3 1e400 .inf -.INF .nan 9007199254740993 123456789012345678901234567890 2026-11-26 2026-11-26T10:00:00Z
  a:b a:b: :a a# #a a#b - -- -a -1a --- ... ? ?a ! !a !!str & &a *a @a %a \`a | > |- >- [ ] { } , a,b a] a} "a" 'a' "a 'a "" '' "a\\\\nb"
  "\\\\x41" "\\\\u00e9" "\\\\/" "\\\\q" 'it''s' "a"b 'a'b é £5 日本 ( (a) $a $ + . / _ = << <<a 10.0.0.0/8 [::1]:0 C:\\\\dir`
    .split(/\s+/)
    .map((each) => each.replaceAll('\\\\', '\\'));
const places = [
  'a: X',
  'a: X\nb: 1',
  '- X',
  '- X\n- 1',
  'a: { b: X }',
  'a: { b: X, c: 1 }',
  'a: [X]',
  'a: [1, X]',
  'X: 1',
];
const morePlaces = [
  'a: { X: 1 }',
  '{"a":X}',
  '["a",X]',
  'a: X # said',
  'a: X and more',
  'a:\n  X',
  'a:\n- X',
  'a: &b X\nc: *b',
  'X',
];

test.each([...places, ...morePlaces])('the two agree on every kind of scalar in %j', (place) => {
  for (const scalar of scalars) expect(disagreement(place.replace('X', () => scalar))).toBeUndefined();
});

const peculiar = {
  'keys twice': ['a: 1\na: 2', '{ a: 1, a: 2 }', '{"a":1,"a":2}', 'b: { c: 1 }\nb: 2', '"a": 1\na: 2'],
  'keys of objects': ['__proto__: 1', '{"__proto__":{"a":1}}', 'constructor: 1', 'toString: 1\ntoString: 2'],
  merges: [
    'a: &a { b: 1, c: 2 }\nd: { <<: *a, b: 3 }',
    'a: &a { b: 1 }\nd: { b: 3, <<: *a }',
    'a: &a\n  b: 1\nd:\n  <<: *a\n  c: *a',
    'a: &a { b: 1 }\nd: { <<: *a, <<: *a }',
    'a: &a { b: 1 }\nd: { <<: *a, b: 2, b: 3 }',
    'a: &a { b: 1 }\nd: { <<: [*a, *a] }',
    'a: &a 1\nd: { <<: *a }',
    'a: &a [1]\nd: { <<: *a }',
    'd: { <<: { b: 1 } }',
    'd:\n  <<:\n    b: 1\n  b: 2',
    'a: &a { <<: *a }',
    '"<<": 1',
    'a: { "<<": { b: 1 } }',
  ],
  anchors: [
    'a: &a 1\nb: &a 2\nc: *a',
    'a: &a\n  b: &a\nc: *a',
    'a: *a',
    'a: &a\nb: *a',
    'a: &a { b: *a }',
    'a: &a &b 1',
    'a: &a *b',
    'a: &a { b: &b 1 }\nc: [*a, *b]',
    'a: &a [x, x]\nb: &b [*a, *a]\nc: *b',
    '- &a\n  b: 1\n- *a',
    '- &a b: 1\n- *a',
    '&a b: 1',
    'a: &a-b 1\nc: *a-b',
    'a: &a:b 1\nc: *a:b',
    'a: &a 1\n*a : 2',
    'a: { b: &c 1, d: *c }',
    'a: [*b]\nb: &b 1',
  ],
  indentation: [
    'a:\n  b: 1\n c: 2',
    'a:\n    b: 1\n  c: 2',
    ' a: 1',
    ' a: 1\nb: 2',
    'a: 1\n b: 2',
    'a:\n- 1\n- 2\nb: 3',
    'a:\n - 1\n- 2',
    '- 1\na: 2',
    'a: 1\n- 2',
    '- a: 1\n  b: 2\n-   c: 3\n    d: 4',
    '- a: 1\n   b: 2',
    '- - 1\n  - 2\n- 3',
    '- - 1\n - 2',
    '- a:\n  - 1\n  b: 2',
    '-\n  a: 1\n- b: 2',
    '-\n- 1',
    'a: b\n  c',
    'a: "b\n  c"',
    'a: { b: 1,\n  c: 2 }',
    'a: [1,\n2]',
    'a:\n  - b\n    c',
    'a: |\n  b: 1\nc: 2',
    'a:\n\tb: 1',
    'a: 1\t',
    'a:\r\n  b: 1\r\n',
  ],
  comments: [
    '# a\na: 1',
    'a: 1 # b',
    'a: # b\n  c: 1',
    'a: b\n  # c\nd: 1',
    'a: 1# b',
    '- # a\n  b: 1',
    '# only',
    'a: "b"# c',
    '[1] # a',
    '{} # a',
  ],
  documents: [
    '---\na: 1',
    '---  \na: 1',
    '--- a',
    '---\n---\na: 1',
    'a: 1\n---\nb: 2',
    'a: 1\n...\n',
    '%YAML 1.1\n---\na: yes',
    '...',
    '',
    ' ',
    '\ufeffa: 1',
  ],
  brackets: [
    '{}',
    '[]',
    '{a}',
    '{a: 1,}',
    '[1,]',
    '[,]',
    '{ a: }',
    '{"a" : 1}',
    '{"a":1 }',
    '[a: 1]',
    '{ a: [b, { c: d }] }',
    '[1 2]',
    '[1\n2]',
    '{\n"a"\n:\n1\n}',
    '{"a":\n1}',
    '{}}',
    '[][]',
    '{a:1}',
    '[a:b]',
    '{ a: b:c }',
  ],
  text: [
    'a: b: c',
    'a: b :c',
    'a: b  c',
    'a: it is 5 o’clock',
    "a: it's",
    'a: say "b"',
    'a: b, c',
    'a: x\u00a0y',
    'a: x\u2028y',
    'a: \u0007',
    'a : 1',
    'a:1',
    'a b: 1',
    `${'k'.repeat(1025)}: 1`,
  ],
};

test.each(Object.entries(peculiar))('the two agree on %s', (_, texts) => {
  for (const text of texts) expect(disagreement(text)).toBeUndefined();
});

const all = [...samples('good'), ...samples('bad')].map(({ text }) => text);
/** With so many, they are refused without another look, even in text. */
const fewBrackets = all.filter((text) => text.split('[').length < 500);

test('the two agree on all samples', () => {
  expect(all.length).toBeGreaterThan(120);
  for (const text of all) expect(disagreement(text)).toBeUndefined();
});

test('configurations as people and programs write them are read by the quick one', () => {
  const good = samples('good');
  expect(good.length).toBeGreaterThan(5);
  for (const { name, text } of good) expect(readPlain(text), name).not.toBe(unsure);
});

const pieces = [
  ...scalars,
  ' ',
  '  ',
  '    ',
  '\n',
  '\n  ',
  '\n- ',
  ': ',
  ':',
  ' #',
  ', ',
  '"',
  "'",
  '{ ',
  ' }',
  '[',
  ']',
  '&a ',
  '*a',
  '<<: *a',
  'a: ',
  '- ',
  '---\n',
  '\t',
  '\\',
];

/** A sample, or something small, with a few pieces of YAML put in, cut out, moved and repeated. */
const spoilt = fc
  .tuple(
    fc.oneof(fc.constantFrom(...fewBrackets), fc.constantFrom(...Object.values(peculiar).flat())),
    fc.array(fc.tuple(fc.nat(), fc.constantFrom('insert', 'cut', 'indent', 'repeat'), fc.constantFrom(...pieces)), {
      minLength: 1,
      maxLength: 3,
    }),
  )
  .map(([text, changes]) => changes.reduce(spoil, text));

function spoil(text: string, [where, how, piece]: [number, string, string]): string {
  const at = where % (text.length + 1);
  if (how === 'insert') return text.slice(0, at) + piece + text.slice(at);
  if (how === 'cut') return text.slice(0, at) + text.slice(at + piece.length);
  const lines = text.split('\n');
  const line = where % lines.length;
  const changed =
    how === 'indent' ? [' '.repeat(piece.length % 5) + lines[line]?.trimStart()] : [lines[line], lines[line]];
  return lines.toSpliced(line, 1, ...changed.map((each) => each ?? '')).join('\n');
}

describe('whatever is done to a configuration', () => {
  test('the two agree', () => {
    let sure = 0;
    fc.assert(
      fc.property(spoilt, (text) => {
        if (readPlain(text) !== unsure) sure += 1;
        expect(disagreement(text)).toBeUndefined();
      }),
      // The same ones every time, unless more are asked for.
      process.env.YAML_RUNS ? { numRuns: Number(process.env.YAML_RUNS) } : { numRuns: 3_000, seed: 20260302 },
    );
    expect(sure).toBeGreaterThan(100);
  });
});

test('more aliases than an environment each needs, or aliases in what aliases stand for, are left to the library', () => {
  const many = (count: number) => `a: &a { b: 1 }\nc: [${Array(count).fill('*a').join(', ')}]`;
  expect(readPlain(many(20_000))).not.toBe(unsure);
  expect(readPlain(many(20_001))).toBe(unsure);
  expect(readPlain('a: &a [x]\nb: &b [*a, *a]')).toBe(unsure);
});
