/** The listening socket: limits, TLS, and an end that leaves nothing behind. */
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { SecureContextOptions } from 'node:tls';

export interface ListenOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Absent: plain HTTP. */
  readonly tls?: SecureContextOptions;
}

export interface WebServer {
  /** With the port that was really taken. */
  readonly url: string;
  /** For connections from now on; ignored by plain HTTP. @throws {Error} OpenSSL's, when key and certificate do not fit. */
  renewTls(tls: SecureContextOptions): void;
  /** Lets running answers end, for at most `graceMs`. */
  close(graceMs: number): Promise<void>;
}

// Our requests have a line, a few headers and no body; nobody honest needs longer to send one.
const limits = { headersTimeout: 10_000, requestTimeout: 15_000, keepAliveTimeout: 10_000, maxHeaderSize: 16 * 1024 };

/** @throws {Error} `EADDRINUSE`, `EACCES` and the like, or OpenSSL's. */
export async function listen(handler: RequestListener, options: ListenOptions): Promise<WebServer> {
  const server = options.tls
    ? createHttpsServer({ ...limits, minVersion: 'TLSv1.2', ...options.tls }, handler)
    : createHttpServer(limits, handler);
  server.maxConnections = 1024;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return {
    url: urlOf(server, options),
    renewTls: (tls) => {
      if ('setSecureContext' in server) server.setSecureContext({ minVersion: 'TLSv1.2', ...tls });
    },
    close: (graceMs) => close(server, graceMs),
  };
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
