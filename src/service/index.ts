/** The whole program in one process: it wires the rooms together, starts them and stops them. */
export { isServiceProblem } from './problems.ts';
export { startService } from './service.ts';
export type { Service } from './types.ts';
