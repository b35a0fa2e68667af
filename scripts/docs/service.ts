// The tables of limits in docs/service.md, from the values that the service enforces.
import { attemptLimits } from '../../src/web/access/attempts.ts';
import { limits } from '../../src/web/connections/limits.ts';
import type { Blocks } from './blocks.ts';
import { table } from './markdown.ts';

export const serviceBlocks: Blocks = {
  passwords: { from: 'src/web/access/attempts.ts', render: passwords },
  connections: { from: 'src/web/connections/limits.ts', render: connections },
};

const rows = (lines: readonly (readonly [string, string])[]) => table(['limit', 'value'], lines);

/** Every limit has a line: the compiler checks that. */
const descriptions = {
  handshakeMs: ['TLS handshake, from the connection to its end', time],
  headMs: ['request line and headers', time],
  requestMs: ['whole request, including a body', time],
  idleMs: ['idle connection between two requests', time],
  stallMs: ['client that reads nothing of a response that is waiting for it', time],
  leastBytesPerSecond: ['slowest reading, over a whole response', (bytes) => `${size(bytes)} a second`],
  answerMs: ['whole response', time],
  ageMs: ['age at which a connection is closed after its next response', time],
  requestsPerConnection: ['requests on one connection', number],
  pipelined: ['requests sent ahead of their responses', number],
  headBytes: ['request line and headers, in bytes', size],
  headFields: ['headers of a request', number],
  unreadBytes: ['responses that are written and not yet read, over all connections', size],
  backlog: ['connections that wait to be accepted (at most `net.core.somaxconn`)', number],
  connections: ['connections', number],
  shareOfOnePeer: ['share of these for one client address (not loopback, not `http.trusted_proxies`)', percent],
} as const satisfies Record<keyof typeof limits, readonly [string, (value: number) => string]>;

function connections(): string {
  const names = Object.keys(limits) as (keyof typeof limits)[];
  return rows(names.map((name) => [descriptions[name][0], descriptions[name][1](limits[name])]));
}

function passwords(): string {
  const { ofPeer, ofAll, atOnce, waitMs } = attemptLimits;
  return rows([
    ['wrong passwords from one address before it has to wait', number(ofPeer.free)],
    ['further attempts from that address', `${ofPeer.perSecond} a second`],
    ['wrong passwords from all addresses before they have to wait', number(ofAll.free)],
    ['further attempts from all addresses', `${ofAll.perSecond} a second`],
    ['passwords checked at the same time', number(atOnce)],
    ['wait for a turn, before the answer is 429', time(waitMs)],
  ]);
}

function time(ms: number): string {
  const seconds = ms / 1000;
  return seconds >= 120 && seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}
function size(bytes: number): string {
  const kib = bytes / 1024;
  return kib >= 1024 ? `${kib / 1024} MiB` : `${kib} KiB`;
}
function number(value: number): string {
  return value.toLocaleString('en-GB');
}
function percent(share: number): string {
  return `${share * 100} %`;
}
