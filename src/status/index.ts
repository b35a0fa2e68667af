/** The types that everything which shows a status reads. */
export type { EnvironmentStatus, EstateStatus, HandshakeStatus } from './types.ts';
