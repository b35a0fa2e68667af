/** A way to a service that can be shut and opened again. The port stays ours meanwhile: nobody else can take it. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Door {
  readonly url: string;
  /** Whoever comes or has come is turned away. */
  shut(): void;
  open(): void;
  close(): Promise<void>;
}

/** @param url of a service on loopback. */
export async function doorTo(url: string): Promise<Door> {
  const inside = new Set<Socket>();
  let isShut = false;
  const server = createServer((client) => {
    if (isShut) return void client.on('error', () => {}).destroy();
    const onward = connect(Number(new URL(url).port), '127.0.0.1');
    for (const [socket, other] of [
      [client, onward],
      [onward, client],
    ] as const) {
      inside.add(socket);
      socket
        .on('error', () => {})
        .on('close', () => {
          inside.delete(socket);
          other.destroy();
        });
      socket.pipe(other);
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const turnOut = () => {
    for (const socket of inside) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    shut: () => {
      isShut = true;
      turnOut();
    },
    open: () => {
      isShut = false;
    },
    close: async () => {
      turnOut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
