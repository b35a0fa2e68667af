import { expect, test } from 'vitest';
import { type AcceptedGroup, compareWithAccepted, readAccepted } from '../../conformance/accepted.ts';
import type { Judged } from '../../conformance/judge.ts';
import { leftOutOf, rowsOf, table } from '../../conformance/table.ts';

const judged = (id: string, expected: 'accept' | 'reject' | undefined, accepted: boolean, kind?: string): Judged => ({
  test: {
    suite: 'suite',
    id,
    group: 'group',
    certificate: '',
    bundle: '',
    at: new Date(0),
    ignored: [],
    ...(expected ? { expected } : {}),
    ...(kind ? { kind } : {}),
  },
  accepted,
  ...(expected && (expected === 'accept') !== accepted ? { side: accepted ? 'lenient' : 'strict' } : {}),
  reasons: [],
});
const accepted: AcceptedGroup[] = [{ side: 'strict', reason: 'because', cases: ['known', 'cured'], kinds: ['kind'] }];

test('a disagreement is explained by its id or its kind, on its side', () => {
  const { unexplained } = compareWithAccepted(
    [
      judged('known', 'accept', false),
      judged('another', 'accept', false, 'kind'),
      judged('new', 'accept', false),
      judged('lenient', 'reject', true, 'kind'),
      judged('agreed', 'accept', true),
    ],
    accepted,
  );
  expect(unexplained.map(({ test: { id } }) => id)).toEqual(['new', 'lenient']);
});

test('an explanation of what no longer disagrees is told; of what was not asked, it is not', () => {
  expect(compareWithAccepted([judged('cured', 'accept', true)], accepted).stale).toEqual(['cured']);
  expect(compareWithAccepted([], accepted).stale).toEqual([]);
});

test('every group of the list says its side and its reason, and names something', () => {
  for (const { cases = [], kinds = [], reason, side } of readAccepted()) {
    expect(['lenient', 'strict']).toContain(side);
    expect(reason.length).toBeGreaterThan(30);
    expect(cases.length + kinds.length).toBeGreaterThan(0);
  }
});

test('the table counts by suite and group, and OpenSSL beside', () => {
  const all = [
    judged('a', 'accept', true),
    judged('b', 'accept', false),
    judged('c', 'reject', true),
    judged('d', undefined, true),
  ];
  const openssl = new Map([
    ['a', { accepted: true }],
    ['b', { accepted: true }],
    ['c', { accepted: true }],
  ]);
  expect(table(rowsOf(all, openssl))).toContain('| suite | group | 3 | 1 | 1 | 1 | 2 |');
  expect(leftOutOf(all)).toEqual([{ suite: 'suite', remark: '', cases: 1 }]);
});
