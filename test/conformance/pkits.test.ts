import { beforeAll, describe, expect, test } from 'vitest';
import { compareWithAccepted } from '../../conformance/accepted.ts';
import { readFigures } from '../../conformance/figures.ts';
import { type Judged, judge } from '../../conformance/judge.ts';
import { pkitsCases } from '../../conformance/suites/pkits.ts';
import { type Row, rowsOf } from '../../conformance/table.ts';
import { pkitsFolder } from '../support/pkits.ts';

const folder = pkitsFolder();

describe.skipIf(!folder)('NIST PKITS', () => {
  let judged: Judged[];
  beforeAll(async () => {
    judged = await Promise.all(pkitsCases(folder as string).map(judge));
  });

  test('every section is asked, by its own path and out of one bundle', () => {
    const asked = judged.filter(({ test: { expected } }) => expected !== undefined);
    expect(
      Object.fromEntries(
        [...Map.groupBy(asked, ({ test: { suite } }) => suite)].map(([suite, all]) => [suite, all.length]),
      ),
    ).toEqual({
      PKITS: 178,
      'PKITS, one bundle': 178,
    });
    expect(new Set(asked.map(({ test: { group } }) => group)).size).toBe(16);
  });

  test('no disagreement is left that is not explained, and none is explained that is no more', () => {
    const { stale, unexplained } = compareWithAccepted(judged);
    expect(unexplained.map(({ test: { id }, reasons, side }) => ({ id, side, reasons }))).toEqual([]);
    expect(stale).toEqual([]);
  });

  test('the policies agree in every test (4.8 to 4.12)', () => {
    const policies = judged.filter(({ test: { group } }) => /^4\.(8|9|10|11|12) /.test(group));
    expect(policies.filter(({ side }) => side)).toEqual([]);
    expect(policies.length).toBe(126);
  });

  test('the figures are those of the documentation', () => {
    const ofPkits = ({ suite }: Row) => suite.startsWith('PKITS');
    const documented = readFigures()
      .suites?.rows.filter(ofPkits)
      .map(({ openssl: _, ...row }) => row);
    const counted = rowsOf(judged, new Map()).filter(ofPkits);
    expect(counted.length).toBe(34);
    expect(counted).toEqual(documented);
  });
});
