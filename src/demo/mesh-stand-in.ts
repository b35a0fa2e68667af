/**
 * Stands in for MESH: requires a client certificate, checks the authorization token, validates mailboxes and answers `_ping`.
 * Source: MESH API specification, validate a mailbox; authorization.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createNetServer, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { hourMs } from '../time/index.ts';
import { acceptOrRefuse, alert } from './refusing-socket.ts';

export interface MeshOptions {
  readonly certificatePem: string;
  readonly keyPem: string;
  /** CAs whose clients are accepted. If absent, no client certificate is requested, as in the sandbox. */
  readonly clientCaPem?: string;
  /** Mailbox ID in upper case → password. */
  readonly mailboxes: ReadonlyMap<string, string>;
  readonly sharedKey: string;
  readonly now: () => Date;
}

export interface RunningMesh {
  readonly url: string;
  stop(): Promise<void>;
}

const tokenWindowMs = 2 * hourMs;

export async function startMesh(options: MeshOptions): Promise<RunningMesh> {
  const http = createServer(answering(options));
  const tls = { cert: options.certificatePem, key: options.keyPem, ca: options.clientCaPem };
  const sockets = new Set<Socket>();
  const listener = createNetServer((raw) => {
    sockets.add(raw);
    raw.on('error', () => {}).once('close', () => sockets.delete(raw));
    acceptOrRefuse(raw, tls, {
      judge: (peer) => (options.clientCaPem ? refusalOf(peer) : undefined),
      accept: (socket) => http.emit('connection', socket),
    });
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  return {
    url: `https://localhost:${(listener.address() as AddressInfo).port}`,
    stop: () => close(listener, http, sockets),
  };
}

function close(listener: { close(done: () => void): void }, http: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  http.close();
  for (const socket of sockets) socket.destroy();
  return new Promise((resolve) => listener.close(() => resolve()));
}

function refusalOf(socket: TLSSocket): number | undefined {
  if (socket.authorized) return undefined;
  if (Object.keys(socket.getPeerCertificate()).length === 0) return alert.handshakeFailure;
  // Node's types say Error, but it is OpenSSL's code.
  return String(socket.authorizationError) === 'CERT_HAS_EXPIRED' ? alert.certificateExpired : alert.unknownCa;
}

function answering({ mailboxes, sharedKey, now }: MeshOptions) {
  const spent = new Set<string>();
  const answer = (response: ServerResponse, status: number, body = '') =>
    response.writeHead(status, { 'Content-Type': 'application/vnd.mesh.v2+json' }).end(body);

  return (request: IncomingMessage, response: ServerResponse): void => {
    request.resume();
    if (request.method === 'GET' && request.url === '/messageexchange/_ping') {
      answer(response, 200, JSON.stringify({ status: 'running', version: 'stand-in' }));
      return;
    }
    const mailboxId = /^\/messageexchange\/([A-Z0-9]+)$/.exec(request.url ?? '')?.[1];
    if (mailboxId === undefined || !['GET', 'POST'].includes(request.method ?? '')) return void answer(response, 404);
    if (['mex-clientversion', 'mex-osname', 'mex-osversion'].some((name) => request.headers[name] === undefined)) {
      return void answer(response, 400);
    }
    const token = request.headers.authorization ?? '';
    const password = mailboxes.get(mailboxId);
    const known = password !== undefined && tokenHolds(token, { mailboxId, password, sharedKey, now: now() });
    if (!known || spent.has(token)) return void answer(response, 403);
    spent.add(token);
    answer(response, 200);
  };
}

/** Written again from the specification, so that the stand-in does not simply repeat the code that it judges. */
function tokenHolds(
  token: string,
  { mailboxId, password, sharedKey, now }: { mailboxId: string; password: string; sharedKey: string; now: Date },
): boolean {
  const parts = /^NHSMESH ([^:]+):([^:]+):(\d+):(\d{12}):([0-9a-f]{64})$/i.exec(token);
  if (!parts) return false;
  const [, mailbox = '', nonce, count, stamp = '', hash = ''] = parts;
  const [year, month, day, hour, minute] = [0, 4, 6, 8, 10].map((at) => Number(stamp.slice(at, at === 0 ? 4 : at + 2)));
  const sentMs = Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute);
  if (mailbox !== mailboxId || Math.abs(now.getTime() - sentMs) > tokenWindowMs) return false;
  const expected = createHmac('sha256', sharedKey).update(`${mailbox}:${nonce}:${count}:${password}:${stamp}`).digest();
  return timingSafeEqual(expected, Buffer.from(hash, 'hex'));
}
