import type * as z from 'zod';
import { MonitorError } from '../errors/index.ts';
import { escaped, joined, nearest, quoted, type SafeText, say } from '../text/index.ts';
import { type JsonSchema, jsonSchema } from './schema.ts';
import { secretExpectations, sourceKinds } from './source-forms.ts';

export interface Problem {
  /** `environments[1].mesh.url`, or the line and column of a YAML error, or empty for the file as a whole. */
  readonly path: string;
  readonly message: string;
}

/** Enough to start with; a file that is not a configuration at all has a hundred thousand problems. */
const mostLines = 500;

/** Every problem of the file at once. Neither the message nor a problem ever quotes a secret. */
export class ConfigurationError extends MonitorError {
  override readonly code = 'ERR_CONFIGURATION';
  declare readonly message: SafeText;
  readonly problems: readonly Problem[];

  constructor(file: string, problems: readonly Problem[]) {
    super(messageOf(file, problems));
    this.problems = problems;
  }
}

function messageOf(file: string, problems: readonly Problem[]): SafeText {
  const lines = problems
    .slice(0, mostLines)
    .map(({ path, message }) => (path === '' ? escaped(message) : say`${path}: ${message}`));
  if (problems.length > mostLines) lines.push(say`and ${problems.length - mostLines} more`);
  const [first] = lines;
  if (first !== undefined && lines.length === 1) return say`${file}: ${first}`;
  return joined([say`${file}: ${problems.length} problems`, ...lines.map((each) => say`  ${each}`)], '\n');
}

/** The top-level keys first, then each environment's problems together. */
export function byEnvironment(problems: readonly Problem[]): Problem[] {
  const place = ({ path }: Problem) => Number(/^environments\[(\d+)\]/.exec(path)?.[1] ?? -1);
  return problems.toSorted((a, b) => place(a) - place(b));
}

type Path = readonly PropertyKey[];

/** The schema's problems, in the order of the file's keys. `raw` is the whole document, for the values to quote. */
export function schemaProblems(issues: readonly z.core.$ZodIssue[], raw: unknown): Problem[] {
  if (issues.length === 0) return [];
  const schema = jsonSchema();
  return issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') return unknownKeys(issue.path, issue.keys, schema, raw);
    const value = valueAt(raw, issue.path);
    const source = secretExpectations.has(issue.message) ? unknownSource(value) : undefined;
    const message = mismatch(issue, value);
    return [{ path: pathText(issue.path), message: source ? `${message}; "${source}" is not a known key` : message }];
  });
}

/** The key of a mapping that would be a source if we knew it: `{ aws_ssm: NAME }`. A key without a value may be a secret. */
function unknownSource(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const [only, ...others] = Object.entries(value);
  if (!only || others.length > 0) return undefined;
  const [key, text] = only;
  return typeof text === 'string' && /^[a-z][a-z_]{1,40}$/.test(key) && !sourceKinds.has(key) ? key : undefined;
}

/** `mailbox_id` in the wrong section is `mesh.mailbox_id`. */
const withoutSection = (key: string) => key.slice(key.indexOf('.') + 1);

function unknownKeys(path: Path, keys: readonly string[], schema: JsonSchema, raw: unknown): Problem[] {
  const known = knownKeys(path, schema);
  return keys.map((key, index) => {
    const written = beforeColon(key);
    const guess = index < mostLines ? nearest(written ?? key, known, withoutSection) : undefined;
    const message = `unknown key${guess ? `; did you mean "${guess}"?` : ''}`;
    if (guess === undefined && valueAt(raw, [...path, key]) === null)
      return { path: pathText(path), message: strayWord };
    if (written === undefined) return { path: pathText([...path, key]), message };
    return { path: pathText([...path, written]), message: spaceMissing(written, guess) };
  });
}

/** In `{ password, hunter2 }` the secret is a key without a value. */
const strayWord = 'unknown key without a value; it is not shown because it may be a secret';

/** `password:hunter2` is one word in YAML, and so a key. The text after the colon may be a secret, so it is not quoted. */
const beforeColon = (key: string): string | undefined => /^([^:]*):./s.exec(key)?.[1];

const spaceMissing = (written: string, known: string | undefined) =>
  known === written
    ? `a space is missing after the colon: write "${written}: VALUE"`
    : 'unknown key; a key must be followed by a colon and a space';

function mismatch(issue: z.core.$ZodIssue, value: unknown): string {
  const expected = `expected ${issue.message}`;
  if (value === undefined) return `missing; ${expected}`;
  if (secretExpectations.has(issue.message)) return expected;
  if (issue.code === 'too_small' && Array.isArray(value)) return `${expected}, got none`;
  return `${expected}, got ${issue.code === 'invalid_type' ? kindOf(value) : show(value, issue.path.at(-1))}`;
}

/** Values that can contain a user name and password before an @. */
const addressKeys = new Set<PropertyKey>([
  'url',
  'proxy',
  'host',
  'listen',
  'endpoint',
  'authority',
  'vault',
  'address',
  'server',
]);
const longestQuote = 80;

function show(value: unknown, key: PropertyKey | undefined): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') return kindOf(value);
  if (/-----BEGIN|PRIVATE KEY/.test(value)) return 'PEM text';
  const safe = key !== undefined && addressKeys.has(key) ? withoutUserInfo(value) : value;
  return quoted(safe, longestQuote);
}

function withoutUserInfo(url: string): string {
  return url.replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*@/is, '$1…@').replace(/\?.*$/s, '?…');
}

function kindOf(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  return { string: 'text', number: 'a number', boolean: 'true or false' }[typeof value as string] ?? typeof value;
}

export function pathText(path: Path): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    const name = String(key);
    if (!/^[\w.-]{1,64}$/.test(name)) return `${text}[${show(name, undefined)}]`;
    return text === '' ? name : `${text}.${name}`;
  }, '');
}

function valueAt(raw: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | null | undefined)?.[key], raw);
}

/** The keys that the section allows, and those one level below it with their section's name. */
function knownKeys(path: Path, schema: JsonSchema): string[] {
  const here = path.reduce<JsonSchema | undefined>(
    (above, key) => (typeof key === 'number' ? above?.items : above?.properties?.[String(key)]),
    schema,
  );
  const keys = Object.entries(here?.properties ?? {});
  return keys.flatMap(([key, { properties = {} }]) => [
    key,
    ...Object.keys(properties).map((below) => `${key}.${below}`),
  ]);
}
