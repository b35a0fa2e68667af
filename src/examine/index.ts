/** Read, rehearse, assess: one pipeline for everything that needs the state of a credential. */
export type { Bench } from './bench.ts';
export { type Examination, examine, examineCandidate, examineSources, needsStore, read, readAhead } from './examine.ts';
export { benchInThreads, type ThreadedBench } from './threads.ts';
