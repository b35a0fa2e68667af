import { expect, test, vi } from 'vitest';
import { dispensable } from '../../src/files/index.ts';

const full = Object.assign(new Error('no space left'), { code: 'ENOSPC' });
const failing = () => {
  throw full;
};

test('only the first failure is told, and work goes on being tried', () => {
  const tell = vi.fn();
  const attempt = dispensable(tell);
  expect([attempt(failing), attempt(failing), attempt(() => 1)]).toEqual([undefined, undefined, 1]);
  expect(tell.mock.calls).toEqual([[full]]);
});

test('a bug is thrown', () => {
  const tell = vi.fn();
  const bug = () => {
    throw new TypeError('planted');
  };
  expect(() => dispensable(tell)(bug)).toThrow('planted');
  expect(tell).not.toHaveBeenCalled();
});
