import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { parseConfiguration } from '../../src/config/parse.ts';
import { type JsonSchema, jsonSchema } from '../../src/config/schema.ts';
import { problemsOf, samples } from '../support/config/samples.ts';

type Path = readonly (string | number)[];

/** Every place that takes a value, secret or material: what stands there is never to be quoted. */
function secretPlaces(schema: JsonSchema, path: Path = []): Path[] {
  if (schema.anyOf) return [path];
  return [
    ...Object.entries(schema.properties ?? {}).flatMap(([key, below]) => secretPlaces(below, [...path, key])),
    ...(schema.items ? secretPlaces(schema.items, [...path, 0]) : []),
  ];
}

/** What one sample cannot have besides what it has (only one way to log in) is added. */
function child(at: Record<string | number, unknown>, key: string | number): unknown {
  at[key] ??= {};
  return at[key];
}

function planted(path: Path, value: unknown): string {
  const file: unknown = parse(samples('good').find(({ name }) => name === 'every-key.yaml')!.text);
  const parent = path.slice(0, -1).reduce<unknown>((at, key) => child(at as Record<string, unknown>, key), file);
  (parent as Record<string, unknown>)[path.at(-1)!] = value;
  return stringify(file);
}

const wrongForms: readonly unknown[] = [
  8675309,
  ['hunter2'],
  { value: 'hunter2' },
  { hunter2: null },
  { file: 'hunter2', env: 'hunter2' },
  { env: '-----BEGIN PRIVATE KEY-----\nhunter2' },
  { file: 'hunter2\n-----BEGIN PRIVATE KEY-----' },
  { file: 8675309 },
];

test('secrets: the places that may hold one are known', () => {
  expect(secretPlaces(jsonSchema()).length).toBe(31);
});

test.each(secretPlaces(jsonSchema()).map((path) => ({ name: path.join('.'), path })))(
  'secrets: nothing wrong at $name is quoted',
  ({ path }) => {
    for (const form of wrongForms) {
      const problems = problemsOf(() => parseConfiguration(planted(path, form), '/etc/mesh.yaml'));
      expect(problems).toContain(`${path.at(-1)}: expected `);
      expect(problems).not.toMatch(/hunter2|8675309|BEGIN/);
    }
  },
);

test.each(['certificate', 'private_key', 'ca_bundle', 'keystore'])(
  'secrets: a short text at %s is refused without being quoted',
  (key) => {
    const problems = problemsOf(() =>
      parseConfiguration(planted(['environments', 0, 'credential', key], 'hunter2'), '/etc/mesh.yaml'),
    );
    expect(problems).toContain(`credential.${key}: expected PEM text`);
    expect(problems).not.toContain('hunter2');
  },
);

test.each([
  'password: "hunter2',
  'password: hunter2: x',
  'password: [hunter2',
  'password: *hunter2',
  'password: "\\hunter2"',
  'password: |hunter2',
  'password: @hunter2',
  'password: !hunter2 x',
  "password: 'a' hunter2",
  'password: &hunter2 &hunter2 x',
  '%hunter2\n---\npassword: x',
  '? hunter2\n? hunter2',
  'hunter2',
  '{ hunter2',
  '"hunter2": hunter2\n"hunter2": hunter2',
])('secrets: a YAML error does not quote the file: %s', (text) => {
  const problems = problemsOf(() => parseConfiguration(text, '/etc/mesh.yaml'));
  expect(problems).not.toBe('');
  expect(problems).not.toContain('hunter2');
});

const minimal = samples('good').find(({ name }) => name === 'minimal.yaml')!.text;

test.each([
  ['password:hunter2', 'environments[0].mesh.password: a space is missing after the colon: write "password: VALUE"'],
  ['shared_key:hunter2', 'a space is missing after the colon: write "shared_key: VALUE"'],
  ['Password:hunter2', 'environments[0].mesh.Password: unknown key; a key must be followed by a colon and a space'],
  ['hunter2', 'unknown key without a value; it is not shown because it may be a secret'],
])('secrets: %s as a key is not quoted, and the mistake is named', (key, said) => {
  const file = parse(minimal) as { environments: { mesh: Record<string, unknown> }[] };
  file.environments[0]!.mesh[key] = null;
  const problems = problemsOf(() => parseConfiguration(stringify(file), '/etc/mesh.yaml'));
  expect(problems).toContain(said);
  expect(problems).not.toContain('hunter2');
});
