/** The handshake with MESH, and what it means. */

export { reasonCatalogue } from './diagnosis/reasons.ts';
export { handshake, presentedChain } from './handshake.ts';
export { authorizationToken } from './http/authorization.ts';
export { callerFacts, meshHeaders } from './http/headers.ts';
export { judgeHandshake, nextHandshakeBoundary } from './judge.ts';
export { agentProxy, ProxyConfigurationError, proxyFor } from './network/proxy.ts';
export {
  type HandshakeOutcome,
  type HandshakePhase,
  type HandshakeReason,
  type HandshakeResult,
  handshakeOutcomes,
  handshakePhases,
  handshakeReasons,
} from './types.ts';
