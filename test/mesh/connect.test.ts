import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { Phases, PhaseTimeoutError, untilAborted } from '../../src/mesh/deadline.ts';
import { type Attempt, alternate, connectToFirst, NoAddressAnsweredError } from '../../src/mesh/network/connect.ts';
import { Lookups } from '../../src/mesh/network/lookups.ts';
import { resolve } from '../../src/mesh/network/resolve.ts';
import { Sockets } from '../../src/mesh/network/sockets.ts';
import { hasIpv6 } from '../support/mesh/servers.ts';
import { freePort } from '../support/process.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});
async function listen(host: string, port = 0): Promise<number> {
  const server = createServer((socket) => socket.on('error', () => {}).resume());
  servers.push(server);
  server.listen(port, host);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
const v4 = (address: string) => ({ address, family: 4 });
const v6 = (address: string) => ({ address, family: 6 });
const never = new AbortController().signal;

test('connect: the families take turns, the resolver’s first choice first (RFC 8305 §4)', () => {
  const [a, b, c, x, y] = [v6('::a'), v6('::b'), v6('::c'), v4('10.0.0.1'), v4('10.0.0.2')];
  expect(alternate([a, b, c, x, y])).toEqual([a, x, b, y, c]);
  expect(alternate([x, a, b])).toEqual([x, a, b]);
  expect(alternate([])).toEqual([]);
});

test('connect: a literal address asks no resolver', async () => {
  const refuse = { addresses: () => expect.unreachable() };
  expect(await resolve('127.0.0.1', never, refuse)).toEqual([v4('127.0.0.1')]);
  expect(await resolve('::1', never, refuse)).toEqual([v6('::1')]);
});

test.skipIf(!hasIpv6())('connect: reaches a server over IPv6', async () => {
  const port = await listen('::1');
  const { peer, socket } = await connectToFirst([v6('::1')], port, never, new Sockets());
  expect([peer, socket.remoteFamily]).toEqual([{ ...v6('::1'), port, accepted: true }, 'IPv6']);
  socket.destroy();
});

test('connect: tries the next address at once when one refuses', async () => {
  const port = await listen('127.0.0.1');
  // The next attempt would otherwise wait for the timer, which never fires here.
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  try {
    const tried = [v6('::1'), v4('127.0.0.2'), v4('127.0.0.1')];
    const { peer, socket } = await connectToFirst(tried, port, never, new Sockets());
    expect([peer.address, socket.remoteAddress]).toEqual(['127.0.0.1', '127.0.0.1']);
    socket.destroy();
  } finally {
    vi.useRealTimers();
  }
});

test('connect: has one error for each address if none accepts the connection', async () => {
  const port = await freePort();
  const attempts: Attempt[] = [];
  const connecting = connectToFirst([v4('127.0.0.1'), v4('127.0.0.2')], port, never, new Sockets(), attempts);
  await expect(connecting).rejects.toBeInstanceOf(NoAddressAnsweredError);
  expect(attempts.map(({ address, error }) => [address, error?.code])).toEqual([
    ['127.0.0.1', 'ECONNREFUSED'],
    ['127.0.0.2', 'ECONNREFUSED'],
  ]);
});

test('connect: no address at all is also a failure', async () => {
  await expect(connectToFirst([], 1, never, new Sockets())).rejects.toBeInstanceOf(NoAddressAnsweredError);
});

test('deadline: a resolver that never answers costs only the limit of the phase', async () => {
  // The limit of the whole comes after the test's own.
  const phases = new Phases(60_000, undefined);
  const silent = new Lookups(() => new Promise(() => {}));
  await expect(phases.run('dns', 50, (signal) => resolve('mesh.example', signal, silent))).rejects.toBeInstanceOf(
    PhaseTimeoutError,
  );
  expect(phases.seconds.dns).toBeGreaterThan(0.045);
});

test('deadline: the limit of the whole ends a phase that has time left', async () => {
  const phases = new Phases(60, undefined);
  const hang = (signal: AbortSignal) => untilAborted<void>(signal, () => undefined);
  await expect(phases.run('connect', 10_000, hang)).rejects.toThrow(PhaseTimeoutError);
  await expect(phases.run('tls', 10_000, hang)).rejects.toThrow(/^no answer within [0-5] ms$/);
});

test('deadline: the limit is told in steps of 10 ms, so that the same silence has the same text each time', () => {
  const told = [999.4, 1000.4, 9970, 60.4].map((allowedMs) => new PhaseTimeoutError('connect', allowedMs).limitMs);
  expect(told).toEqual([1000, 1000, 9970, 60]);
});

test('deadline: the caller’s own reason ends a phase, and is passed on', async () => {
  const controller = new AbortController();
  const phases = new Phases(10_000, controller.signal);
  const running = phases.run('tls', 10_000, (signal) => untilAborted<void>(signal, () => undefined));
  controller.abort(new Error('shutting down'));
  await expect(running).rejects.toThrow('shutting down');
  await expect(phases.run('request', 10, async () => 'late')).rejects.toThrow('shutting down');
});

test('deadline: work is stopped exactly once, however it ends', async () => {
  let stopped = 0;
  const stop = () => {
    stopped += 1;
  };
  await untilAborted<number>(never, (settle) => {
    setTimeout(() => settle.resolve(1), 1);
    return stop;
  });
  expect(stopped).toBe(1);
  const at = untilAborted<number>(never, (settle) => {
    settle.resolve(1);
    settle.reject(new Error('too late'));
    return stop;
  });
  expect(await at).toBe(1);
  expect(stopped).toBe(2);
});
