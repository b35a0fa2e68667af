/** Read, rehearse, assess: one pipeline for everything that needs the state of a credential. */
export { type Examination, examine, examineCandidate, examineSources } from './examine.ts';
