/** Faulty servers on loopback, one for each kind of scenario. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect, createServer, type Server as NetServer, type Socket } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { gzipSync } from 'node:zlib';
import type { HttpBehaviour, Scenario, Server, TlsVersion } from '../../scenarios/handshakes.ts';
import { freePort } from '../process.ts';
import type { HandshakePki } from './handshake-pki.ts';

export interface Running {
  readonly url: string;
  readonly proxy?: string;
  stop(): Promise<void>;
}

/** Starts what the scenario needs. The host is always `localhost`, so that names are checked and addresses tried in turn. */
export async function start(
  scenario: Scenario,
  version: TlsVersion | undefined,
  estate: HandshakePki,
): Promise<Running> {
  const { server } = scenario;
  switch (server.kind) {
    case 'address':
      return { url: server.origin, stop: async () => {} };
    case 'closed port':
      return closedPort();
    case 'full backlog':
      return fullBacklog();
    case 'tcp':
      return tcp(server.does);
    case 'alert':
      return listening(createServer((socket) => answerOnce(socket, Buffer.from([21, 3, 3, 0, 2, 2, server.number]))));
    case 'proxy':
      return proxy(server.does);
    case 'certificate':
      return listening(
        meshServer(
          { ...(await mutual(estate)), ...(await estate.serverCertificate(server.is)), ...pinnedTo(version) },
          { status: 200 },
        ),
      );
    case 'http':
      return listening(meshServer({ ...(await mutual(estate)), ...pinnedTo(version) }, server.does));
    case 'openssl':
      return opensslServer(server.demands, version, estate);
  }
}

const pinnedTo = (version: TlsVersion | undefined): TlsOptions =>
  version ? { minVersion: version, maxVersion: version } : {};

/** A server that requires and verifies a client certificate, as MESH does. */
async function mutual(estate: HandshakePki): Promise<TlsOptions> {
  const presented = await estate.serverCertificate('without its intermediate');
  return { ...presented, ca: [estate.root.pem, estate.sub.pem], requestCert: true, rejectUnauthorized: true };
}

export async function listening(server: NetServer, scheme = 'https'): Promise<Running & { readonly port: number }> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `${scheme}://localhost:${port}`,
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Containers often do not have it; the test cannot run then, and says so. */
export function hasIpv6(): boolean {
  const there = Object.values(networkInterfaces()).some((each) => each?.some(({ address }) => address === '::1'));
  if (!there) process.stderr.write('skipped: a test that needs ::1, which this machine does not have\n');
  return there;
}

async function closedPort(): Promise<Running & { readonly port: number }> {
  const port = await freePort();
  return { port, url: `https://localhost:${port}`, stop: async () => {} };
}

/** A listener that never accepts: once its backlog is full, the kernel drops every further SYN. */
export async function fullBacklog(host = '127.0.0.1', at = 0): Promise<Running> {
  const script = `require('node:net').createServer().listen({ port: ${at}, host: '${host}', backlog: 1 }, function () { console.log(this.address().port) })`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const port = Number(line.toString());
  child.kill('SIGSTOP');
  const fillers = Array.from({ length: 8 }, () => connect({ port, host }).on('error', () => {}));
  await new Promise((resolve) => setTimeout(resolve, 200));
  return {
    url: `https://${host}:${port}`,
    async stop() {
      for (const each of fillers) each.destroy();
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

function tcp(does: Extract<Server, { kind: 'tcp' }>['does']): Promise<Running> {
  if (does === 'http') return listening(createHttpServer((_request, response) => response.end('plain')));
  return listening(
    createServer((socket) => {
      if (does === 'reset') socket.resetAndDestroy();
      if (does === 'close') socket.end();
      if (does === 'garbage') answerOnce(socket, Buffer.from('220 mail.example ESMTP ready\r\n'));
      if (does === 'reset after hello') socket.once('data', () => socket.resetAndDestroy());
      if (does === 'hang') socket.resume();
      if (does === 'no RFC 5746') answerOnce(socket, serverHelloWithoutExtensions);
    }),
  );
}

/** TLS 1.2 with ECDHE-RSA-AES128-GCM-SHA256, and no renegotiation_info (RFC 5746 §3.4). */
const serverHelloWithoutExtensions = (() => {
  const hello = Buffer.concat([Buffer.from([3, 3]), Buffer.alloc(32, 7), Buffer.from([0, 0xc0, 0x2f, 0])]);
  return Buffer.concat([Buffer.from([22, 3, 3, 0, 4 + hello.length, 2, 0, 0, hello.length]), hello]);
})();

function answerOnce(socket: Socket, bytes: Buffer): void {
  socket.once('data', () => socket.end(bytes));
}

/** Status line and headers. */
const refusals: Readonly<Record<string, readonly string[] | undefined>> = {
  '407': ['407 Proxy Authentication Required', 'Proxy-Authenticate: Basic realm="a, b c"'],
  NTLM: ['407 Proxy Authentication Required', 'Proxy-Authenticate: Negotiate, NTLM'],
  '403': ['403 Forbidden'],
  '302': ['302 Found', 'Location: http://portal.example:8080/login?token=hunter2'],
  '405': ['405 Method Not Allowed'],
  '500': ['500 Internal Server Error'],
  '501': ['501 Not Implemented'],
  '511': ['511 Network Authentication Required'],
  '502': ['502 Bad Gateway', 'X-Squid-Error: ERR_CONNECT_FAIL 111'],
};

async function proxy(does: Extract<Server, { kind: 'proxy' }>['does']): Promise<Running> {
  const url = 'https://localhost:1';
  const through = (running: Running & { port: number }): Running => ({
    ...running,
    url,
    proxy: `http://localhost:${running.port}`,
  });
  if (does === 'refused port') return through(await closedPort());
  return through(
    await listening(
      createServer((socket) =>
        socket.once('data', () => {
          const refusal = refusals[does];
          if (refusal) socket.end(`HTTP/1.1 ${refusal.join('\r\n')}\r\nContent-Length: 0\r\n\r\n`);
          if (does === 'garbage') socket.end('SSH-2.0-OpenSSH_9.9\r\n');
          if (does === 'a page with 200')
            socket.end('HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>');
          if (does === 'tunnel to plain HTTP' || does === 'reset in tunnel') {
            socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
            socket.once('data', () =>
              does === 'reset in tunnel' ? socket.resetAndDestroy() : socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'),
            );
          }
          if (does === 'reset') socket.resetAndDestroy();
        }),
      ),
    ),
  );
}

/** HTTP over TLS that behaves as told; it keeps the request, for tests that check it. */
export function meshServer(tls: TlsOptions, does: HttpBehaviour, seen?: (request: IncomingMessage) => void): NetServer {
  if (does === 'not HTTP') {
    return createTlsServer(tls, (socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.end('220 mail.example ESMTP ready\r\n'));
    });
  }
  const listener: RequestListener = (request, response) => {
    seen?.(request);
    behave(does, response);
  };
  return createHttpsServer(tls, listener).on('tlsClientError', () => {});
}

function behave(does: Exclude<HttpBehaviour, 'not HTTP'>, response: ServerResponse): void {
  if (typeof does === 'object') {
    response.writeHead(does.status, { ...does.headers });
    response.end(does.body ?? '');
    return;
  }
  const socket = response.socket as Socket;
  switch (does) {
    case 'Date 3 hours off':
      response.writeHead(200, { Date: new Date(Date.now() - 3 * 3_600_000).toUTCString() }).end();
      return;
    case 'hang':
      return;
    case 'hang in body':
      response.writeHead(200, { 'Content-Length': '10' });
      response.flushHeaders();
      return;
    case 'endless body':
    case 'endless 403': {
      response.writeHead(does === 'endless body' ? 200 : 403);
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(1000)));
      };
      response.on('drain', more);
      more();
      return;
    }
    case 'huge header':
      socket.write(`HTTP/1.1 200 OK\r\nX-Long: ${'x'.repeat(64 * 1024)}\r\n\r\n`);
      return;
    case 'bytes beyond the length':
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nmore');
      return;
    case 'bare LF':
      socket.write('HTTP/1.1 200 OK\nContent-Length: 0\n\n');
      return;
    case 'gzip':
      response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync('{"mailboxId":"X26ABC1"}'));
      return;
    case 'gzip without end':
      response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync(Buffer.alloc(1_000_000)));
      return;
    case 'not gzip':
      response.writeHead(200, { 'Content-Encoding': 'gzip' }).end('{"mailboxId":"X26ABC1"}');
      return;
    case 'broken chunks':
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n');
      return;
    case 'switching protocols':
      socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
      return;
    case 'reset':
      rawOf(socket).resetAndDestroy();
      return;
    case 'close':
      socket.end();
      return;
    case 'reset in body':
      response.writeHead(200, { 'Content-Length': '10' });
      response.write('part', () => setImmediate(() => rawOf(socket).resetAndDestroy()));
      return;
  }
}

/** TLS would close properly; only the TCP socket underneath can be reset. */
const rawOf = (socket: Socket): Socket => (socket as Socket & { _parent?: Socket })._parent ?? socket;

/** OpenSSL's own server: its alerts are the real ones. */
async function opensslServer(
  demands: Extract<Server, { kind: 'openssl' }>['demands'],
  version: TlsVersion | undefined,
  estate: HandshakePki,
): Promise<Running> {
  const folder = await mkdtemp(join(tmpdir(), 'mesh-cert-monitor-openssl-'));
  const file = async (name: string, content: string) => {
    await writeFile(join(folder, name), content);
    return join(folder, name);
  };
  const cas = await file('ca.pem', estate.root.pem + estate.sub.pem);
  const args = [
    's_server',
    ...['-accept', '127.0.0.1:0', '-www', '-naccept', '5'],
    ...['-cert', await file('server.pem', estate.server.pem), '-key', await file('server.key', estate.server.keyPem)],
    ...['-cert_chain', await file('chain.pem', estate.sub.pem), '-CAfile', cas],
  ];
  if (demands === 'TLS 1.1') args.push('-tls1_1', '-cipher', 'ALL:@SECLEVEL=0');
  else args.push('-Verify', '3', '-verify_return_error', version === 'TLSv1.3' ? '-tls1_3' : '-tls1_2');
  if (demands === 'unrevoked certificate')
    args.push('-crl_check', '-CRL', await file('crl.pem', await revocationList(folder, estate)));
  const child = spawn('openssl', args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const port = await portOf(child);
  return {
    url: `https://localhost:${port}`,
    async stop() {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      await rm(folder, { recursive: true });
    },
  };
}

async function portOf(child: ChildProcess): Promise<number> {
  let said = '';
  for await (const chunk of child.stdout ?? []) {
    said += String(chunk);
    const port = /ACCEPT 127\.0\.0\.1:(\d+)/.exec(said)?.[1];
    if (port !== undefined) return Number(port);
  }
  throw new Error(`openssl s_server did not start: ${said}`);
}

/** A CRL of the SubCA that lists the `revoked` client. */
async function revocationList(folder: string, estate: HandshakePki): Promise<string> {
  const at = (name: string) => join(folder, name);
  await writeFile(at('sub.pem'), estate.sub.pem);
  await writeFile(at('sub.key'), estate.sub.keyPem);
  await writeFile(at('revoked.pem'), estate.clients.revoked.pem);
  await writeFile(at('index.txt'), '');
  await writeFile(at('crlnumber'), '01\n');
  await writeFile(
    at('ca.cnf'),
    `[ca]\ndefault_ca=sub\n[sub]\ndatabase=${at('index.txt')}\ncrlnumber=${at('crlnumber')}\ncertificate=${at('sub.pem')}\nprivate_key=${at('sub.key')}\ndefault_md=sha256\ndefault_crl_days=3000\n`,
  );
  await run('openssl', ['ca', '-config', at('ca.cnf'), '-revoke', at('revoked.pem')]);
  await run('openssl', ['ca', '-config', at('ca.cnf'), '-gencrl', '-out', at('list.pem')]);
  const { readFile } = await import('node:fs/promises');
  return readFile(at('list.pem'), 'utf8');
}

async function run(command: string, args: readonly string[]): Promise<void> {
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number];
  if (code !== 0) throw new Error(`${command} ${args[0]} ended with ${code}: ${complaint}`);
}
