import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chunked, packed } from '../../../src/sources/store/pack.ts';

test('what belongs together is read in one call, and single items fill the rest', () => {
  const groups = [['a1', 'a2', 'a3', 'a4'], ['x'], ['b1', 'b2', 'b3', 'b4'], ['y'], ['c1', 'c2', 'c3', 'c4'], ['z']];
  expect(packed(groups, 10)).toEqual([
    ['a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'b3', 'b4', 'x', 'y'],
    ['c1', 'c2', 'c3', 'c4', 'z'],
  ]);
});

test('an item that several groups name is read once', () => {
  expect(
    packed(
      [
        ['a', 'bundle'],
        ['b', 'bundle'],
      ],
      10,
    ),
  ).toEqual([['a', 'bundle', 'b']]);
});

test('whatever the groups, each item is read once, in as few calls as possible', () => {
  const group = fc.array(fc.integer({ min: 0, max: 60 }).map(String), { maxLength: 14 });
  fc.assert(
    fc.property(fc.array(group, { maxLength: 20 }), fc.integer({ min: 1, max: 20 }), (groups, size) => {
      const calls = packed(groups, size);
      const names = [...new Set(groups.flat())];
      expect(calls.flat().sort()).toEqual(names.sort());
      expect(calls.length).toBe(Math.ceil(names.length / size));
      for (const call of calls) expect(call.length).toBeLessThanOrEqual(size);
    }),
    { seed: 20260302 },
  );
});

test('chunks are full but for the last', () => {
  expect(chunked([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
  expect(chunked([], 2)).toEqual([]);
});
