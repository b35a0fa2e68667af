/** The cycle in this process, with everything that the service does in one: files, threads, verdicts, renewals, metrics. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { type Configuration, loadConfiguration } from '../src/config/index.ts';
import { benchInThreads, examine, lookInThread } from '../src/examine/index.ts';
import { Exposition } from '../src/metrics/index.ts';
import { type Actions, Monitor } from '../src/monitor/index.ts';
import { createRenewals } from '../src/renewal/index.ts';
import type { Estate } from './estate.ts';
import type { Figure } from './figures.ts';
import { costOf, median } from './measure.ts';

const rounds = 5;

export async function cycleFigures(estate: Estate): Promise<Figure[]> {
  const configuration = await loadConfiguration(estate.config);
  const size = configuration.environments.length;
  const { monitor, exposition, renewed, stop } = service(configuration);
  const cycle = async () => {
    await monitor.checkAll();
    await renewed();
    await exposition.refresh(monitor.estate());
  };
  try {
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const cold = await costOf(cycle);
    delay.disable();
    // The first repetition still settles what the first cycle began.
    await cycle();
    const unchanged: number[] = [];
    for (let round = 0; round < rounds; round += 1) unchanged.push((await costOf(cycle)).cpuMs);
    const reading: number[] = [];
    for (let round = 0; round < rounds; round += 1) reading.push((await costOf(() => readAndHash(estate))).cpuMs);
    const perEnvironment = (ms: number, unit: 1 | 1000) => (ms / size) * unit;
    return [
      {
        name: 'unchanged cycle, CPU per environment',
        size,
        value: perEnvironment(median(unchanged), 1000),
        unit: 'µs',
        floor: perEnvironment(median(reading), 1000),
        against: 'reading and hashing its files',
        ...(size >= 1000 ? { target: 100 } : {}),
      },
      { name: 'cold cycle, CPU per environment', size, value: perEnvironment(cold.cpuMs, 1), unit: 'ms' },
      {
        name: 'main-loop delay p99 during a cold cycle',
        size,
        value: delay.percentile(99) / 1e6,
        unit: 'ms',
        ...(size >= 1000 ? { target: 10 } : {}),
      },
      { name: 'cold cycle', size, value: cold.wallMs / 1000, unit: 's', ...(size === 10_000 ? { target: 40 } : {}) },
    ];
  } finally {
    await stop();
  }
}

function service(configuration: Configuration) {
  const log = { info: () => {}, warn: () => {}, error: console.error };
  const now = () => new Date();
  const bench = benchInThreads();
  const renewals = createRenewals(
    { ...configuration, stateDir: join(configuration.stateDir, 'cycle') },
    {},
    log,
    now(),
  );
  const look = lookInThread();
  const renewing = new Set<Promise<unknown>>();
  const renew: Actions['renew'] = (input, at) => {
    const step = renewals.step(input, at);
    renewing.add(step);
    return step.finally(() => renewing.delete(step));
  };
  // The next one begins as soon as one has ended.
  const renewed = async () => {
    while (renewing.size > 0) {
      await Promise.all(renewing);
      await new Promise(setImmediate);
    }
  };
  // Handshakes have a figure of their own.
  const handshake: Actions['handshake'] = (_environment, _last, signal) =>
    new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  const actions: Actions = {
    examine: (environment, last, at) => examine(environment, last, {}, at, bench),
    handshake,
    renew,
    circumstances: (at) => renewals.circumstances(at),
    areUnchanged: look.areUnchanged,
  };
  const monitor = new Monitor(configuration, { actions, now, log });
  const stop = async () => {
    look.stop();
    await bench.stop();
    await monitor.stop();
    await renewals.close();
  };
  const exposition = new Exposition({ version: '0.0.0', nodeVersion: process.versions.node });
  return { monitor, exposition, renewed, stop };
}

function readAndHash({ places }: Estate): void {
  for (const { certificate, key, bundle } of places) {
    const hash = createHash('sha256');
    for (const file of [certificate, key, bundle]) hash.update(readFileSync(file));
    hash.digest();
  }
}
