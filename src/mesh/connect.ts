import type { LookupAddress } from 'node:dns';
import { lookup as systemLookup } from 'node:dns';
import { connect, isIP, type Socket } from 'node:net';
import { MonitorError } from '../errors/index.ts';
import { untilAborted } from './deadline.ts';
import type { Sockets } from './sockets.ts';

type Lookup = (
  host: string,
  options: { all: true },
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** RFC 8305 §5: how long one address may keep the next one waiting. */
const attemptDelayMs = 250;

/**
 * Every address of a host, families in turn, so that one that is broken costs one attempt. Literal addresses pass through.
 * A lookup of the system cannot be called off: after an abort its answer is ignored.
 */
export function resolve(host: string, signal: AbortSignal, lookup: Lookup = systemLookup): Promise<LookupAddress[]> {
  const family = isIP(host);
  if (family !== 0) return Promise.resolve([{ address: host, family }]);
  return untilAborted(signal, (settle) => {
    lookup(host, { all: true }, (error, addresses) => {
      if (error) settle.reject(error);
      else settle.resolve(alternate(addresses));
    });
    return undefined;
  });
}

/** RFC 8305 §4: the resolver's first choice first, then the families in turn. */
export function alternate(addresses: readonly LookupAddress[]): LookupAddress[] {
  const preferred = addresses.filter(({ family }) => family === addresses[0]?.family);
  const other = addresses.filter(({ family }) => family !== addresses[0]?.family);
  const longest = Math.max(preferred.length, other.length);
  return Array.from({ length: longest }, (_, at) => [preferred[at], other[at]])
    .flat()
    .filter((address) => address !== undefined);
}

/** No address let us in. `errors` has one for each, in the order they failed. */
export class NoAddressAnsweredError extends MonitorError {
  override readonly code = 'ERR_NO_ADDRESS_ANSWERED';
  readonly errors: readonly NodeJS.ErrnoException[];

  constructor(errors: readonly NodeJS.ErrnoException[]) {
    super(errors.map(({ message }) => message).join('; '));
    this.errors = errors;
  }
}

/**
 * The first of these addresses that lets us in (RFC 8305 §5): attempts start 250 ms apart, or at once when the one before failed,
 * and go on beside each other; the first connection wins and the others are dropped. Every socket is put into `sockets` at once.
 * @throws {NoAddressAnsweredError}
 */
export function connectToFirst(
  addresses: readonly LookupAddress[],
  port: number,
  signal: AbortSignal,
  sockets: Sockets,
): Promise<Socket> {
  return untilAborted(signal, (settle) => {
    const attempts = new Set<Socket>();
    const errors: NodeJS.ErrnoException[] = [];
    let next = 0;
    let timer: NodeJS.Timeout | undefined;

    const attempt = () => {
      clearTimeout(timer);
      const address = addresses[next];
      next += 1;
      if (!address) {
        if (attempts.size === 0) settle.reject(new NoAddressAnsweredError(errors));
        return;
      }
      const { family } = address;
      const socket = sockets.add(connect({ host: address.address, family, port, noDelay: true }));
      attempts.add(socket);
      socket.once('connect', () => {
        attempts.delete(socket);
        settle.resolve(socket);
      });
      // Stays on for the socket's life: between two phases nobody else listens, and an unheard error ends the process.
      socket.on('error', (error) => {
        if (!attempts.delete(socket)) return;
        errors.push(error);
        attempt();
      });
      if (next < addresses.length) timer = setTimeout(attempt, attemptDelayMs);
    };
    attempt();

    return () => {
      clearTimeout(timer);
      for (const socket of attempts) socket.destroy();
      attempts.clear();
    };
  });
}
