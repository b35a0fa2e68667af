/** What a client's first TLS message offers, read from the wire (RFC 8446 §4.1.2). */
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { listening } from './servers.ts';

export interface ClientHello {
  /** The size of the first flight, including record headers. */
  readonly bytes: number;
  /** In hex, in the order offered, without signalling values. */
  readonly suites: readonly string[];
}

/** Resolves with the next client's ClientHello, and then closes the connection. */
export async function helloCatcher(): Promise<{ url: string; hello: Promise<ClientHello>; stop(): Promise<void> }> {
  const server = createServer();
  const hello = once(server, 'connection').then(async ([socket]) => {
    const bytes = await firstRecord(socket as Socket);
    (socket as Socket).destroy();
    return parse(bytes);
  });
  const { url, stop } = await listening(server);
  return { url, hello, stop };
}

async function firstRecord(socket: Socket): Promise<Buffer> {
  let bytes = Buffer.alloc(0);
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    bytes = Buffer.concat([bytes, chunk as Buffer]);
    if (bytes.length >= 5 && bytes.length >= 5 + bytes.readUInt16BE(3)) return bytes;
  }
  return bytes;
}

const signals = new Set(['00ff', '5600']);

function parse(record: Buffer): ClientHello {
  // Record header, handshake header, version and random come before the session ID.
  const session = 5 + 4 + 2 + 32;
  const start = session + 1 + (record[session] ?? 0);
  const length = record.readUInt16BE(start);
  const suites = Array.from({ length: length / 2 }, (_, at) =>
    record.toString('hex', start + 2 + 2 * at, start + 4 + 2 * at),
  );
  return { bytes: record.length, suites: suites.filter((each) => !signals.has(each)) };
}

/** A device that passes connections on, unless the first message is larger than one packet: then it is silent. */
export async function deviceWithSmallBuffer(port: number): Promise<{ url: string; stop(): Promise<void> }> {
  const { connect } = await import('node:net');
  return listening(
    createServer((client) => {
      client.once('data', (first) => {
        if (first.length > 1400) return;
        const onward = connect({ port, host: '127.0.0.1' });
        onward.on('error', () => client.destroy());
        client.on('close', () => onward.destroy());
        onward.write(first);
        client.pipe(onward).pipe(client);
      });
    }),
  );
}
