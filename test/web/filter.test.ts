import { describe, expect, test } from 'vitest';
import type { EnvironmentStatus } from '../../src/status/types.ts';
import { addressOf, type Filter, filterOf, isNarrow } from '../../src/web/page/overview/filter.ts';
import { found } from '../../src/web/page/overview/select.ts';
import { everyEnvironment, sampleNow } from '../support/status.ts';

describe('the filter of the overview', () => {
  test.each<[string, Filter]>([
    ['', { query: '' }],
    ['q=trust&state=critical&expires=30&sort=name', { query: 'trust', state: 'critical', expires: 30, sort: 'name' }],
    ['expires=0', { query: '', expires: 0 }],
    ['state=worse&expires=31&sort=size', { query: '' }],
    ['q=+x+', { query: 'x' }],
  ])('?%s', (parameters, filter) => {
    expect(filterOf(Object.fromEntries(new URLSearchParams(parameters)))).toEqual(filter);
  });

  test('what is given twice, or too long, does no harm', () => {
    expect(filterOf({ q: ['a', 'b'], state: ['ok', 'ok'], expires: {} })).toEqual({ query: '' });
    expect(filterOf({ q: 'x'.repeat(300) }).query).toHaveLength(200);
  });

  test('makes an address that leads back to it, and none if nothing is asked', () => {
    const filter: Filter = { query: 'a&b "c"', state: 'ok', expires: 0, sort: 'expiry' };
    expect(filterOf(Object.fromEntries(new URLSearchParams(addressOf(filter))))).toEqual(filter);
    expect(addressOf({ query: '' })).toBe('');
    expect(addressOf({ query: '' }, 2)).toBe('?page=2');
  });

  test('an order leaves nothing out', () => {
    expect(isNarrow({ query: '', sort: 'name' })).toBe(false);
    expect(
      [{ query: 'x' }, { query: '', state: 'ok' as const }, { query: '', expires: 0 as const }].map(isNarrow),
    ).toEqual([true, true, true]);
  });
});

describe('what is found', () => {
  const { expired, expiresImminently, expiresSoon, healthy, sandbox, unchecked } = everyEnvironment();
  const all: EnvironmentStatus[] = [healthy, unchecked, expiresSoon, sandbox, expired, expiresImminently];
  const names = (filter: Partial<Filter>) => found(all, { query: '', ...filter }, sampleNow).map(({ name }) => name);

  test('by state, with the words of all pages', () => {
    expect(names({ state: 'critical' })).toEqual(['expired', 'expires-imminently']);
    expect(names({ state: 'warning' })).toEqual(['expires-soon']);
    expect(names({ state: 'unknown' })).toEqual(['unchecked']);
    expect(names({ state: 'ok' })).toEqual(['integration', 'sandbox']);
  });

  test('by expiry: what has none is not found', () => {
    expect(names({ expires: 0 })).toEqual(['expired']);
    expect(names({ expires: 14 })).toEqual(['expired', 'expires-imminently']);
    expect(names({ expires: 60 })).toEqual(['expired', 'expires-imminently', 'expires-soon']);
  });

  test('all conditions together', () => {
    expect(names({ query: 'EXPIRES', state: 'critical', expires: 60 })).toEqual(['expires-imminently']);
  });

  test('in the order asked for', () => {
    expect(names({ sort: 'name' })).toEqual([
      'expired',
      'expires-imminently',
      'expires-soon',
      'integration',
      'sandbox',
      'unchecked',
    ]);
    expect(names({ sort: 'expiry' }).slice(0, 4)).toEqual([
      'expired',
      'expires-imminently',
      'expires-soon',
      'integration',
    ]);
    expect(names({}).at(0)).toBe('expired');
  });
});
