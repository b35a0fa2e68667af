/** The short form of `npm run chaos`. What it measures in time is left to the long form. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { killRun } from '../../reliability/chaos/kills.ts';
import { chaosRun, noFigures } from '../../reliability/chaos/run.ts';
import { Liveness } from '../../reliability/liveness.ts';

let liveness: Liveness;
beforeAll(async () => {
  liveness = await Liveness.begin();
});
afterAll(() => liveness.close());

test('killed six times at points that chance picked: nobody is asked for twice, or silently not at all', async () => {
  const figures = noFigures();
  await killRun(7, liveness, figures);
  expect(figures).toMatchObject({ kills: 6, broken: [] });
  expect(figures.requests + figures.reported).toBeGreaterThanOrEqual(3);
}, 180_000);

test.each([21, 22])(
  'several things go wrong at once (seed %i): nobody is asked for twice, or silently not at all',
  async (seed) => {
    const figures = noFigures();
    await chaosRun(seed, liveness, figures, false);
    expect(figures.broken).toEqual([]);
    expect(Object.keys(figures.faults).length).toBeGreaterThan(0);
  },
  180_000,
);
