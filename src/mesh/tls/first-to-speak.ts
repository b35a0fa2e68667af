import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Connection } from '../network/connect.ts';
import type { ServerSide } from './secure.ts';

export interface Secured {
  readonly connection: Connection;
  readonly server: ServerSide;
  readonly tls: TLSSocket;
}

export interface SecondChance {
  /** Of the time that TLS has, what the first connection gets to say anything at all. */
  readonly afterMs: number;
  readonly connect: () => Promise<Connection>;
}

/**
 * TLS over a connection; where its other end stays silent and there is another way, over that too, and the first that comes to an end is taken. RFC 8305
 * stops at the TCP connection, but an IPv6 path that lets SYNs through and nothing else is common. Nothing but TLS's own messages is sent twice.
 * @param noted - told whose the server's side is, as soon as it is
 * @throws what `secure` or `connect` throws: where both fail, what failed first
 */
export function firstToSpeak(
  first: Connection,
  secure: (socket: Socket, server: ServerSide) => Promise<TLSSocket>,
  second: SecondChance | undefined,
  noted: (connection: Connection, server: ServerSide) => void,
): Promise<Secured> {
  return new Promise((resolve, reject) => {
    let running = 0;
    let failed: { readonly error: unknown } | undefined;
    let timer: NodeJS.Timeout | undefined;
    const attempt = async (connect: () => Promise<Connection>) => {
      running += 1;
      try {
        const connection = await connect();
        const server: ServerSide = { certificates: [] };
        if (!failed && running === 1) noted(connection, server);
        const tls = await secure(connection.socket, server);
        noted(connection, server);
        resolve({ connection, server, tls });
      } catch (error) {
        failed ??= { error };
      } finally {
        running -= 1;
        if (running === 0) {
          clearTimeout(timer);
          if (failed) reject(failed.error);
        }
      }
    };
    attempt(async () => first);
    if (!second) return;
    timer = setTimeout(() => {
      if (first.socket.bytesRead === 0) attempt(second.connect);
    }, second.afterMs);
  });
}
