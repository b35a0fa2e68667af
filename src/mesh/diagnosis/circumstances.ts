/** What is known when a probe fails, and what is said about it. */
import { urlHost } from '../../text/index.ts';
import type { Certificate } from '../../x509/index.ts';
import type { Attempt, Peer } from '../network/connect.ts';
import type { HttpProxy } from '../network/proxy.ts';
import type { HandshakePhase, HandshakeReason } from '../types.ts';
import type { ClientFacts } from './client.ts';

export interface Failure {
  readonly reason: HandshakeReason;
  /** What was seen, the cause first. */
  readonly detail: string;
  /** What to do first, if the reason's general remedy would miss the cause. */
  readonly remedy?: string;
}

export interface Circumstances {
  readonly phase: HandshakePhase;
  /** MESH's host, from `mesh.url`. */
  readonly host: string;
  readonly port: number;
  /** Absent if none is used. */
  readonly proxy?: HttpProxy;
  /** The DNS servers of this machine. */
  readonly nameServers: readonly string[];
  /** The connections that were tried, to the proxy if there is one. */
  readonly attempts: readonly Attempt[];
  /** The other end of the connection, once there was one. */
  readonly peer?: Peer;
  /** Absent if no certificate is presented. */
  readonly client?: ClientFacts;
  /** Whether version and cipher were negotiated: the server had sent its own certificate. */
  readonly negotiated: boolean;
  /** `mesh.tls_max`, if it is lower than what we support. */
  readonly tlsMax?: 'TLSv1.2';
  /** Whether the server asked for a client certificate, if known. */
  readonly asksForCertificate?: boolean;
  /** 0 until the head of an answer has been read. */
  readonly httpStatus: number;
  readonly now: Date;
}

/** What is known of a server whose certificate is not accepted. */
export interface Presented {
  /** OpenSSL's verdict, or Node's about the name. */
  readonly code: string;
  /** Whether it is for another name, whatever else is wrong. */
  readonly isForAnotherName: boolean;
  /** As presented, the server's own first. */
  readonly certificates: readonly Certificate[];
  /** If they exceed a limit: in which way. Then there are none here. */
  readonly excess?: string;
  /** The CA bundle. */
  readonly trusted: readonly Certificate[];
  /** Whether it is one of the machine's own roots, if they count. */
  readonly isRootHere: (certificate: Certificate) => boolean;
  readonly host: string;
  readonly proxy?: HttpProxy;
  readonly asksForCertificate?: boolean;
  readonly now: Date;
}

/** `[::1]:443` */
export const withPort = (address: string, port: number): string => `${urlHost(address)}:${port}`;
