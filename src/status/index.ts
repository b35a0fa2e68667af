/** The shapes that everything which shows something to someone reads. */
export type { EnvironmentStatus, EstateStatus, HandshakeStatus } from './types.ts';
