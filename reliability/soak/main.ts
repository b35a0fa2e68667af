/**
 * Years in minutes, or hours in hours. docs/reliability.md says what is held and shows the figures.
 *
 *   npm run soak -- [--years 3] [--environments 50] [--seed 1] [--write]
 *   npm run soak -- --hours 1 [--write]
 *
 * Exit status: 0 if everything held, 1 if not, 2 for wrong options.
 */
import { parseArgs } from 'node:util';
import { writeFigures } from '../figures.ts';
import { orUsage } from '../options.ts';
import { runHours } from './hours.ts';
import { simulateYears } from './years.ts';

const options = orUsage(() => optionsOf(process.argv.slice(2)));
const broken = options.hours === undefined ? await years() : await hours(options.hours);
for (const each of broken) console.error(each);
process.exitCode = broken.length > 0 ? 1 : 0;

async function years(): Promise<readonly string[]> {
  const { years: count, environments, seed } = options;
  const startedAt = performance.now();
  const progress = (day: number) => console.log(`day ${day}`);
  const { faults, broken: bad, ...counted } = await simulateYears({ years: count, environments, seed, progress });
  const figures = {
    'checks of an environment': counted.checks,
    'requests that reached the desk': counted.requests,
    'certificates deployed': counted.deployed,
    'restarts of the service': counted.restarts,
    'requests that a person had to settle': counted.settled,
    ...Object.fromEntries(Object.entries(faults).map(([kind, times]) => [`fault: ${kind}`, times])),
    'days on which something did not hold': bad.length,
    'minutes it took': Math.round((performance.now() - startedAt) / 60_000),
  };
  console.log(figures);
  if (options.write)
    writeFigures('soak', `soak -- --years ${count} --environments ${environments} --seed ${seed}`, figures);
  return bad;
}

async function hours(count: number): Promise<readonly string[]> {
  const { broken: bad, ...figures } = await runHours(count, (line) => console.log(line));
  console.log(figures);
  if (options.write) writeFigures('soak-hours', `soak -- --hours ${count}`, figures.counted);
  return bad;
}

function optionsOf(args: string[]) {
  const { values } = parseArgs({
    args,
    options: {
      years: { type: 'string', default: '3' },
      environments: { type: 'string', default: '50' },
      seed: { type: 'string', default: '1' },
      hours: { type: 'string' },
      write: { type: 'boolean', default: false },
    },
  });
  const number = (name: 'years' | 'environments' | 'seed' | 'hours') => {
    if (!(Number(values[name]) > 0)) throw new Error(`--${name} is not a number above 0`);
    return Number(values[name]);
  };
  return {
    years: number('years'),
    environments: number('environments'),
    seed: number('seed'),
    hours: values.hours === undefined ? undefined : number('hours'),
    write: values.write,
  };
}
