import { describe, expect, test } from 'vitest';
import { parseConfiguration } from '../../src/config/parse.ts';
import { ConfigurationError } from '../../src/config/problems.ts';
import { expectedProblems, problemsOf, samples } from '../support/config/samples.ts';

describe('every bad file gets exactly its message', () => {
  test.each(samples('bad'))('$name', (sample) => {
    expect(problemsOf(() => parseConfiguration(sample.text, sample.path))).toBe(expectedProblems(sample));
  });

  // The secret-looking text in the samples is always a form of "hunter2" or the number 8675309.
  test.each(samples('bad'))('$name is refused without quoting a secret', ({ text, path }) => {
    const messages = problemsOf(() => parseConfiguration(text, path));
    expect(messages).not.toBe('');
    expect(messages).not.toMatch(/hunt|8675309|BEGIN/);
  });
});

test('every good file is accepted', () => {
  const accepted = samples('good');
  expect(accepted.length).toBeGreaterThan(4);
  for (const { text, path } of accepted) expect(parseConfiguration(text, path).environments.length).toBeGreaterThan(0);
});

test('JSON indented with tabs is accepted', () => {
  const { text } = samples('good').find(({ name }) => name === 'written.json')!;
  expect(parseConfiguration(JSON.stringify(JSON.parse(text), null, '\t'), '/etc/mesh.json').environments).toHaveLength(
    1,
  );
});

test('a quoted value cannot steer the terminal', () => {
  const { text } = samples('good').find(({ name }) => name === 'minimal.yaml')!;
  const steering = text.replace('Mavis', '"a\\x1b[2J\\x9b2J\\u202eb"');
  expect(problemsOf(() => parseConfiguration(steering, '/etc/mesh.yaml'))).toBe(
    'application: expected an application name: one line of text, at most 200 characters, got "a\\u{1b}[2J\\u{9b}2J\\u{202e}b"\n',
  );
});

test('an error lists every problem in its message, below the name of the file', () => {
  const error = new ConfigurationError('/etc/mesh.yaml', [
    { path: 'ods_code', message: 'missing' },
    { path: '', message: 'not UTF-8 text' },
  ]);
  expect(error.message).toBe('/etc/mesh.yaml: 2 problems\n  ods_code: missing\n  not UTF-8 text');
});

test('what is no configuration is refused, before it has taken longer than a test may, with a bounded message, however many keys it has', () => {
  const text = Array.from({ length: 50_000 }, (_, index) => `key${index}: 1\n`).join('');
  const refusal = catchError(() => parseConfiguration(text, '/etc/mesh.yaml'));
  expect(refusal.problems.length).toBeGreaterThan(50_000);
  const lines = refusal.message.split('\n');
  expect(lines).toHaveLength(502);
  expect(lines[0]).toBe(`/etc/mesh.yaml: ${refusal.problems.length} problems`);
  expect(lines.at(-1)).toBe(`  and ${refusal.problems.length - 500} more`);
});

function catchError(read: () => unknown): ConfigurationError {
  try {
    read();
  } catch (error) {
    if (error instanceof ConfigurationError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}
