// npm run bench -- page: how long the page, the API and the calendar take with many environments. Exits with 1 if a page is slower than promised.
import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
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
const promised = { 100: 20, 5000: 200 } as const;
const rounds = 40;

const main = process.env.MESH_CERT_MONITOR_MAIN ?? join(import.meta.dirname, '..', 'dist', 'main.js');
const built = pathToFileURL(join(dirname(main), 'web', 'index.js')).href;

export async function run(): Promise<void> {
  for (const [count, limitMs] of Object.entries(promised)) {
    const served = await serve(Number(count));
    const name = `environment-${Number(count) - 1}`;
    for (const path of ['/', '/?q=environment-9', `/environments/${name}`]) {
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

/** The built program, as installed, with environments in every state. */
async function serve(count: number) {
  const { createApp, listen, pages } = (await import(built)) as typeof import('../src/web/index.ts');
  const estate = estateOf([...Array(count).keys()].map(environment));
  const now = () => sampleNow;
  const app = createApp({
    estate: () => estate,
    now,
    build: { version: '0.0.0', nodeVersion: process.version.slice(1) },
    report: (error) => console.error(error),
    ...pages({
      estate: () => estate,
      now,
      past: () => undefined,
      renewals: () => ({ count: 0, slice: () => [], of: () => [] }),
      renewalFiles: async () => ({}),
      stateDir: () => '/',
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
