/** OpenSSL's own verdict on a credential: a TLS handshake in memory. */
export { rehearse } from './rehearsal.ts';
export type { Rehearsal } from './types.ts';
