/** Many environments take a while to take over. Meanwhile the service answers. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { MonitorOptions } from '../../src/monitor/actions.ts';
import { Monitor } from '../../src/monitor/monitor.ts';
import { sampleConfiguration, sampleEnvironment } from '../support/configuration.ts';
import { sampleNow } from '../support/status.ts';

const configuration = sampleConfiguration(
  Array.from({ length: 3_000 }, (_, number) => sampleEnvironment({ name: `e${number}` })),
);
const options = {
  actions: {},
  now: () => sampleNow,
  log: { info: () => {}, warn: () => {}, error: () => {} },
} as unknown as MonitorOptions;

test('a monitor that is made gradually knows the same as one that is made at once, and others have their turns', async () => {
  let isMade = false;
  let turns = 0;
  const counting = (async () => {
    for (; !isMade; turns += 1) await nextTurn();
  })();
  const gradual = await Monitor.gradually(configuration, options);
  isMade = true;
  await counting;
  const atOnce = new Monitor(configuration, options);
  expect(gradual.estate()).toEqual(atOnce.estate());
  expect(gradual.estate().environments).toHaveLength(3_000);
  expect(turns).toBeGreaterThan(2);
  await Promise.all([gradual.stop(), atOnce.stop()]);
});
