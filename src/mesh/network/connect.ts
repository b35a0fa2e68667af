import type { LookupAddress } from 'node:dns';
import { connect, type Socket } from 'node:net';
import { MonitorError } from '../../errors/index.ts';
import { socketShare } from '../../shortage/index.ts';
import { untilAborted } from '../deadline.ts';
import type { Sockets } from './sockets.ts';

/** RFC 8305 §5: how long one attempt may delay the next. */
const attemptDelayMs = 250;

/** What all handshakes together may open, and what they have open. The monitor limits handshakes, but each can try many addresses. */
const mostSockets = socketShare(512);
let openSockets = 0;

/** RFC 8305 §4: the resolver's first choice first, then alternating families. */
export function alternate(addresses: readonly LookupAddress[]): LookupAddress[] {
  const preferred = addresses.filter(({ family }) => family === addresses[0]?.family);
  const other = addresses.filter(({ family }) => family !== addresses[0]?.family);
  const longest = Math.max(preferred.length, other.length);
  return Array.from({ length: longest }, (_, at) => [preferred[at], other[at]])
    .flat()
    .filter((address) => address !== undefined);
}

/** The other end of a connection: MESH, or the proxy. */
export interface Peer {
  readonly address: string;
  readonly family: number;
  readonly port: number;
}

/** One address that was tried. Without an error, it is connected or has not answered yet. */
export interface Attempt extends Peer {
  error?: NodeJS.ErrnoException;
  accepted?: true;
}

export interface Connection {
  readonly socket: Socket;
  readonly peer: Peer;
}

/** No address accepted the connection: every attempt has its error. */
export class NoAddressAnsweredError extends MonitorError {
  override readonly code = 'ERR_NO_ADDRESS_ANSWERED';
}

/**
 * A connection to the first of these addresses that accepts one (RFC 8305 §5). Attempts start 250 ms apart, or as soon as the previous one failed,
 * and run in parallel; the first connection wins and the others are dropped. Every attempt goes into `attempts`, and every socket into
 * `sockets`, at once.
 * @throws {NoAddressAnsweredError}
 */
export function connectToFirst(
  addresses: readonly LookupAddress[],
  port: number,
  signal: AbortSignal,
  sockets: Sockets,
  attempts: Attempt[] = [],
): Promise<Connection> {
  return untilAborted(signal, (settle) => {
    const open = new Map<Socket, Attempt>();
    let next = 0;
    let timer: NodeJS.Timeout | undefined;

    const attemptMore = () => {
      // With no descriptor to spare, the address that has been silent longest makes room for the next.
      const [longest] = open;
      if (longest && openSockets >= mostSockets) {
        const [socket, peer] = longest;
        open.delete(socket);
        peer.error = Object.assign(new Error('abandoned for another address'), { code: 'ETIMEDOUT' });
        socket.destroy();
      }
      attempt();
    };
    const attempt = () => {
      clearTimeout(timer);
      const address = addresses[next];
      next += 1;
      if (!address) {
        if (open.size === 0) settle.reject(new NoAddressAnsweredError('no address accepted the connection'));
        return;
      }
      const peer: Attempt = { ...address, port };
      attempts.push(peer);
      const socket = sockets.add(connect({ host: peer.address, family: peer.family, port, noDelay: true }));
      openSockets += 1;
      socket.once('close', () => {
        openSockets -= 1;
      });
      open.set(socket, peer);
      socket.once('connect', () => {
        open.delete(socket);
        peer.accepted = true;
        settle.resolve({ socket, peer });
      });
      // Stays attached for the life of the socket: between two phases nothing else listens, and an unhandled error ends the process.
      socket.on('error', (error) => {
        if (!open.delete(socket)) return;
        peer.error = error;
        attempt();
      });
      if (next < addresses.length) timer = setTimeout(attemptMore, attemptDelayMs);
    };
    attempt();

    return () => {
      clearTimeout(timer);
      for (const socket of open.keys()) socket.destroy();
      open.clear();
    };
  });
}
