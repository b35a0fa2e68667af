/** What is known when a probe ends badly, and what is said of it. */
import type { Attempt, Peer } from '../network/connect.ts';
import type { HttpProxy } from '../network/proxy.ts';
import type { HandshakePhase, HandshakeReason } from '../types.ts';
import type { ClientFacts } from './client.ts';

export interface Failure {
  readonly reason: HandshakeReason;
  /** What was seen, the cause first. */
  readonly detail: string;
  /** What to do first, where the reason's general remedy would be about something else. */
  readonly remedy?: string;
}

export interface Circumstances {
  readonly phase: HandshakePhase;
  /** MESH's, as `mesh.url` has it. */
  readonly host: string;
  readonly port: number;
  /** Absent: none is used. */
  readonly proxy?: HttpProxy;
  /** DNS servers of this machine. */
  readonly nameServers: readonly string[];
  /** The connections that were tried: to the proxy where there is one. */
  readonly attempts: readonly Attempt[];
  /** The connection that stands, or stood. */
  readonly peer?: Peer;
  /** Absent: no certificate is presented. */
  readonly client?: ClientFacts;
  /** Version and cipher were agreed: the server had sent its own certificate. */
  readonly negotiated: boolean;
  /** `mesh.tls_max`, where it is less than we could. */
  readonly tlsMax?: 'TLSv1.2';
  /** Whether the server asked for a client certificate, where that is known. */
  readonly asksForCertificate?: boolean;
  /** 0 before the head of an answer was read. */
  readonly httpStatus: number;
  readonly now: Date;
}

/** `[::1]:443` */
export const withPort = (address: string, port: number): string =>
  `${address.includes(':') ? `[${address}]` : address}:${port}`;
