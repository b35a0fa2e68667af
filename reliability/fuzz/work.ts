/**
 * Counts the work that the main thread does, so that a bound on it does not depend on how busy the machine is. To be imported before the
 * product: what V8 has compiled for speed before it counts is not counted.
 *
 * Counted are the executions of every block of the product's code and of the libraries it reads with, and the expensive calls of
 * node:crypto that block the caller. Not counted is what a native function or a regular expression does inside one call.
 */

import { type Profiler, Session } from 'node:inspector';
import { createRequire, syncBuiltinESMExports } from 'node:module';

/**
 * Executed blocks that one input may cost. Counted code runs through about 20 million in a second on a slow machine, uncounted code through
 * ten times as many: far less than 50 ms.
 */
export const mostBlocks = 2_000_000;
/** Signatures made or verified in the main thread, at up to a millisecond each. */
export const mostSignatures = 50;

export interface Work {
  readonly blocks: number;
  readonly signatures: number;
}

let signatures = 0;
const session = new Session();

function ask<Answer>(method: string, parameters: object = {}): Answer {
  let answer: Answer | undefined;
  session.post(method, parameters, (error, result) => {
    if (error) throw error;
    answer = result as Answer;
  });
  return answer as Answer;
}

/** The work since it was last asked. */
export function workDone(): Work {
  const { result } = ask<Profiler.TakePreciseCoverageReturnType>('Profiler.takePreciseCoverage');
  const work = {
    blocks: result.filter(({ url }) => isCounted(url)).reduce((sum, each) => sum + blocksOf(each), 0),
    signatures,
  };
  signatures = 0;
  return work;
}

/** Ours is what makes the inputs. */
const isCounted = (url: string) =>
  url.startsWith('file:') && !/\/reliability\/|\/test\/|\/(fast-check|pure-rand)\//.test(url.replace(root, '/'));
const root = new URL('../..', import.meta.url).href;

const blocksOf = ({ functions }: Profiler.ScriptCoverage) =>
  functions.flatMap(({ ranges }) => ranges).reduce((sum, { count }) => sum + count, 0);

/** `sign` and `verify` with a callback work in the thread pool. */
function countSignatures(): void {
  const crypto = createRequire(import.meta.url)('node:crypto') as Record<string, (...args: unknown[]) => unknown>;
  for (const name of ['sign', 'verify']) {
    const original = crypto[name]!;
    crypto[name] = (...args) => {
      if (typeof args.at(-1) !== 'function') signatures += 1;
      return original(...args);
    };
  }
  syncBuiltinESMExports();
}

session.connect();
ask('Profiler.enable');
ask('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
countSignatures();
