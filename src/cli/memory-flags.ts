/**
 * What `serve` tells V8, to take less memory. V8 optimises a function that has been called often. In the first cycle of a small estate
 * that is so for sixty functions, most of which load modules, and few are ever called often again: what is saved is less than what it costs to compile
 * them, and the compilers bring 8 MiB of their own code and tables into memory.
 */
import { statSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';

/**
 * V8 would let the garbage of the first cycle grow to several times what is in use, and keep it while nothing happens afterwards. It reads this
 * option at each collection.
 */
const littleGarbage = '--heap-growing-percent=30';

/** After how many calls of a function, or rounds of a loop in it (`osr`), V8 optimises it. As Node.js 24 has them. */
export const optimisedAfter = {
  'invocation-count-for-maglev': 400,
  'invocation-count-for-maglev-osr': 100,
  'invocation-count-for-turbofan': 3000,
  'invocation-count-for-osr': 500,
};

/** With 1,000 the first cycle takes as much processor time either way; with 10,000 a third more, if what it does is optimised late. */
const few = 1_000;
/** How much later that is. What is called without end, as for hostile input, gets there too: the time that a thread may take buys as much work as before. */
const late = 100;
/** A configuration of so many bytes has few environments. */
const fewBytes = 512 * 1024;

/** For a process that runs for months with so many environments. It has an effect at any time, also on the threads that there are. */
export function memoryFlags(environments: number): string[] {
  const times = environments <= few ? late : 1;
  return [littleGarbage, ...Object.entries(optimisedAfter).map(([name, count]) => `--${name}=${count * times}`)];
}

export function saveMemory(environments: number): void {
  for (const flag of memoryFlags(environments)) setFlagsFromString(flag);
}

/**
 * Loads modules without optimising what loads them. Node has begun to count its calls before we could say how far to count, so it would be optimised now.
 * @param configuration - a file that nobody has read yet
 * @param startedWith - the options of Node.js. Who has chosen something about its compilers has the last word.
 */
export async function loadLean<Module>(
  load: () => Promise<Module>,
  configuration: string,
  startedWith = [...process.execArgv, process.env.NODE_OPTIONS ?? ''],
): Promise<Module> {
  const isSmall = bytesOf(configuration) <= fewBytes;
  saveMemory(isSmall ? few : Number.POSITIVE_INFINITY);
  if (!isSmall || startedWith.some((option) => aboutCompilers.test(option))) return load();
  setFlagsFromString('--no-maglev');
  setFlagsFromString('--no-turbofan');
  try {
    return await load();
  } finally {
    setFlagsFromString('--maglev');
    // What was optimised before could be optimised once more, at the usual count: what handles paths is, where they are long.
    setTimeout(() => setFlagsFromString('--turbofan'), startedAfterMs).unref();
  }
}

function bytesOf(file: string): number {
  try {
    return statSync(file).size;
  } catch {
    // Whoever reads it says why it cannot be read.
    return 0;
  }
}

/** The first cycle of a small estate is over by then. */
const startedAfterMs = 2_000;

const aboutCompilers = /--(no-?)?(opt|turbofan|maglev|jitless|lite-mode|max-lazy)\b/;
