/** The listening socket: limits, TLS, and a shutdown that leaves nothing open. */
import { createHash } from 'node:crypto';
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer, type Server as HttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { SecureContextOptions } from 'node:tls';
import { MonitorError } from '../errors/index.ts';
import { socketShare } from '../shortage/index.ts';
import { urlHost } from '../text/index.ts';
import { minuteMs, secondMs } from '../time/index.ts';
import { Connections } from './connections/connections.ts';
import { type CutReport, Cuts } from './connections/cuts.ts';
import { limits } from './connections/limits.ts';
import { againstPipelining } from './connections/pipelining.ts';

export interface ListenOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Plain HTTP if absent. With `ca`, clients are asked for a certificate, but can connect without one. */
  readonly tls?: SecureContextOptions;
  /** Called once a minute if connections were closed early. */
  readonly report?: (cuts: CutReport) => void;
  /** Whether an address belongs to a trusted proxy. */
  readonly isProxy?: (address: string) => boolean;
  /** Default: as many as the limit on file descriptors allows. */
  readonly mostConnections?: number;
}

/** The socket cannot be opened, or its key and certificate cannot be used. `message` is for the operator. */
export class ListenError extends MonitorError {
  override readonly code = 'ERR_LISTEN';
}

export interface WebServer {
  /** With the actual port. */
  readonly url: string;
  /**
   * For new connections. Open ones are closed after their next response. Does nothing if nothing has changed, or for plain HTTP.
   * @throws {ListenError}
   */
  renewTls(tls: SecureContextOptions): void;
  /** Lets responses that are being sent finish, for at most `graceMs`. */
  close(graceMs: number): Promise<void>;
}

const sweepEveryMs = secondMs;

/** @throws {ListenError} */
export async function listen(handler: RequestListener, options: ListenOptions): Promise<WebServer> {
  const { tls, isProxy = () => false, mostConnections: most = socketShare(limits.connections) } = options;
  let content = tls && contentOf(tls);
  const cuts = new Cuts();
  const connections = new Connections({ most, overTls: tls !== undefined, handler, cut: cuts.add, isProxy });
  const server = create(connections, tls);
  bound(server, connections, most);
  await listening(server, options);
  const timers = [
    setInterval(() => connections.sweep(), sweepEveryMs).unref(),
    setInterval(() => report(cuts, options), minuteMs).unref(),
  ];
  return {
    url: urlOf(server, options),
    renewTls: (next) => {
      if (!('setSecureContext' in server) || contentOf(next) === content) return;
      withTls(() => server.setSecureContext({ ...oldest, ...next }));
      content = contentOf(next);
      connections.retire();
    },
    close: async (graceMs) => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      connections.end();
      const impatient = setTimeout(() => connections.endNow(), graceMs);
      await closed;
      for (const timer of [impatient, ...timers]) clearTimeout(timer);
      report(cuts, options);
    },
  };
}

/** So that a reload for another reason closes no connections. */
const contentOf = ({ cert, key, passphrase, ca }: SecureContextOptions) =>
  createHash('sha256')
    .update(JSON.stringify([cert, key, passphrase, ca].map((each) => each?.toString())))
    .digest('hex');

const oldest = { minVersion: 'TLSv1.2' } as const;

function create(connections: Connections, tls: ListenOptions['tls']): Server | HttpsServer {
  const options = {
    headersTimeout: limits.headMs,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.idleMs,
    maxHeaderSize: limits.headBytes,
    connectionsCheckingInterval: sweepEveryMs,
    ...againstPipelining(connections.mayBegin),
  };
  if (!tls) return createHttpServer(options, connections.answer);
  const { handshakeMs: handshakeTimeout } = limits;
  const clients = { requestCert: tls.ca !== undefined, rejectUnauthorized: false };
  return withTls(() =>
    createHttpsServer({ ...options, ...oldest, handshakeTimeout, ...clients, ...tls }, connections.answer),
  );
}

function bound(server: Server | HttpsServer, connections: Connections, most: number): void {
  server.maxHeadersCount = limits.headFields;
  // Every new connection gets a place. This limit only matters while others are still being closed.
  server.maxConnections = 2 * most;
  server.on('connection', connections.open);
  server.on('secureConnection', connections.secured);
}

async function listening(server: Server, { host, port }: ListenOptions): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const failed = ({ message }: Error) => reject(new ListenError(message));
    server.once('error', failed);
    server.listen({ port, host, backlog: limits.backlog }, () => {
      server.off('error', failed);
      resolve();
    });
  });
}

function report(cuts: Cuts, options: ListenOptions): void {
  const some = cuts.take();
  if (some) options.report?.(some);
}

/** OpenSSL's messages never contain a secret: "key values mismatch", "bad decrypt". */
function withTls<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new ListenError(`key and certificate cannot be used: ${(error as Error).message}`);
  }
}

function urlOf(server: Server, { tls }: ListenOptions): string {
  const { address, port } = server.address() as AddressInfo;
  return `${tls ? 'https' : 'http'}://${urlHost(address)}:${port}`;
}
