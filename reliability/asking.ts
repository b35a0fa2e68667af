// The thread that liveness.ts starts.
import { get } from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';

const { idleUrl, mostMs } = workerData as { readonly idleUrl: string; readonly mostMs: number };
const everyMs = 100;
/** A server that does nothing answers within a few milliseconds. */
const mostIdleMs = 30;

let url: string | undefined;
/** Counts what we are told. A service that was stopped and continues has the same address, and is not blamed for the time between. */
let told = 0;
const answers = { count: 0, slowestMs: 0, failed: 0, starved: 0 };

parentPort?.on('message', (message: 'report' | { readonly url?: string }) => {
  if (message === 'report') parentPort?.postMessage({ answers });
  else {
    told += 1;
    url = message.url;
  }
});

setInterval(() => void ask(url), everyMs);

async function ask(service: string | undefined): Promise<void> {
  if (service === undefined) return;
  const asOf = told;
  // The machine may be slow before, while, or after the service answers.
  const before = await millisecondsOf(idleUrl);
  const answering = millisecondsOf(`${service}/health/live`);
  const [ms, beside] = await Promise.all([answering, millisecondsOf(idleUrl)]);
  const after = await millisecondsOf(idleUrl);
  // Stopped, killed or continued meanwhile.
  if (asOf !== told) return;
  if (typeof ms !== 'number') {
    answers.failed += 1;
    parentPort?.postMessage({ failed: ms });
  } else if ([before, beside, after].some((each) => typeof each !== 'number' || each > mostIdleMs))
    answers.starved += 1;
  else {
    answers.count += 1;
    answers.slowestMs = Math.max(answers.slowestMs, ms);
    if (ms > mostMs) parentPort?.postMessage({ slowMs: ms });
  }
}

/** Until the whole answer is there; if there is none, why. */
function millisecondsOf(address: string): Promise<number | string> {
  const asked = performance.now();
  return new Promise((resolve) => {
    get(address, { agent: false }, (response) => {
      response
        .resume()
        .on('end', () => resolve(performance.now() - asked))
        .on('error', (error) => resolve(`the answer ends with ${error.message}`));
    }).on('error', ({ message }) => resolve(`${message} after ${Math.round(performance.now() - asked)} ms`));
  });
}
