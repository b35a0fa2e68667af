import { expect, test } from 'vitest';
import { retryAfterSeconds } from '../../src/mesh/http/dates.ts';

const now = new Date('2026-03-04T05:06:07Z');

test.each([
  ['120', undefined, 120],
  ['0', undefined, 0],
  ['Wed, 04 Mar 2026 05:07:07 GMT', undefined, 60],
  // By the server's own clock, which is an hour ahead of ours.
  ['Wed, 04 Mar 2026 06:07:07 GMT', 'Wed, 04 Mar 2026 06:06:07 GMT', 60],
  ['Wed, 04 Mar 2026 05:00:00 GMT', undefined, 0],
  ['999999999', undefined, 86_400],
  ['-1', undefined, undefined],
  ['soon', undefined, undefined],
  ['1.5', undefined, undefined],
  ['', undefined, undefined],
  [undefined, undefined, undefined],
])('Retry-After: %j with the server’s Date %j is %s seconds', (text, date, seconds) => {
  expect(retryAfterSeconds(text, now, date)).toBe(seconds);
});
