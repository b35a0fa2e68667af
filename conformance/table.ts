/** The figures, by suite and group. */

import { type Judged, sideOf } from './judge.ts';
import type { OpensslVerdict } from './openssl.ts';

interface Row {
  applicable: number;
  agree: number;
  lenient: number;
  strict: number;
  openssl: number | undefined;
}

const empty = (): Row => ({ applicable: 0, agree: 0, lenient: 0, strict: 0, openssl: undefined });

/** @param openssl verdicts by case id, where OpenSSL was asked */
export function table(judged: readonly Judged[], openssl: ReadonlyMap<string, OpensslVerdict>): string {
  const applicable = judged.filter(({ test }) => test.expected !== undefined);
  const lines = [...Map.groupBy(applicable, ({ test }) => test.suite)].flatMap(([suite, all]) => {
    const groups = [...Map.groupBy(all, ({ test }) => test.group)].sort(([a], [b]) =>
      a.localeCompare(b, 'en', { numeric: true }),
    );
    return [
      ...groups.map(([group, some]) => line(suite, group, rowOf(some, openssl))),
      ...(groups.length > 1 ? [line(`**${suite}**`, '**all**', rowOf(all, openssl))] : []),
    ];
  });
  return [
    '| suite | group | applicable | agree | lenient | strict | OpenSSL agrees |',
    '|---|---|---:|---:|---:|---:|---:|',
    ...lines,
    line('**all**', '', rowOf(applicable, openssl)),
    '',
  ].join('\n');
}

function rowOf(judged: readonly Judged[], openssl: ReadonlyMap<string, OpensslVerdict>): Row {
  const row = empty();
  for (const { side, test } of judged) {
    row.applicable += 1;
    row[side ?? 'agree'] += 1;
    const theirs = openssl.get(test.id);
    if (theirs) row.openssl = (row.openssl ?? 0) + (sideOf(test.expected, theirs.accepted).side ? 0 : 1);
  }
  return row;
}

const line = (suite: string, group: string, row: Row) =>
  `| ${[suite, group, row.applicable, row.agree, row.lenient, row.strict, row.openssl ?? ''].join(' | ')} |`;

/** What is left out of the table, and why. */
export function leftOut(judged: readonly Judged[]): string {
  const outside = judged.filter(({ test }) => test.expected === undefined);
  const byReason = Map.groupBy(outside, ({ test }) => `${test.suite}: ${test.remark ?? ''}`);
  return [...byReason].map(([reason, some]) => `- ${reason} (${some.length})\n`).join('');
}
