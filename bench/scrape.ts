// npm run bench -- scrape [ENVIRONMENTS …]: processor time of one scrape and of writing what has changed, in this process. Without a number: 10, 1,000 and 10,000.
import { Exposition } from '../src/metrics/index.ts';
import type { EnvironmentStatus } from '../src/status/index.ts';
import { daysFromSampleNow, environmentStatus, estateOf } from '../test/support/status.ts';
import { costOf, median as medianOf } from './measure.ts';

const build = { version: '0.0.0', nodeVersion: process.version.slice(1) };

export async function run(counts: readonly string[]): Promise<void> {
  console.log('environments  first written, ms  scrape, ms  all checked again, ms  plain text, ms  gzip, kB  text, kB');
  for (const count of counts.length > 0 ? counts.map(Number) : [10, 1_000, 10_000]) console.log(await measure(count));
}

async function measure(count: number): Promise<string> {
  const exposition = new Exposition(build);
  let environments = [...Array(count).keys()].map((each) => environmentStatus({ name: `environment-${each}` }));
  const scrape = async () => {
    let bytes = 0;
    for await (const piece of exposition.gzip(estateOf(environments), 'openmetrics')) bytes += piece.length;
    return bytes;
  };
  const plain = async () => {
    let bytes = 0;
    for await (const piece of exposition.text(estateOf(environments), 'openmetrics')) bytes += piece.length;
    return bytes;
  };
  const write = () => exposition.refresh(estateOf(environments));
  const first = (await costOf(write)).cpuMs;
  const unchanged = await median(scrape);
  let day = 0;
  const again = await median(() => {
    day += 1;
    environments = environments.map((each) => checkedAgain(each, day));
    return write();
  });
  const text = await median(plain);
  const sizes = [await scrape(), await plain()].map((bytes) => bytes / 1000);
  return [first, unchanged, again, text, ...sizes].reduce(
    (line: string, value) => line + value.toFixed(value < 10 ? 2 : 0).padStart(16),
    String(count).padStart(12),
  );
}

const checkedAgain = (status: EnvironmentStatus, day: number): EnvironmentStatus => ({
  ...status,
  lastRunAt: daysFromSampleNow(day),
  checkDurationSeconds: day / 1000,
});

async function median(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let each = 0; each < 9; each += 1) times.push((await costOf(work)).cpuMs);
  return medianOf(times);
}
