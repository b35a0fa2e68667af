/** The figures, by suite and group. */
import type { LeftOut } from './figures.ts';
import { type Judged, sideOf } from './judge.ts';
import type { OpensslVerdict } from './openssl.ts';

export interface Row {
  readonly suite: string;
  /** Absent for the whole suite. */
  readonly group?: string;
  readonly applicable: number;
  readonly agree: number;
  readonly lenient: number;
  readonly strict: number;
  /** How often OpenSSL gives the expected verdict; absent if it was not asked. */
  readonly openssl?: number;
}

type Verdicts = ReadonlyMap<string, OpensslVerdict>;

/** @param openssl verdicts by case id, if OpenSSL was asked */
export function rowsOf(judged: readonly Judged[], openssl: Verdicts): Row[] {
  const applicable = judged.filter(({ test }) => test.expected !== undefined);
  const rows = [...Map.groupBy(applicable, ({ test }) => test.suite)].flatMap(([suite, all]) => {
    const groups = [...Map.groupBy(all, ({ test }) => test.group)]
      .sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
      .map(([group, some]) => ({ suite, group, ...count(some, openssl) }));
    return [...groups, { suite, ...count(all, openssl) }];
  });
  return [...rows, { suite: 'all', ...count(applicable, openssl) }];
}

function count(judged: readonly Judged[], openssl: Verdicts): Omit<Row, 'suite' | 'group'> {
  const number = (side: Judged['side']) => judged.filter((each) => each.side === side).length;
  const verdicts = judged.flatMap(({ test }) => {
    const theirs = openssl.get(test.id);
    return theirs ? [sideOf(test.expected, theirs.accepted).side === undefined] : [];
  });
  return {
    applicable: judged.length,
    agree: number(undefined),
    lenient: number('lenient'),
    strict: number('strict'),
    ...(verdicts.length > 0 ? { openssl: verdicts.filter((agrees) => agrees).length } : {}),
  };
}

export function leftOutOf(judged: readonly Judged[]): LeftOut[] {
  const outside = judged.filter(({ test }) => test.expected === undefined);
  return [...Map.groupBy(outside, ({ test }) => test.suite)].flatMap(([suite, some]) =>
    [...Map.groupBy(some, ({ test }) => test.remark ?? '')].map(([remark, all]) => ({
      suite,
      remark,
      cases: all.length,
    })),
  );
}

/** Markdown. */
export function table(rows: readonly Row[]): string {
  const cell = ({ group, suite }: Row) => (group === undefined ? [`**${suite}**`, ''] : [suite, group]);
  return [
    '| suite | group | applicable | agree | lenient | strict | OpenSSL agrees |',
    '|---|---|---:|---:|---:|---:|---:|',
    ...rows.map((row) => {
      const { agree, applicable, lenient, openssl = '', strict } = row;
      return `| ${[...cell(row), applicable, agree, lenient, strict, openssl].join(' | ')} |`;
    }),
    '',
  ].join('\n');
}
