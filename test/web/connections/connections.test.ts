/** Real clients on loopback, with a clock that the test moves. */
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { afterEach, describe, expect, test } from 'vitest';
import { Connections } from '../../../src/web/connections/connections.ts';
import { limits } from '../../../src/web/connections/limits.ts';
import { againstPipelining } from '../../../src/web/connections/pipelining.ts';
import { ca, serverCertificate } from '../../support/pki.ts';

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

interface Options {
  readonly most?: number;
  readonly handler?: RequestListener;
  readonly tls?: object;
  readonly isProxy?: (address: string) => boolean;
}

async function serve({ most = 100, handler, tls, isProxy = () => false }: Options = {}) {
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
  const options = againstPipelining(connections.mayBegin);
  const server: Server = tls
    ? createTlsServer({ ...options, ...tls }, connections.answer)
    : createServer(options, connections.answer);
  server.on('connection', connections.open);
  server.on('secureConnection', connections.secured);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  ends.push(() => {
    server.close();
    connections.endNow();
  });
  /** Resolves once the service has taken the connection. */
  const client = async (localAddress = '127.0.0.1') => {
    const before = connections.size;
    const socket = connect({ port, host: '127.0.0.1', localAddress });
    ends.push(() => socket.destroy());
    const state = { closed: false, text: '' };
    socket.on('error', () => {});
    socket.once('close', () => {
      state.closed = true;
    });
    socket.on('data', (chunk: Buffer) => {
      state.text += chunk;
    });
    await once(socket, 'connect');
    await expect.poll(() => connections.size !== before || cuts.length > 0).toBe(true);
    return { socket, state };
  };
  const pass = (ms: number) => {
    clock.nowMs += ms;
    connections.sweep();
  };
  return { connections, port, cuts, client, pass, clock };
}

const get = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nHost: x\r\n${more}\r\n`;
const bodies = (text: string) =>
  text
    .split('HTTP/1.1 200')
    .slice(1)
    .map((answer) => answer.split('\r\n\r\n')[1]?.trim());
const answered = (state: { text: string }, count: number) => expect.poll(() => bodies(state.text)).toHaveLength(count);

describe('too many', () => {
  test('connections: the newcomer is let in, and the oldest of the crowd goes', async () => {
    const { client, cuts, connections } = await serve({ most: 3 });
    const [oldest, ...others] = [await client(), await client(), await client()];
    const newcomer = await client();
    newcomer.socket.write(get('/newcomer'));
    await answered(newcomer.state, 1);
    await expect.poll(() => oldest?.state.closed).toBe(true);
    expect(others.map(({ state }) => state.closed)).toEqual([false, false]);
    expect(cuts).toEqual(['too many connections']);
    expect(connections.size).toBe(3);
  });

  test('of one peer cost another peer nothing, however old and idle that one is', async () => {
    const { client } = await serve({ most: 4 });
    const honest = await client('127.0.0.2');
    honest.socket.write(get('/first'));
    await answered(honest.state, 1);
    for (let each = 0; each < 12; each += 1) await client('127.0.0.3');
    honest.socket.write(get('/second'));
    await answered(honest.state, 2);
  });

  test('requests ahead of their answers end the connection, and nearly none of them is looked at', async () => {
    let handled = 0;
    const { client } = await serve({
      handler: (_request, response) => {
        handled += 1;
        response.end('ok');
      },
    });
    const { socket, state } = await client();
    socket.write(get('/').repeat(12_000));
    await expect.poll(() => state.closed).toBe(true);
    expect(handled).toBeLessThanOrEqual(limits.pipelined);
  });

  test('a few requests ahead of their answers are answered one at a time, in order', async () => {
    let [running, most] = [0, 0];
    const { client } = await serve({
      handler: (request, response) => {
        running += 1;
        most = Math.max(most, running);
        setImmediate(() => {
          running -= 1;
          response.end(request.url);
        });
      },
    });
    const { socket, state } = await client();
    const paths = Array.from({ length: limits.pipelined }, (_, index) => `/${index}`);
    for (let round = 1; round <= 2; round += 1) {
      socket.write(paths.map((path) => get(path)).join(''));
      await answered(state, round * paths.length);
    }
    expect(bodies(state.text)).toEqual([...paths, ...paths]);
    expect(most).toBe(1);
    expect(state.closed).toBe(false);
  });

  test('requests on one connection: the last says so, and the next needs another', async () => {
    const { client } = await serve();
    const { socket, state } = await client();
    for (let count = 1; count <= limits.requestsPerConnection; count += 1) {
      state.text = '';
      socket.write(get('/'));
      await once(socket, 'data');
      if (count === limits.requestsPerConnection - 1) expect(state.text).toMatch(/^Connection: keep-alive/im);
    }
    await expect.poll(() => state.closed).toBe(true);
    expect(state.text).toMatch(/^HTTP\/1.1 200/);
    expect(state.text).toMatch(/^Connection: close/im);
  });

  test('an upgrade that is asked for is no reason to end anything', async () => {
    const { client } = await serve();
    const { socket, state } = await client();
    socket.write(get('/', 'Connection: Upgrade\r\nUpgrade: websocket\r\n'));
    await answered(state, 1);
    socket.write(get('/'));
    await answered(state, 2);
  });
});

describe('too slow', () => {
  test('to say anything', async () => {
    const { client, pass, cuts } = await serve();
    const { state } = await client();
    pass(limits.headMs);
    expect(cuts).toEqual([]);
    pass(1);
    expect(cuts).toEqual(['too slow to ask']);
    await expect.poll(() => state.closed).toBe(true);
  });

  test('to end a TLS handshake, though it goes on byte by byte', async () => {
    const made = await serverCertificate({ issuer: await ca({ cn: 'Root' }) });
    const { client, pass, cuts } = await serve({ tls: { cert: made.pem, key: made.keyPem } });
    const { socket, state } = await client();
    socket.write(Buffer.from('160301020001000001fc0303', 'hex'));
    pass(limits.handshakeMs);
    socket.write('0');
    expect(cuts).toEqual([]);
    pass(1);
    expect(cuts).toEqual(['too slow to ask']);
    await expect.poll(() => state.closed).toBe(true);
  });

  test('to ask after the TLS handshake', async () => {
    const made = await serverCertificate({ issuer: await ca({ cn: 'Root' }) });
    const { port, pass, cuts, connections } = await serve({ tls: { cert: made.pem, key: made.keyPem } });
    const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false });
    ends.push(() => socket.destroy());
    socket.on('error', () => {});
    await once(socket, 'secureConnect');
    await expect.poll(() => connections.size).toBe(1);
    pass(limits.headMs + 1);
    expect(cuts).toEqual(['too slow to ask']);
    if (!socket.closed) await once(socket, 'close');
  });

  test('to read, and only then: one that reads gets everything', async () => {
    const piece = 'x'.repeat(64 * 1024);
    const { client, pass, cuts } = await serve({
      handler: (_request, response) => void Readable.from(Array<string>(200).fill(piece)).pipe(response),
    });
    const [reader, idler] = [await client(), await client()];
    idler.socket.pause();
    for (const { socket } of [reader, idler]) socket.write(get('/'));
    await expect.poll(() => reader.state.text.length, { timeout: 10_000 }).toBeGreaterThan(200 * piece.length);
    pass(1000);
    pass(1000);
    expect(cuts).toEqual([]);
    pass(limits.stallMs);
    expect(cuts).toEqual(['too slow to read']);
    expect(reader.state.closed).toBe(false);
    idler.socket.resume();
    await expect.poll(() => idler.state.closed).toBe(true);
  });

  test('to ask again', async () => {
    const { client, pass, cuts } = await serve();
    const { socket, state } = await client();
    socket.write(get('/'));
    await answered(state, 1);
    pass(limits.idleMs);
    expect(cuts).toEqual([]);
    pass(limits.headMs + 1);
    expect(cuts).toEqual(['idle']);
  });
});

describe('an answer is the last of its connection', () => {
  const isLast = ({ text }: { text: string }) => /^Connection: close\r$/im.test(text);

  test('when the connection is old', async () => {
    const { client, clock } = await serve();
    const { socket, state } = await client();
    socket.write(get('/'));
    await answered(state, 1);
    expect(isLast(state)).toBe(false);
    clock.nowMs += limits.ageMs + 1;
    socket.write(get('/'));
    await answered(state, 2);
    expect(isLast(state)).toBe(true);
    await expect.poll(() => state.closed).toBe(true);
  });

  test.each(['Content-Length: 5000000000\r\n', 'Transfer-Encoding: chunked\r\n'])(
    'when a body was announced (%s), which nobody waits for',
    async (header) => {
      const { client } = await serve();
      const { socket, state } = await client();
      socket.write(get('/', header));
      await answered(state, 1);
      expect(isLast(state)).toBe(true);
      await expect.poll(() => state.closed).toBe(true);
    },
  );

  test('when what it was let in for may no longer hold; one that is idle ends at once', async () => {
    let release = () => {};
    const { client, connections } = await serve({
      handler: (request, response) => {
        if (request.url === '/slow') release = () => response.end('slow');
        else response.end('ok');
      },
    });
    const [busy, idle] = [await client(), await client()];
    busy.socket.write(get('/slow'));
    idle.socket.write(get('/'));
    await answered(idle.state, 1);
    connections.retire();
    await expect.poll(() => idle.state.closed).toBe(true);
    release();
    await answered(busy.state, 1);
    await expect.poll(() => busy.state.closed).toBe(true);
    expect((await client()).state.closed).toBe(false);
  });
});

test('what nobody reads is bounded in total: the largest and longest unread go', async () => {
  const answer = 'x'.repeat(limits.unreadBytes / 4);
  const { client, pass, cuts, connections } = await serve({ handler: (_request, response) => response.end(answer) });
  const clients: Socket[] = [];
  for (let each = 0; each < 8; each += 1) {
    const { socket } = await client();
    socket.pause();
    socket.write(get('/'));
    clients.push(socket);
  }
  await expect.poll(() => connections.size).toBe(8);
  const cutNow = () => {
    pass(1);
    return cuts.length;
  };
  await expect.poll(cutNow, { interval: 20 }).toBeGreaterThan(2);
  expect(new Set(cuts)).toEqual(new Set(['too much unread']));
  // Something of each has gone into the buffers of the system, so a few more may stay than four.
  expect(cuts.length).toBeLessThan(8);
});

test('all may be used by one address on this machine, and a quarter by one elsewhere unless many stand behind it', async () => {
  const opened = (address: string, isProxy: boolean) => {
    let cut = 0;
    const most = 8;
    const connections = new Connections({
      most,
      overTls: false,
      handler: () => {},
      cut: () => {
        cut += 1;
      },
      isProxy: () => isProxy,
    });
    for (let port = 0; port < most; port += 1)
      connections.open({ remoteAddress: address, remotePort: port, once: () => {}, destroy: () => {} } as never);
    return most - cut;
  };
  expect(opened('127.0.0.1', false)).toBe(8);
  expect(opened('192.0.2.1', false)).toBe(2);
  expect(opened('192.0.2.1', true)).toBe(8);
});
