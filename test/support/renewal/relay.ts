/** Sits between client and mail server, passes on every piece of their conversation, and can stop before or after each. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Relay {
  readonly port: number;
  close(): Promise<void>;
}

/** @param isOver called before and after each piece; once it returns true, nothing more is passed on. */
export async function startRelay(upstreamPort: number, isOver: () => boolean): Promise<Relay> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(upstreamPort, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    }
    const ended = () => {
      client.destroy();
      upstream.destroy();
    };
    client.on('close', ended);
    upstream.on('close', ended);
    handOn(client, upstream, isOver, (chunk) => [chunk]);
    handOn(upstream, client, isOver, replies);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function handOn(from: Socket, to: Socket, isOver: () => boolean, parted: (chunk: Buffer) => Buffer[]): void {
  let over = false;
  let last: Promise<unknown> = Promise.resolve();
  from.on('data', (chunk) => {
    for (const piece of parted(chunk).flatMap(pieces))
      last = last.then(async () => {
        over ||= isOver();
        if (over) return;
        await new Promise((resolve) => to.write(piece, resolve));
        // Gives the other side time to read: what was passed on must have arrived.
        await new Promise((resolve) => setImmediate(resolve));
        over = isOver();
      });
  });
}

/** Each by itself. On a busy machine the replies to several commands come in one chunk. */
const replies = (chunk: Buffer): Buffer[] =>
  chunk
    .toString('latin1')
    .split(/(?<=^\d{3} [^\r\n]*\r\n)/m)
    .map((reply) => Buffer.from(reply, 'latin1'));

/** Each reply, set of commands and message in two parts, with the final dot of a message separate. */
function pieces(chunk: Buffer): Buffer[] {
  const dot = chunk.length > 600 && chunk.subarray(-5).toString() === '\r\n.\r\n' ? chunk.length - 5 : chunk.length;
  const half = Math.floor(dot / 2);
  return [chunk.subarray(0, half), chunk.subarray(half, dot), chunk.subarray(dot)].filter(({ length }) => length > 0);
}
