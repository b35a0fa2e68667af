import { expect, test } from 'vitest';
import type { RenewalStatus } from '../../src/renewal/index.ts';
import { renewalsText } from '../../src/report/index.ts';
import { say } from '../../src/text/index.ts';
import { daysFromSampleNow } from '../support/status.ts';
import { sampleRecord } from '../support/web/pages.ts';

const renewals: RenewalStatus[] = [
  {
    state: 'requested',
    reason: say`The request was sent to itoc.supportdesk@nhs.net, and the desk usually answers within 5 working days.`,
    dueAt: daysFromSampleNow(-20),
    lastSafeDay: daysFromSampleNow(21),
    requestedAt: daysFromSampleNow(-3),
    record: sampleRecord('integration', 'requested', { delivery: 'sent' }),
  },
  {
    state: 'not_due',
    reason: say`The renewal window opens on 20 October 2026.`,
    dueAt: daysFromSampleNow(200),
    record: sampleRecord('deployment-2', 'not_due'),
  },
  {
    state: 'requested',
    reason: say`The request is drafted and waits for you to send it.`,
    requestedAt: daysFromSampleNow(-1),
    record: sampleRecord('live', 'requested', { delivery: 'drafted' }),
  },
];
const text = (columns: number, all = renewals) => renewalsText(all, { colour: false, columns });

test.each([40, 80, 100, 160])('a golden picture at %i columns, of which no line is longer', async (columns) => {
  await expect(text(columns)).toMatchFileSnapshot(`golden/renewals-${columns}.txt`);
  expect(
    text(columns)
      .split('\n')
      .filter((line) => line.length > columns),
  ).toEqual([]);
});

test('days are those in London, as in the sentences', () => {
  const lateEvening = new Date('2027-06-30T23:30:00Z');
  const record = sampleRecord('integration', 'not_due', { notAfter: lateEvening, closedAt: lateEvening });
  const [, row] = text(160, [{ ...renewals[0]!, dueAt: lateEvening, requestedAt: lateEvening, record }]).split('\n');
  expect(row?.match(/\d{4}-\d\d-\d\d/g)?.filter((day) => day === '2027-07-01')).toHaveLength(4);
});

test('what was written by others cannot write on the terminal', () => {
  const [some] = renewals;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  expect(text(80, [{ ...some!, reason: say`${'\u001b[2Jgone\nOK'}` }])).not.toMatch(/\u001b|^OK/m);
});
