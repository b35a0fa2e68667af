/** The built service as a whole process, with environments on disk: start, first cycle, scrapes, memory, restart. */
import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { bareEnv, stop } from '../test/support/process.ts';
import { main } from '../test/support/service-process.ts';
import type { Estate } from './estate.ts';
import type { Figure } from './figures.ts';
import { cpuMsOf, median, quantile, residentMiBOf } from './measure.ts';

export { main };

const scrapes = 60;
/** A thread ends after ten seconds without work, and V8 keeps its pages for eight more. */
const threadsEndAfterMs = 22_000;

/** As the container image and the unit start it. */
export const asInstalled = {
  args: ['--max-semi-space-size=1'],
  variables: { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: '65536', MALLOC_TRIM_THRESHOLD_: '131072' },
};

export async function serviceFigures(estate: Estate, size: number): Promise<Figure[]> {
  estate.forget();
  const first = await run(estate, 'scrape meanwhile');
  const again = await run(estate);
  const bare = await bareServer();
  return [
    {
      name: '`/metrics`, CPU per scrape',
      size,
      value: first.scrapeCpuMs,
      unit: 'ms',
      target: { 10: 2, 1000: 3, 10000: 15 }[size],
    },
    {
      name: '`/metrics` p99 during the first cycle',
      size,
      value: first.scrapeP99Ms,
      unit: 'ms',
      target: { 1000: 25, 10000: 150 }[size],
    },
    {
      name: 'start to `/health/live`',
      size,
      value: first.liveMs,
      unit: 'ms',
      floor: bare.liveMs,
      against: 'a bare HTTP server',
      target: { 10: 300, 1000: 400, 10000: 1000 }[size],
    },
    { name: 'start to ready, first time', size, value: first.readyMs / 1000, unit: 's', target: { 10000: 40 }[size] },
    { name: 'start to ready, files unchanged', size, value: again.readyMs / 1000, unit: 's' },
    { name: 'CPU from start to ready, first time', size, value: first.readyCpuMs / 1000, unit: 's' },
    {
      name: 'resident memory after ready',
      size,
      value: first.residentMiB,
      unit: 'MiB',
      floor: bare.residentMiB,
      against: 'a bare HTTP server',
      target: { 10: 80, 1000: 120, 10000: 400 }[size],
    },
    {
      name: 'the same once its threads have ended',
      size,
      value: first.restingMiB,
      unit: 'MiB',
      floor: bare.residentMiB,
      against: 'a bare HTTP server',
    },
  ].map(({ target, ...figure }) => ({ ...figure, ...(target === undefined ? {} : { target }) }) as Figure);
}

interface Run {
  readonly liveMs: number;
  readonly readyMs: number;
  readonly readyCpuMs: number;
  readonly scrapeCpuMs: number;
  readonly scrapeP99Ms: number;
  readonly residentMiB: number;
  readonly restingMiB: number;
}

async function run({ config }: Estate, scraping?: 'scrape meanwhile'): Promise<Run> {
  const started = performance.now();
  const service = await launch([...asInstalled.args, main, 'serve', '--config', config], asInstalled.variables);
  try {
    const { liveMs } = service;
    const watched = scraping && scrapeUntilStopped(service);
    await until(async () => (await fetch(`${service.url}/health/ready`)).ok, 20);
    const readyMs = performance.now() - started;
    const readyCpuMs = cpuMsOf(service.child);
    const times = (await watched?.stop()) ?? [];
    await pause(2_000);
    const residentMiB = residentMiBOf(service.child);
    await pause(threadsEndAfterMs);
    const restingMiB = residentMiBOf(service.child);
    const before = cpuMsOf(service.child);
    for (let each = 0; each < scrapes; each += 1) await scrape(service);
    const scrapeCpuMs = (cpuMsOf(service.child) - before) / scrapes;
    return { liveMs, readyMs, readyCpuMs, scrapeCpuMs, scrapeP99Ms: quantile(times, 0.99), residentMiB, restingMiB };
  } finally {
    await stop(service.child);
  }
}

/** As Prometheus asks, which accepts gzip. @returns milliseconds. */
async function scrape({ url }: Pick<Server, 'url'>): Promise<number> {
  const begun = performance.now();
  const response = await fetch(`${url}/metrics`, { headers: { 'accept-encoding': 'gzip' } });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`a scrape was answered with ${response.status}`);
  return performance.now() - begun;
}

function scrapeUntilStopped(service: Server) {
  const times: number[] = [];
  let going = true;
  const asking = (async () => {
    while (going) {
      times.push(await scrape(service));
      await pause(250);
    }
  })();
  return {
    stop: async () => {
      going = false;
      await asking;
      return times;
    },
  };
}

interface Server {
  readonly child: ChildProcess;
  readonly url: string;
  /** From its start to the first answer at `/health/live`. */
  readonly liveMs: number;
}

/** Starts a program that says its address in a line on the standard error. */
export async function launch(args: readonly string[], variables: NodeJS.ProcessEnv = {}): Promise<Server> {
  const started = performance.now();
  const child = spawn(process.execPath, args, {
    env: { ...bareEnv, ...variables },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const url = await new Promise<string>((resolve, reject) => {
    let printed = '';
    child.stderr.on('data', (chunk: Buffer) => {
      printed = (printed + chunk.toString()).slice(-100_000);
      const found = /"url":"(http:[^"]+)"/.exec(printed)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.once('exit', () => reject(new Error(`it ended: ${printed}`)));
  });
  await (await fetch(`${url}/health/live`)).arrayBuffer();
  return { child, url, liveMs: performance.now() - started };
}

/** What Node itself takes to start, listen and answer once. */
function bareServer(): Promise<{ liveMs: number; residentMiB: number }> {
  bare ??= measureBare();
  return bare;
}

let bare: ReturnType<typeof measureBare> | undefined;

const bareProgram = `require('node:http').createServer((_request, response) => response.end('ok')).listen(0, '127.0.0.1', function () {
  console.error(JSON.stringify({ url: 'http://127.0.0.1:' + this.address().port }));
});`;

async function measureBare() {
  const runs = [];
  for (let each = 0; each < 3; each += 1) {
    const { child, liveMs } = await launch(['--eval', bareProgram]);
    runs.push({ liveMs, residentMiB: residentMiBOf(child) });
    await stop(child, 'SIGKILL');
  }
  return { liveMs: median(runs.map((each) => each.liveMs)), residentMiB: median(runs.map((each) => each.residentMiB)) };
}

async function until(holds: () => Promise<boolean>, everyMs: number): Promise<void> {
  const giveUp = performance.now() + 10 * 60_000;
  while (!(await holds().catch(() => false))) {
    if (performance.now() > giveUp) throw new Error('not within ten minutes');
    await pause(everyMs);
  }
}
