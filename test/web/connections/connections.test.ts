import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { Connections } from '../../../src/web/connections/connections.ts';
import { limits } from '../../../src/web/connections/limits.ts';
import { answered, bodies, get, serve } from '../../support/web/connections.ts';

describe('too many', () => {
  test('connections: a new one gets a place, and the oldest of the largest group is closed', async () => {
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

  test('connections of one peer do not close those of another, even old and idle ones', async () => {
    const { client } = await serve({ most: 4 });
    const honest = await client('127.0.0.2');
    honest.socket.write(get('/first'));
    await answered(honest.state, 1);
    for (let each = 0; each < 12; each += 1) await client('127.0.0.3');
    honest.socket.write(get('/second'));
    await answered(honest.state, 2);
  });

  test('requests ahead of their responses close the connection, and hardly any of them is processed', async () => {
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

  test('a few requests ahead of their responses are processed one at a time, in order', async () => {
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

  test('requests on one connection: the last response says that it is closed', async () => {
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

  test('an Upgrade header is ignored', async () => {
    const { client } = await serve();
    const { socket, state } = await client();
    socket.write(get('/', 'Connection: Upgrade\r\nUpgrade: websocket\r\n'));
    await answered(state, 1);
    socket.write(get('/'));
    await answered(state, 2);
  });
});

describe('a connection is closed after its response', () => {
  const isLast = ({ text }: { text: string }) => /^Connection: close\r$/im.test(text);

  test('when it is old', async () => {
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
    'when the request announces a body (%s), without waiting for it',
    async (header) => {
      const { client } = await serve();
      const { socket, state } = await client();
      socket.write(get('/', header));
      await answered(state, 1);
      expect(isLast(state)).toBe(true);
      await expect.poll(() => state.closed).toBe(true);
    },
  );

  test('when TLS has been renewed, and an idle one at once', async () => {
    let release: (() => void) | undefined;
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
    await expect.poll(() => release).toBeDefined();
    connections.retire();
    await expect.poll(() => idle.state.closed).toBe(true);
    release?.();
    await answered(busy.state, 1);
    await expect.poll(() => busy.state.closed).toBe(true);
    expect((await client()).state.closed).toBe(false);
  });
});

test('one address may have a quarter of the connections, but loopback and proxies all of them', async () => {
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
