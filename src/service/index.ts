/** The whole program in one process: it wires the rooms together, starts them and stops them. */
export { isServiceProblem } from './problems.ts';
export { type Service, startService } from './service.ts';
