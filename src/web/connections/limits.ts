/** What one client, and all of them together, may take of this service. docs/service.md prints this table. */
import { minuteMs, secondMs } from '../../time/index.ts';

const KiB = 1024;
const MiB = 1024 * KiB;

export const limits = {
  /** From the connection to the end of the TLS handshake. */
  handshakeMs: 10 * secondMs,
  /** From its first byte, or from the connection, to the end of a request's head. */
  headMs: 10 * secondMs,
  /** From its first byte to the end of a request, body and all. */
  requestMs: 15 * secondMs,
  /** Between two requests. Longer than the usual scrape interval, so that a scraper keeps its connection. */
  idleMs: 75 * secondMs,
  /** For a client that takes nothing of an answer that waits for it. */
  stallMs: 15 * secondMs,
  /** Over the whole answer, `stallMs` of grace aside. */
  leastBytesPerSecond: 32 * KiB,
  answerMs: 10 * minuteMs,
  /** A connection older than this is closed after its next answer. */
  ageMs: 60 * minuteMs,
  requestsPerConnection: 1000,
  /** Requests sent ahead of their answers (RFC 9112 §9.3.2); one more ends the connection. They are answered one at a time. */
  pipelined: 8,
  headBytes: 16 * KiB,
  headFields: 100,
  /** Of answers that were written and not taken, over all connections. */
  unreadBytes: 32 * MiB,
  connections: 512,
  /** Of `connections`, so that no peer has them all. Loopback and trusted proxies may: many people stand behind those. */
  shareOfOnePeer: 1 / 4,
  /** Kept back for the files, handshakes, mail and database of this service. */
  reservedDescriptors: 192,
  /** However few descriptors there are. */
  leastConnections: 16,
} as const;

/** How many connections there may be at once. @param descriptors - soft RLIMIT_NOFILE. */
export function mostConnections(descriptors: number): number {
  return Math.min(limits.connections, Math.max(limits.leastConnections, descriptors - limits.reservedDescriptors));
}
