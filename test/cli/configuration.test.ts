import { expect, test } from 'vitest';
import { findEnvironment } from '../../src/cli/configuration.ts';
import type { Configuration } from '../../src/config/index.ts';

const withNames = (...names: string[]) =>
  ({ environments: names.map((name) => ({ name })) }) as unknown as Configuration;
const many = Array.from({ length: 120 }, (_, index) => `trust-${String(index).padStart(3, '0')}-integration`);

test.each([
  ['integraton', ['sandbox', 'integration'], 'Did you mean "integration"?'],
  ['trust-042-integratoin', many, 'Did you mean "trust-042-integration"?'],
  ['live', ['sandbox', 'integration'], 'The configuration has sandbox, integration.'],
  ['live', many, `The configuration has ${many.slice(0, 10).join(', ')} and 110 more.`],
])('a mistyped environment gets the nearest name, not all of them: %s', (typed, names, hint) => {
  expect(() => findEnvironment(withNames(...names), typed)).toThrow(`no environment is called "${typed}"\n${hint}`);
});

test('a name is found as it is written, and not the nearest', () => {
  expect(findEnvironment(withNames('a-1', 'a-2'), 'a-2').name).toBe('a-2');
});
