/** The built service in real time, with files that come and go, while its memory and descriptors are watched. */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { diskEstate } from '../../test/support/disk-estate.ts';
import { startServiceProcess, stopServiceProcess } from '../../test/support/service-process.ts';
import { type Answers, Liveness, mostAnswerMs } from '../liveness.ts';
import { Tinkerer } from './tinkerer.ts';

export interface HoursFigures {
  readonly counted: Readonly<Record<string, number | string>>;
  readonly broken: readonly string[];
}

const lookEveryMs = 5_000;
/** Growth from the end of the first tenth of the time to the last: caches fill, a leak goes on. */
const [mostGrowthBytes, mostMoreDescriptors] = [60_000_000, 10];

/** Checks every second, so that an hour is twelve days of the default schedule. */
export async function runHours(hours: number, tell: (line: string) => void): Promise<HoursFigures> {
  const names = Array.from({ length: 20 }, (_, number) => `soak${number}`);
  const estate = await diskEstate(names, { schedule: { check: '* * * * * *', handshake: '* * * * *' } });
  const service = await startServiceProcess(estate.config, { env: estate.env });
  const tinkerer = new Tinkerer(Object.values(estate.files));
  const pid = service.child.pid ?? 0;
  const liveness = await Liveness.begin();
  const looks: { readonly rssBytes: number; readonly descriptors: number }[] = [];
  try {
    liveness.ask(service.url);
    const until = Date.now() + hours * 3_600_000;
    for (let number = 0; Date.now() < until; number++) {
      await sleep(lookEveryMs);
      await tinkerer.turn();
      await (await service.get('/metrics')).text();
      looks.push({ rssBytes: rssOf(pid), descriptors: readdirSync(`/proc/${pid}/fd`).length });
      if (number % 60 === 0) tell(JSON.stringify(looks.at(-1)));
    }
    const metrics = await (await service.get('/metrics')).text();
    return judged(looks, await liveness.report(), metrics, tinkerer.turns);
  } finally {
    await liveness.close();
    await stopServiceProcess(service);
    await estate.remove();
  }
}

function judged(
  looks: readonly { readonly rssBytes: number; readonly descriptors: number }[],
  answers: Answers,
  metrics: string,
  damaged: number,
): HoursFigures {
  const tenth = Math.max(1, Math.floor(looks.length / 10));
  const most = (part: typeof looks, key: 'rssBytes' | 'descriptors') => Math.max(...part.map((each) => each[key]));
  const [early, late] = [looks.slice(0, tenth), looks.slice(-tenth)];
  const grownBytes = most(late, 'rssBytes') - most(early, 'rssBytes');
  const moreDescriptors = most(late, 'descriptors') - most(early, 'descriptors');
  const broken = [
    ...(grownBytes > mostGrowthBytes ? [`memory grew by ${grownBytes} bytes`] : []),
    ...(moreDescriptors > mostMoreDescriptors ? [`${moreDescriptors} more descriptors are open`] : []),
    ...(answers.slowestMs > mostAnswerMs ? [`/health/live took ${Math.round(answers.slowestMs)} ms`] : []),
    ...(answers.failed > 0 ? [`/health/live failed ${answers.failed} times`] : []),
  ];
  const counted = {
    'looks at the process': looks.length,
    'credentials damaged or put right': damaged,
    'series in /metrics': metrics.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length,
    'resident memory at the end': `${Math.round(most(late, 'rssBytes') / 1e6)} MB`,
    'growth of memory': `${(grownBytes / 1e6).toFixed(1)} MB`,
    'more descriptors than at first': moreDescriptors,
    'answers of /health/live': answers.count,
    'slowest of them': `${Math.round(answers.slowestMs)} ms`,
    'not counted, because an idle server was slow at the same time': answers.starved,
  };
  return { counted, broken };
}

const rssOf = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
