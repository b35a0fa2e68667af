/** The cycle: what is checked and when, what is remembered, and what is logged. */
export type { Actions } from './actions.ts';
export { type LastSuccesses, openLastSuccesses } from './last-successes.ts';
export { createLog, type Log } from './log.ts';
export { Monitor } from './monitor.ts';
export { checkOnce } from './once.ts';
export { openStateMemory, type StateMemory } from './past-states.ts';
export { type Schedule, startSchedule } from './schedule.ts';
