/**
 * Does to the built service what the world may do. docs/reliability.md says what is held and shows the figures.
 *
 *   npm run chaos -- [--runs 100] [--kills 300] [--seed 1] [--write]
 *
 * SIGTERM ends it after the run. Exit status: 0 if everything held, 1 if not, 2 for wrong options.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeFigures } from '../figures.ts';
import { Liveness, mostAnswerMs } from '../liveness.ts';
import { orUsage, wholeNumber } from '../options.ts';
import { killRun } from './kills.ts';
import { chaosRun, noFigures } from './run.ts';

const options = orUsage(() => optionsOf(process.argv.slice(2)));
const figures = noFigures();
const liveness = await Liveness.begin();
const mayMount = canMount();
if (!mayMount) console.log('no right to mount: no run has a disk that fills up');
const startedAt = performance.now();
let isOver = false;
process.once('SIGTERM', () => {
  isOver = true;
});
for (let seed = options.seed; figures.kills < options.kills && !isOver; seed++) {
  await killRun(seed, liveness, figures);
  console.log(`${figures.kills} kills, ${figures.broken.length} broken`);
}
const killPoints = figures.kills;
let runs = 0;
for (; runs < options.runs && !isOver; runs++) {
  await chaosRun(options.seed + runs, liveness, figures, mayMount);
  if (runs % 10 === 9) console.log(`${runs + 1} runs, ${figures.broken.length} broken`);
}
const answers = await liveness.report();
await liveness.close();
const tooSlow = answers.slowestMs > mostAnswerMs ? [`/health/live took ${Math.round(answers.slowestMs)} ms`] : [];
const notAnswered = answers.failed > 0 ? [`/health/live failed ${answers.failed} times`] : [];
const broken = [...figures.broken, ...tooSlow, ...notAnswered];
for (const each of broken) console.error(each);
const counted = {
  'kills at points that chance picked': killPoints,
  'chaos runs': runs,
  ...Object.fromEntries(Object.entries(figures.faults).map(([name, times]) => [`fault: ${name}`, times])),
  'requests that reached the desk': figures.requests,
  'environments with a report instead of a plain request': figures.reported,
  'asked twice, or silently not at all': figures.broken.length,
  'answers of /health/live': answers.count,
  'slowest of them': `${Math.round(answers.slowestMs)} ms`,
  'not answered while the service was up': answers.failed,
  'not counted, because an idle server was slow at the same time': answers.starved,
  'minutes it took': Math.round((performance.now() - startedAt) / 60_000),
};
console.log(counted);
if (options.write)
  writeFigures(
    options.runs === 0 ? 'chaos-kills' : 'chaos',
    `chaos -- --runs ${options.runs} --kills ${options.kills} --seed ${options.seed}`,
    counted,
  );
process.exitCode = broken.length > 0 ? 1 : 0;

/** Whether the state directory can be given a small disk of its own. */
function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'mesh-cert-monitor-mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'pipe' });
    execFileSync('umount', [folder], { stdio: 'pipe' });
    return true;
  } catch {
    return false;
  } finally {
    rmdirSync(folder);
  }
}

function optionsOf(args: string[]) {
  const { values } = parseArgs({
    args,
    options: {
      runs: { type: 'string', default: '100' },
      kills: { type: 'string', default: '300' },
      seed: { type: 'string', default: '1' },
      write: { type: 'boolean', default: false },
    },
  });
  return {
    runs: wholeNumber('runs', values.runs),
    kills: wholeNumber('kills', values.kills),
    seed: wholeNumber('seed', values.seed),
    write: values.write,
  };
}
