// npm run bench -- page: how long the page, the API and the calendar take with many environments. Exits with 1 if a page is slower than promised.
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { writeBundle } from '../scripts/build/bundle.ts';
import { inspectDropped } from '../src/inspect/index.ts';
import { bundledName } from '../src/installation/index.ts';
import type { EnvironmentStatus } from '../src/status/index.ts';
import {
  daysFromSampleNow,
  environmentStatus,
  estateOf,
  sampleAssessment,
  sampleChain,
  sampleNow,
} from '../test/support/status.ts';

/** Time allowed for the page in milliseconds, by the number of environments. */
const promised = { 100: 20, 2000: 100, 5000: 200 } as const;
const rounds = 40;

const root = join(import.meta.dirname, '..');
/** Bundled as the program is, which has no face of its own for the pages. In the package's folder, where it finds what it serves. */
const folder = join(root, 'dist-bench');

export async function run(): Promise<void> {
  try {
    await writeBundle(folder, ['web/index', 'monitor/index']);
    cpSync(join(root, 'src/web/assets'), join(folder, 'web/assets'), { recursive: true });
    await measureAll();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const bundled = (room: string) => import(pathToFileURL(join(folder, bundledName(`${room}/index`))).href);

async function measureAll(): Promise<void> {
  for (const [count, limitMs] of Object.entries(promised)) {
    const served = await serve(Number(count));
    const name = `environment-${Number(count) - 1}`;
    for (const path of [
      '/',
      '/?q=environment-9',
      '/?state=warning&sort=expiry',
      '/?page=20',
      `/environments/${name}`,
    ]) {
      const { medianMs, slowMs } = await measure(served.url + path);
      say(count, path, medianMs, slowMs, `at most ${limitMs} ms`);
      if (slowMs > limitMs) process.exitCode = 1;
    }
    for (const path of ['/api/v1/environments', '/calendar.ics']) {
      const { medianMs, slowMs } = await measure(served.url + path, 5);
      say(count, path, medianMs, slowMs, '');
    }
    await served.close(0);
  }
}

/** With environments in every state, whose history is in a database as in the service. */
async function serve(count: number) {
  const { createApp, listen, pages } = (await bundled('web')) as typeof import('../src/web/index.ts');
  const { openStateMemory } = (await bundled('monitor')) as typeof import('../src/monitor/index.ts');
  const estate = estateOf([...Array(count).keys()].map(environment));
  const now = () => sampleNow;
  const memory = openStateMemory(mkdtempSync(join(tmpdir(), 'mesh-cert-monitor-bench-')), console);
  for (const { name, status } of estate.environments)
    for (const ago of [80, 40, 3]) memory.note(name, ago === 40 ? 'critical' : status, '', daysFromSampleNow(-ago));
  const app = createApp({
    estate: () => estate,
    now,
    build: { version: '0.0.0', nodeVersion: process.version.slice(1) },
    report: (error) => console.error(error),
    ...pages({
      estate: () => estate,
      now,
      past: memory.past,
      renewals: () => ({ count: 0, slice: () => [], of: () => [] }),
      renewalFiles: async () => ({}),
      stateDir: () => '/',
      inspect: inspectDropped,
    }),
  });
  return listen(app, { host: '127.0.0.1', port: 0 });
}

function environment(index: number): EnvironmentStatus {
  const der = createHash('sha256').update(String(index)).digest();
  const certificates = sampleChain({ der, notAfter: daysFromSampleNow(index % 1000) });
  return environmentStatus({ name: `environment-${index}`, assessment: sampleAssessment({ certificates }) });
}

/** The median and the 95th percentile, including the body; the first few requests only warm up. */
async function measure(url: string, times = rounds): Promise<{ medianMs: number; slowMs: number }> {
  const taken: number[] = [];
  for (let round = 0; round < times + 5; round += 1) {
    const started = performance.now();
    await (await fetch(url)).arrayBuffer();
    if (round >= 5) taken.push(performance.now() - started);
  }
  taken.sort((a, b) => a - b);
  const at = (part: number) => taken[Math.min(taken.length - 1, Math.floor(taken.length * part))] ?? Number.NaN;
  return { medianMs: at(0.5), slowMs: at(0.95) };
}

function say(count: string, path: string, medianMs: number, slowMs: number, limit: string): void {
  const times = `${medianMs.toFixed(1).padStart(8)} ms median ${slowMs.toFixed(1).padStart(8)} ms 95 %`;
  console.log(`${count.padStart(6)} environments  ${path.padEnd(28)} ${times}  ${limit}`);
}
