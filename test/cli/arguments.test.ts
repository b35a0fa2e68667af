import { describe, expect, test } from 'vitest';
import { collect, parseLine, parsePort, parseSpan, parseTime } from '../../src/cli/arguments.ts';
import { dayMs } from '../../src/time/duration.ts';

describe('--at', () => {
  test.each([
    ['2027-03-01T09:00:00Z', '2027-03-01T09:00:00.000Z'],
    ['2027-03-01t09:00:00z', '2027-03-01T09:00:00.000Z'],
    ['2027-03-01T09:00:00.250+01:00', '2027-03-01T08:00:00.250Z'],
    ['2028-02-29T00:00:00Z', '2028-02-29T00:00:00.000Z'],
    ['2049-12-31T23:59:59Z', '2049-12-31T23:59:59.000Z'],
    ['9999-12-31T23:59:59Z', '9999-12-31T23:59:59.000Z'],
  ])('takes %s (RFC 3339 §5.6)', (text, expected) => {
    expect(parseTime(text).toISOString()).toBe(expected);
  });

  test.each([
    'tomorrow',
    '2027-03-01',
    '2027-03-01T09:00:00',
    '2027-03-01 09:00:00Z',
    '2027-03-01T09:00Z',
    '2027-02-29T00:00:00Z',
    '2027-04-31T00:00:00Z',
    '2027-13-01T00:00:00Z',
    '2027-00-01T00:00:00Z',
    '2027-01-00T00:00:00Z',
    '2027-03-01T24:00:00Z',
    '2027-03-01T09:60:00Z',
    '2027-03-01T09:00:61Z',
    '2027-03-01T09:00:00+24:00',
    '2027-03-01T09:00:00+01:60',
    '1772442000',
    '',
  ])('refuses %j', (text) => {
    expect(() => parseTime(text)).toThrow('Expected a time with its offset (RFC 3339)');
  });
});

test('a port is a number from 0 to 65535', () => {
  expect([parsePort('0'), parsePort('65535')]).toEqual([0, 65535]);
  for (const text of ['65536', '-1', '80a', '', '1e3']) expect(() => parsePort(text)).toThrow('Expected a port');
});

test('a duration has a unit', () => {
  expect(parseSpan('90d')).toBe(90 * dayMs);
  for (const text of ['90', '-1d', 'soon', '']) expect(() => parseSpan(text)).toThrow('Expected a duration');
});

test('a reason is one line of plain text, by the rule for every text', () => {
  expect(parseLine(' Lost key: “prod” £ ')).toBe('Lost key: “prod” £');
  for (const text of ['', ' ', 'a\nBcc: b', 'a\u2028b', 'a\u202eb', 'a\u{e0041}b', 'a\ue000b', 'x'.repeat(201)])
    expect(() => parseLine(text), JSON.stringify(text)).toThrow('Expected one line of text');
});

test('a repeatable option keeps the order in which it was given', () => {
  expect(collect('b', collect('a', undefined))).toEqual(['a', 'b']);
});
