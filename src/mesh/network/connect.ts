import type { LookupAddress } from 'node:dns';
import { connect, type Socket } from 'node:net';
import { MonitorError } from '../../errors/index.ts';
import { untilAborted } from '../deadline.ts';
import type { Sockets } from './sockets.ts';

/** RFC 8305 §5: how long one address may keep the next one waiting. */
const attemptDelayMs = 250;

/** RFC 8305 §4: the resolver's first choice first, then the families in turn. */
export function alternate(addresses: readonly LookupAddress[]): LookupAddress[] {
  const preferred = addresses.filter(({ family }) => family === addresses[0]?.family);
  const other = addresses.filter(({ family }) => family !== addresses[0]?.family);
  const longest = Math.max(preferred.length, other.length);
  return Array.from({ length: longest }, (_, at) => [preferred[at], other[at]])
    .flat()
    .filter((address) => address !== undefined);
}

/** The other end of a connection: MESH's, or the proxy's. */
export interface Peer {
  readonly address: string;
  readonly family: number;
  readonly port: number;
}

/** One address that was tried. Without an error it stands, or has not answered yet. */
export interface Attempt extends Peer {
  error?: NodeJS.ErrnoException;
}

export interface Connection {
  readonly socket: Socket;
  readonly peer: Peer;
}

/** No address let us in: every attempt has its error. */
export class NoAddressAnsweredError extends MonitorError {
  override readonly code = 'ERR_NO_ADDRESS_ANSWERED';
}

/**
 * The first of these addresses that lets us in (RFC 8305 §5): attempts start 250 ms apart, or at once when the one before failed,
 * and go on beside each other; the first connection wins and the others are dropped. Every attempt is noted in `attempts`, and every socket put
 * into `sockets`, at once.
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
    const open = new Set<Socket>();
    let next = 0;
    let timer: NodeJS.Timeout | undefined;

    const attempt = () => {
      clearTimeout(timer);
      const address = addresses[next];
      next += 1;
      if (!address) {
        if (open.size === 0) settle.reject(new NoAddressAnsweredError('no address let us in'));
        return;
      }
      const peer: Attempt = { ...address, port };
      attempts.push(peer);
      const socket = sockets.add(connect({ host: peer.address, family: peer.family, port, noDelay: true }));
      open.add(socket);
      socket.once('connect', () => {
        open.delete(socket);
        settle.resolve({ socket, peer });
      });
      // Stays on for the socket's life: between two phases nobody else listens, and an unheard error ends the process.
      socket.on('error', (error) => {
        if (!open.delete(socket)) return;
        peer.error = error;
        attempt();
      });
      if (next < addresses.length) timer = setTimeout(attempt, attemptDelayMs);
    };
    attempt();

    return () => {
      clearTimeout(timer);
      for (const socket of open) socket.destroy();
      open.clear();
    };
  });
}
