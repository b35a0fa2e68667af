/** Real clients on loopback, with a clock that the test controls. Everything is closed after the test. */
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { expect, onTestFinished } from 'vitest';
import { Connections } from '../../../src/web/connections/connections.ts';
import { limits } from '../../../src/web/connections/limits.ts';
import { againstPipelining } from '../../../src/web/connections/pipelining.ts';

export interface Options {
  readonly most?: number;
  readonly handler?: RequestListener;
  readonly tls?: object;
  readonly isProxy?: (address: string) => boolean;
}

/** `Connections` behind a real server on loopback. */
export async function serve({ most = 100, handler, tls, isProxy = () => false }: Options = {}) {
  const clock = { nowMs: 1_000_000 };
  const cuts: string[] = [];
  const answer: RequestListener = handler ?? ((request, response) => response.end(request.url));
  const connections = new Connections({
    most,
    overTls: tls !== undefined,
    handler: answer,
    cut: (why) => cuts.push(why),
    clock: () => clock.nowMs,
    isProxy,
  });
  // Node's own five seconds would close a connection while a busy machine does something else.
  const options = { ...againstPipelining(connections.mayBegin), keepAliveTimeout: limits.idleMs };
  const server: Server = tls
    ? createTlsServer({ ...options, ...tls }, connections.answer)
    : createServer(options, connections.answer);
  server.on('connection', connections.open);
  server.on('secureConnection', connections.secured);
  /** Their ports. */
  const accepted = new Set<number | undefined>();
  server.on('connection', ({ remotePort }) => accepted.add(remotePort));
  let secured = 0;
  server.on('secureConnection', () => {
    secured += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  onTestFinished(() => {
    server.close();
    connections.endNow();
  });
  /** Resolves once the service has accepted the connection. */
  const client = async (localAddress = '127.0.0.1') => {
    const socket = connect({ port, host: '127.0.0.1', localAddress });
    onTestFinished(() => void socket.destroy());
    const state = { closed: false, text: '' };
    socket.on('error', () => {});
    socket.once('close', () => {
      state.closed = true;
    });
    socket.on('data', (chunk: Buffer) => {
      state.text += chunk;
    });
    await once(socket, 'connect');
    await expect.poll(() => accepted.has(socket.localPort)).toBe(true);
    return { socket, state };
  };
  const pass = (ms: number) => {
    clock.nowMs += ms;
    connections.sweep();
  };
  return { connections, port, cuts, client, pass, clock, secured: () => secured };
}

export const get = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nHost: x\r\n${more}\r\n`;
export const bodies = (text: string) =>
  text
    .split('HTTP/1.1 200')
    .slice(1)
    .map((answer) => answer.split('\r\n\r\n')[1]?.trim());
export const answered = (state: { text: string }, count: number) =>
  expect.poll(() => bodies(state.text)).toHaveLength(count);
