/** Limits on one client and on all clients together. docs/service.md lists them. */
import { minuteMs, secondMs } from '../../time/index.ts';

const KiB = 1024;
const MiB = 1024 * KiB;

export const limits = {
  /** From the connection to the end of the TLS handshake. */
  handshakeMs: 10 * secondMs,
  /** From the first byte of a request (of the first one: from the connection) to the end of its headers. */
  headMs: 10 * secondMs,
  /** From the first byte of a request to its end, including a body. */
  requestMs: 15 * secondMs,
  /** Between two requests. Longer than the usual scrape interval, so that a scraper can keep its connection. */
  idleMs: 75 * secondMs,
  /** For a client that reads nothing of a response that is waiting for it. */
  stallMs: 15 * secondMs,
  /** Over the whole response, after the first `stallMs`. */
  leastBytesPerSecond: 32 * KiB,
  answerMs: 10 * minuteMs,
  /** An older connection is closed after its next response. */
  ageMs: 60 * minuteMs,
  requestsPerConnection: 1000,
  /** Requests sent ahead of their responses (RFC 9112 §9.3.2). One more ends the connection. They are processed one at a time. */
  pipelined: 8,
  headBytes: 16 * KiB,
  headFields: 100,
  /** Of responses that are written but not read, over all connections. */
  unreadBytes: 32 * MiB,
  /** Connections that wait to be accepted. Beyond it, Linux drops the first packet of a new client, who then waits for a second. */
  backlog: 4096,
  connections: 512,
  /** Of `connections`, for one peer. Loopback and trusted proxies may have all of them, because many clients share those addresses. */
  shareOfOnePeer: 1 / 4,
} as const;
