/** Changes to text by its lines, with words from a dictionary of the format. */
import fc from 'fast-check';
import { place } from './bytes.ts';

export type TextChange = { readonly at: number; readonly to: number } & (
  | { readonly kind: 'drop' | 'join' | 'swap' | 'indent' | 'halve' }
  | { readonly kind: 'repeat'; readonly times: number }
  | { readonly kind: 'insert line' | 'insert' | 'replace' | 'append' | 'prepend'; readonly word: string }
  | { readonly kind: 'line ends'; readonly end: string }
);

/** What has been trouble for somebody, in any format. */
const troublesome = [
  '',
  '\0',
  '\ufeff',
  '\u202e',
  '\u0085',
  '\u2028',
  'e\u0301'.repeat(500),
  ' '.repeat(5_000),
  '='.repeat(3_000),
  'A'.repeat(70_000),
  '-1',
  '0',
  '4294967296',
  '9007199254740993',
  '1e309',
];

export function textChange(dictionary: readonly string[]): fc.Arbitrary<TextChange> {
  const somewhere = { at: place, to: place };
  const word = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...dictionary) },
    { weight: 1, arbitrary: fc.constantFrom(...troublesome) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
  );
  return fc.oneof(
    fc.record({ kind: fc.constantFrom('drop', 'join', 'swap', 'indent', 'halve'), ...somewhere }),
    fc.record({
      kind: fc.constant('repeat'),
      times: fc.oneof(fc.constant(1), fc.integer({ min: 2, max: 500 })),
      ...somewhere,
    }),
    fc.record({ kind: fc.constantFrom('insert line', 'insert', 'replace', 'append', 'prepend'), word, ...somewhere }),
    fc.record({
      kind: fc.constant('line ends'),
      end: fc.constantFrom('\r\n', '\r', '', ' ', '\\n', '\n\n'),
      ...somewhere,
    }),
  ) as fc.Arbitrary<TextChange>;
}

export function changeText(text: string, change: TextChange): string {
  const lines = text.split('\n');
  const at = Math.floor(change.at * lines.length);
  const line = lines[at] ?? '';
  const inLine = Math.floor(change.to * (line.length + 1));
  const put = (...instead: string[]) => lines.toSpliced(at, 1, ...instead).join('\n');
  switch (change.kind) {
    case 'drop':
      return put();
    case 'join':
      return lines.toSpliced(at, 2, line + (lines[at + 1] ?? '')).join('\n');
    case 'swap': {
      const to = Math.floor(change.to * lines.length);
      return lines
        .with(at, lines[to] ?? '')
        .with(to, line)
        .join('\n');
    }
    case 'indent':
      return put(`  ${line}`);
    case 'halve':
      return text.slice(0, Math.floor(change.at * text.length));
    case 'repeat':
      return put(...Array<string>(change.times + 1).fill(line.slice(0, 2_000)));
    case 'insert line':
      return put(line, change.word);
    case 'insert':
      return put(line.slice(0, inLine) + change.word + line.slice(inLine));
    case 'replace':
      return put(change.word);
    case 'append':
      return text + change.word;
    case 'prepend':
      return change.word + text;
    case 'line ends':
      return lines.join(change.end);
  }
}
