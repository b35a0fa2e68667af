import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { catalogue, findingCodes } from '../../src/findings/catalogue.ts';

const textOf = (pattern: string, besides: RegExp) =>
  globSync(pattern)
    .filter((file) => !besides.test(file))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
const rules = textOf('src/**/*.ts', /^src\/findings\//);
const tests = textOf('test/**/*.ts', /^test\/findings\//);

test('every code is given by some rule', () => {
  expect(findingCodes.filter((code) => !rules.includes(`'${code}'`))).toEqual([]);
});

test('every code is expected by some test', () => {
  expect(findingCodes.filter((code) => !tests.includes(`'${code}'`))).toEqual([]);
});

test('what a rule can make critical says so', () => {
  const raised = [
    'ca_expires_soon',
    'clock_skew',
    'renewal_due',
    'renewal_email_failed',
    'renewal_key_missing',
    'renewal_overdue',
    'renewal_unanswered',
    'store_unavailable',
    'verifiers_disagree',
  ] as const;
  expect(raised.filter((code) => !/critical/i.test(catalogue[code].meaning))).toEqual([]);
  expect(raised.filter((code) => catalogue[code].severity !== 'warning')).toEqual([]);
});
