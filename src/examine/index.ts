/** Read, rehearse, assess: one pipeline for everything that needs the state of a credential. */
export { type Bench, here } from './bench.ts';
export {
  type Examination,
  examine,
  examineCandidate,
  examineSources,
  lookedAtAgain,
  needsStore,
  read,
  readAhead,
} from './examine.ts';
export { benchInThreads, type ThreadedBench } from './threads.ts';
export { type Examined, lookInThread, type UnchangedLook } from './unchanged.ts';
export { noVerdicts, openVerdicts, type Verdicts } from './verdicts.ts';
