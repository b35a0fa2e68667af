/** The listening socket: limits, TLS, and an end that leaves nothing behind. */
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { SecureContextOptions } from 'node:tls';
import { MonitorError } from '../errors/index.ts';

export interface ListenOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Absent: plain HTTP. */
  readonly tls?: SecureContextOptions;
}

/** The socket cannot be had, or its key and certificate cannot be used. `message` is for the operator. */
export class ListenError extends MonitorError {
  override readonly code = 'ERR_LISTEN';
}

export interface WebServer {
  /** With the port that was really taken. */
  readonly url: string;
  /** For connections from now on; ignored by plain HTTP. @throws {ListenError} */
  renewTls(tls: SecureContextOptions): void;
  /** Lets running answers end, for at most `graceMs`. */
  close(graceMs: number): Promise<void>;
}

// Our requests have a line, a few headers and no body; nobody honest needs longer to send one.
const limits = {
  headersTimeout: 10_000,
  requestTimeout: 15_000,
  keepAliveTimeout: 10_000,
  maxHeaderSize: 16 * 1024,
  // Node looks every 30 s unless told: so long could slow clients keep everyone out.
  connectionsCheckingInterval: 5_000,
};

/** @throws {ListenError} */
export async function listen(handler: RequestListener, options: ListenOptions): Promise<WebServer> {
  const server = create(handler, options.tls);
  server.maxConnections = 1024;
  await new Promise<void>((resolve, reject) => {
    const failed = ({ message }: Error) => reject(new ListenError(message));
    server.once('error', failed);
    server.listen(options.port, options.host, () => {
      server.off('error', failed);
      resolve();
    });
  });
  return {
    url: urlOf(server, options),
    renewTls: (tls) => {
      if ('setSecureContext' in server) withTls(() => server.setSecureContext({ ...oldest, ...tls }));
    },
    close: (graceMs) => close(server, graceMs),
  };
}

const oldest = { minVersion: 'TLSv1.2' } as const;

function create(handler: RequestListener, tls: ListenOptions['tls']): Server | HttpsServer {
  if (!tls) return createHttpServer(limits, handler);
  return withTls(() => createHttpsServer({ ...limits, ...oldest, ...tls }, handler));
}

/** OpenSSL's words name no secret: "key values mismatch", "bad decrypt". */
function withTls<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new ListenError(`key and certificate cannot be used: ${(error as Error).message}`);
  }
}

function urlOf(server: Server, { tls }: ListenOptions): string {
  const { address, port, family } = server.address() as AddressInfo;
  return `${tls ? 'https' : 'http'}://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

async function close(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const impatient = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(impatient);
}
