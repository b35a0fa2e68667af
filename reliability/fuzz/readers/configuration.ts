/** The configuration: its YAML changed by lines, and its values by their place in the document. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { parse } from 'yaml';
import { parseConfiguration } from '../../../src/config/parse.ts';
import { ConfigurationError } from '../../../src/config/problems.ts';
import { isTreacherous } from '../../../src/text/index.ts';
import { place } from '../mutations/bytes.ts';
import { changeText, textChange } from '../mutations/text.ts';
import { must, type Outcome, type Reader } from '../reader.ts';

/** Written in the file itself, which is allowed; no message may repeat it. */
const secret = 'Pl4nted-s3cret-9S';

const words = [
  '*anchor',
  '&anchor',
  '<<: *anchor',
  'environments:',
  '- name: int',
  'password: { env: X }',
  `password: ${secret}`,
  `shared_key:${secret}`,
  `passphrase: "${secret}`,
  '? [a, b]',
  '!!binary AAAA',
  '!!js/function x',
  '%YAML 1.1',
  '---',
  '...',
  '{{{{{{{{',
  '[[[[[[[[',
  '- - - - -',
  '|',
  '>-',
  "'",
  '"',
  '\t',
  '#',
  ': ',
  'thresholds: { warning: 999999999d }',
  'check: "99 99 * * *"',
];

const example = (name: string) =>
  readFileSync(join(import.meta.dirname, '../../../test/config/good', `${name}.yaml`), 'utf8');
/** With the secrets in it. */
const planted = (text: string) => text.replaceAll(/(password|shared_key|passphrase): \{[^}]*\}/g, `$1: ${secret}`);
const texts = ['minimal', 'sandbox', 'every-key', 'shared-by-anchors'].map((name) => planted(example(name)));

/** The file is the operator's own and may be as large as 16 MiB: what is held is that the work is in proportion to it. */
const blocksPerCharacter = 100;

export function configurationReader(): Reader {
  const lines = fc
    .tuple(fc.constantFrom(...texts), fc.array(textChange(words), { minLength: 1, maxLength: 4 }))
    .map(([text, changes]) => changes.reduce(changeText, text));
  const values = fc
    .tuple(fc.constantFrom(...texts), fc.array(fc.tuple(place, instead), { minLength: 1, maxLength: 3 }))
    .map(([text, changes]) => {
      const document = parse(text, { merge: true });
      for (const [at, value] of changes) replaceAt(document, at, value);
      return JSON.stringify(document);
    });
  const inputs = fc.oneof(lines, values).map((text) => ({
    bytes: Buffer.from(text),
    read: async () => read(text),
    mostBlocks: blocksPerCharacter * text.length,
  }));
  return { name: 'YAML configuration', share: 5, inputs };
}

const instead = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    '',
    0,
    -1,
    1e308,
    [],
    {},
    [[]],
    { env: '' },
    { file: '../../../../dev/zero' },
    'https://user:pass@x',
  ),
  fc.jsonValue({ maxDepth: 3 }),
);

/** Replaces the value that is `at` of the way through the document. */
function replaceAt(document: unknown, at: number, value: unknown): void {
  const places = placesIn(document);
  const [holder, key] = places[Math.floor(at * places.length)] ?? [];
  // A copy, so that one that replaces a part of itself has an end.
  if (holder && key !== undefined) holder[key] = structuredClone(value);
}

type Holder = Record<string, unknown>;
/** No example is deeper; one whose alias contains itself has no end. */
const deepest = 12;

function placesIn(value: unknown, depth = 0): [Holder, string][] {
  if (typeof value !== 'object' || value === null || depth > deepest) return [];
  const holder = value as Holder;
  return Object.keys(holder).flatMap((key) => [[holder, key] as [Holder, string], ...placesIn(holder[key], depth + 1)]);
}

function read(text: string): Outcome {
  try {
    parseConfiguration(text, '/etc/monitor.yaml');
    return 'accepted';
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    must(error.problems.length > 0, 'refused without a problem');
    must(!error.message.includes(secret), 'a secret is shown');
    must(!error.message.split('\n').some(isTreacherous), 'text of others is shown as it is');
    return 'refused';
  }
}
