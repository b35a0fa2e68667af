/** The handshake with MESH, and what it means. */
export { handshake } from './handshake.ts';
export { judgeHandshake } from './judge.ts';
export { reasonCatalogue } from './reasons.ts';
export {
  type HandshakeOutcome,
  type HandshakePhase,
  type HandshakeReason,
  type HandshakeResult,
  handshakeOutcomes,
  handshakePhases,
  handshakeReasons,
} from './types.ts';
