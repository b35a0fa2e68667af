import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { errorCatalogue, MonitorError } from '../../src/errors/index.ts';
import { StoreError, StoreLockedError } from '../../src/renewal/store/database.ts';
import { sourceFiles } from '../support/source-files.ts';

interface ErrorClass {
  readonly name: string;
  readonly parent: string;
  readonly codes: readonly string[];
}

/** Every class that is an error by its own name or by its parent's, and the codes that its body names. */
const classes: readonly ErrorClass[] = sourceFiles().flatMap(({ text }) =>
  [...text.matchAll(/^(?:export )?(?:abstract )?class (\w+) extends (\w+) \{(\}|\n[\s\S]*?^\})/gm)]
    .map(([, name = '', parent = '', body = '']) => ({ name, parent, codes: codesIn(body) }))
    .filter(({ name, parent }) => /Error$/.test(name) || /Error$/.test(parent)),
);

function codesIn(body: string): string[] {
  const declared = body.matchAll(/^ {2}override readonly code(?:: ErrorCode)? = '(\w+)';$/gm);
  return [...declared].flatMap(([, code]) => code ?? []);
}

describe('the errors of the program', () => {
  test('are found by this test', () => {
    const names = classes.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining(['MonitorError', 'ConfigurationError', 'StoreLockedError', 'UsageError']),
    );
    expect(classes.length).toBeGreaterThan(15);
  });

  test('all extend MonitorError, which alone extends Error', () => {
    const known = new Set(classes.map(({ name }) => name));
    expect(classes.filter(({ parent }) => parent === 'Error').map(({ name }) => name)).toEqual(['MonitorError']);
    expect(classes.filter(({ parent }) => parent !== 'Error' && !known.has(parent))).toEqual([]);
  });

  test('have names that end in Error', () => {
    expect(classes.map(({ name }) => name).filter((name) => !name.endsWith('Error'))).toEqual([]);
  });

  test('have one code each, no two the same, and the catalogue has these codes and no others', () => {
    const own = classes.filter(({ name }) => name !== 'MonitorError');
    expect(own.filter(({ codes }) => codes.length !== 1)).toEqual([]);
    expect(own.flatMap(({ codes }) => codes).sort()).toEqual(Object.keys(errorCatalogue).sort());
  });
});

test('an error carries its class’s name, its code, its message and its cause', () => {
  const cause = new Error('busy');
  const error = new StoreLockedError('state: in use', { cause });
  expect(error).toMatchObject({ name: 'StoreLockedError', code: 'ERR_STORE_LOCKED', message: 'state: in use', cause });
  expect(error).toBeInstanceOf(StoreError);
  expect(error).toBeInstanceOf(MonitorError);
  expect(new StoreError('state: gone').code).toBe('ERR_STORE');
  expect(String(error)).toBe('StoreLockedError: state: in use');
});

test('every meaning is a sentence', () => {
  for (const [code, meaning] of Object.entries(errorCatalogue)) {
    expect(code).toMatch(/^ERR(_[A-Z]+)+$/);
    expect(meaning, code).toMatch(/^[A-Z].*\.$/);
  }
});

test('every code is in the reference', () => {
  const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'errors.md'), 'utf8');
  for (const code of Object.keys(errorCatalogue)) expect(page).toContain(`| \`${code}\` |`);
});
