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
  /** How long the first connection has to say anything at all. */
  readonly afterMs: number;
  readonly connect: () => Promise<Connection>;
}

/**
 * TLS over a connection. If its other end stays silent and there is a second address, TLS is tried there too, and the first to finish is taken.
 * RFC 8305 stops at the TCP connection, but an IPv6 path that passes SYNs and nothing else is common. Only TLS's own messages are sent twice.
 * @param noted - called as soon as it is known which connection the server's side belongs to
 * @throws what `secure` or `connect` throws; if both fail, the first error
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
