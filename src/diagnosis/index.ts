/** One fault, one cause, one thing to do first: between judging and reporting. */
export { diagnose } from './diagnose.ts';
export { rankOf } from './rank.ts';
export { rules } from './rules/all.ts';
export type { Diagnosis, Evidence, Rule } from './types.ts';
