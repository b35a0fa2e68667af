import { expect, test } from 'vitest';
import { limits } from '../../src/limits/index.ts';
import type { Source } from '../../src/sources/index.ts';
import { refusal } from '../support/refusal.ts';

const variable: Source = { kind: 'env', name: 'MESH_TEST_VALUE' };

test('a value of more than 1 MiB is refused', async () => {
  const env = { MESH_TEST_VALUE: 'x'.repeat(limits.sourceBytes + 1) };
  expect(await refusal(variable, env)).toBe('variable MESH_TEST_VALUE is larger than 1 MiB');
});

test('a variable that is unset or empty is refused', async () => {
  expect(await refusal(variable)).toBe('variable MESH_TEST_VALUE is not set');
  expect(await refusal(variable, { MESH_TEST_VALUE: '' })).toBe('variable MESH_TEST_VALUE is empty');
});
