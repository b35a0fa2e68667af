/** Hundreds of hostile HTTP clients. */
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { descriptorLimit } from '../../../src/shortage/descriptors.ts';

const ask = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nHost: x\r\n${more}\r\n`;

/** The first bytes of a TLS 1.2 ClientHello, the rest of which never comes (RFC 8446 §4.1.2). */
const halfHello = Buffer.from('160301020001000001fc0303', 'hex');

/** What each kind sends, and whether it reads the responses. */
export const kinds = {
  'say nothing': { sends: '', reads: true },
  'begin a TLS handshake and do not finish it': { sends: halfHello, reads: true },
  'begin a request and do not finish it': { sends: 'GET /metrics HTTP/1.1\r\nHost: x\r\nX-Slow: ', reads: true },
  'keep their connection after a request': { sends: ask('/health/live'), reads: true },
  'ask for /metrics and read nothing': { sends: ask('/metrics'), reads: false },
  'send 12,000 requests at once and read nothing': { sends: ask('/health/live').repeat(12_000), reads: false },
  'ask with a wrong password, again and again': {
    sends: ask('/metrics', `Authorization: Basic ${btoa('prometheus:wrong')}\r\n`).repeat(4),
    reads: true,
  },
} as const;

/** One that only an authorised client can be. */
const insider = {
  'ask with the right password and read nothing': {
    sends: ask('/metrics', `Authorization: Basic ${btoa('prometheus:planted-password-3W')}\r\n`),
    reads: false,
  },
} as const;
export type Kind = keyof typeof kinds | keyof typeof insider;

export interface Flood {
  /** How many the service has not disconnected. */
  readonly open: () => number;
  stop(): void;
}

/**
 * As many as requested, or as this process has descriptors for, connected a hundred at a time. Resolves when each is connected, or
 * has been disconnected again.
 */
export async function flood(kind: Kind, port: number, count: number, overTls = false): Promise<Flood> {
  const { sends, reads } = { ...kinds, ...insider }[kind];
  const sockets = new Set<Socket>();
  const most = Math.min(count, descriptorLimit() - 200);
  const connecting: Promise<unknown>[] = [];
  for (let begun = 0; begun < most; begun += 1) {
    const target = { port, host: '127.0.0.1' };
    const socket = overTls ? connectTls({ ...target, rejectUnauthorized: false }) : connect(target);
    sockets.add(socket);
    connecting.push(
      new Promise<void>((resolve) => {
        socket.once('connect', resolve);
        socket.once('close', () => resolve());
      }),
    );
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
    if (reads) socket.resume();
    else socket.pause();
    if (sends.length > 0) socket.write(sends);
    if (begun % 100 === 99) await sleep(10);
  }
  await Promise.all(connecting);
  return {
    open: () => sockets.size,
    stop: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
}
