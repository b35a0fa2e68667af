/** Read, rehearse, assess: one line for everybody who wants to know how a credential is. */
export { type Examination, examine, examineCandidate, examineSources } from './examine.ts';
