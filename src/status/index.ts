/** What everything that shows a status reads. */
export { causeOf, isSettled, type PastStates, pastDays } from './past.ts';
export type { EnvironmentStatus, EstateStatus, HandshakeStatus } from './types.ts';
