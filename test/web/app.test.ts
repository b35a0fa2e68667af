import { request } from 'node:http';
import { connect } from 'node:net';
import { Router } from 'express';
import { afterEach, describe, expect, test } from 'vitest';
import { contentTypes } from '../../src/metrics/format.ts';
import { Secret } from '../../src/sources/secret.ts';
import type { EstateStatus } from '../../src/status/types.ts';
import { createApp, type WebOptions } from '../../src/web/app.ts';
import { listen, type WebServer } from '../../src/web/server.ts';
import { publishText } from '../support/exposition.ts';
import { environmentStatus, estateOf, sampleNow, wholeEstate } from '../support/status.ts';

const build = { version: '1.2.3', nodeVersion: '24.0.0' };
const servers: WebServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close(0)));
});

async function serve(options: Partial<WebOptions> = {}) {
  const reported: unknown[] = [];
  const app = createApp({
    estate: wholeEstate,
    build,
    now: () => sampleNow,
    report: (error) => reported.push(error),
    ...options,
  });
  const server = await listen(app, { host: '127.0.0.1', port: 0 });
  servers.push(server);
  return {
    url: server.url,
    reported,
    get: (path: string, init?: RequestInit) => fetch(`${server.url}${path}`, { redirect: 'manual', ...init }),
  };
}

const basic = (user: string, password: string) => ({
  headers: { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` },
});

describe('/metrics', () => {
  test('answers in Prometheus text by default', async () => {
    const response = await (await serve()).get('/metrics');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe(contentTypes.prometheus);
    expect(await response.text()).toBe(await publishText(wholeEstate(), build, 'prometheus'));
  });

  test('answers in OpenMetrics to who asks for it', async () => {
    const accept = 'application/openmetrics-text;version=1.0.0,text/plain;q=0.5';
    const response = await (await serve()).get('/metrics', { headers: { accept } });
    expect(response.headers.get('content-type')).toBe(contentTypes.openmetrics);
    expect(response.headers.get('vary')).toBe('Accept, Accept-Encoding');
    expect(await response.text()).toBe(await publishText(wholeEstate(), build, 'openmetrics'));
  });

  test.each([
    ['gzip', 'gzip'],
    ['deflate, gzip;q=0.5', 'gzip'],
    ['identity', null],
    ['gzip;q=0', null],
  ])('for Accept-Encoding: %s, the content coding is %s and the text the same', async (accepted, coding) => {
    const response = await (await serve()).get('/metrics', { headers: { 'accept-encoding': accepted } });
    expect(response.headers.get('content-encoding')).toBe(coding);
    expect(await response.text()).toBe(await publishText(wholeEstate(), build, 'prometheus'));
  });

  test('shows at once what has changed', async () => {
    let estate: EstateStatus = wholeEstate();
    const { get } = await serve({ estate: () => estate });
    expect(await (await get('/metrics')).text()).toContain('mesh_environment="expired"');
    estate = estateOf([environmentStatus()]);
    expect(await (await get('/metrics')).text()).not.toContain('mesh_environment="expired"');
  });

  test('a large estate does not hold up /health/live, and a client that goes away is no error', async () => {
    const large = estateOf([...Array(2000).keys()].map((each) => environmentStatus({ name: `environment-${each}` })));
    const { get, reported } = await serve({ estate: () => large });
    const abort = new AbortController();
    const scrape = await get('/metrics', { signal: abort.signal });
    const live = await get('/health/live');
    expect(live.status).toBe(200);
    abort.abort();
    await expect(scrape.text()).rejects.toThrow();
    expect((await get('/health/live')).status).toBe(200);
    expect(reported).toEqual([]);
  });
});

describe('routes', () => {
  const paths = ['/metrics', '/health', '/health/live', '/health/ready', '/health/environments/integration'];

  test.each(paths)('%s answers HEAD like GET, without a body', async (path) => {
    const { get } = await serve();
    const [head, full] = [await get(path, { method: 'HEAD' }), await get(path)];
    expect(head.status).toBe(full.status);
    expect(head.headers.get('content-type')).toBe(full.headers.get('content-type'));
    expect(await head.text()).toBe('');
    expect(await full.text()).not.toBe('');
  });

  test.each(paths.flatMap((path) => ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'].map((method) => [method, path])))(
    '%s %s is 405 and says what is allowed',
    async (method, path) => {
      const response = await (await serve()).get(path!, { method });
      expect(response.status).toBe(405);
      expect(response.headers.get('allow')).toBe('GET, HEAD');
      expect(response.headers.get('content-type')).toContain('application/problem+json');
      expect(await response.json()).toMatchObject({ type: 'about:blank', title: 'Method Not Allowed', status: 405 });
    },
  );

  test.each(['/nothing', '/metrics/', '/Metrics', '/health/environments/', '/health/environments/unknown'])(
    '%s is 404 in problem details',
    async (path) => {
      const response = await (await serve()).get(path);
      expect(response.status).toBe(404);
      expect(response.headers.get('content-type')).toContain('application/problem+json');
      expect(await response.json()).toMatchObject({ title: 'Not Found', status: 404 });
    },
  );

  test('a path that does not decode is the client’s mistake', async () => {
    const { get, reported } = await serve();
    expect((await get('/health/environments/%E0%A4%A')).status).toBe(400);
    expect(reported).toEqual([]);
  });

  test('routers of other rooms are asked, and without one there is no page', async () => {
    const router = Router();
    router.get('/', (_request, response) => void response.send('the page'));
    expect(await (await (await serve({ routers: [router] })).get('/')).text()).toBe('the page');
    expect((await (await serve()).get('/')).status).toBe(404);
  });

  test('says nothing of what it is built with', async () => {
    const response = await (await serve()).get('/');
    expect(response.headers.get('x-powered-by')).toBeNull();
    expect(response.headers.get('server')).toBeNull();
  });

  test('headers given for every answer are on every answer, errors too', async () => {
    const { get } = await serve({
      headers: (_request, response, next) => {
        response.set('X-Test', '1');
        next();
      },
    });
    for (const path of ['/', '/nothing', '/health/live']) expect((await get(path)).headers.get('x-test')).toBe('1');
  });
});

describe('errors of ours', () => {
  test('are 500 without a stack or a message, and told to the log', async () => {
    const { get, reported } = await serve({
      estate: () => {
        throw new Error('planted detail');
      },
    });
    const response = await get('/health');
    expect(response.status).toBe(500);
    const body = await response.text();
    expect(JSON.parse(body)).toEqual({ type: 'about:blank', title: 'Internal Server Error', status: 500 });
    expect(String(reported[0])).toContain('planted detail');
  });
});

describe('basic authentication', () => {
  const basicAuth = async () => ({ username: 'prometheus', password: new Secret('pass:wörd') });

  test.each(['/', '/metrics', '/health', '/health/environments/integration', '/nothing'])('guards %s', async (path) => {
    const { get } = await serve({ basicAuth });
    const refused = await get(path);
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toMatch(/^Basic realm=/);
    expect(refused.headers.get('content-type')).toContain('application/problem+json');
    expect((await get(path, basic('prometheus', 'pass:wörd'))).status).not.toBe(401);
  });

  test.each([
    ['another password', basic('prometheus', 'pass:word')],
    ['another user', basic('grafana', 'pass:wörd')],
    ['a password that begins the same', basic('prometheus', 'pass:wörd!')],
    ['nothing in it', basic('', '')],
    ['another scheme', { headers: { authorization: 'Bearer pass:wörd' } }],
    ['no base64', { headers: { authorization: 'Basic ***' } }],
  ])('refuses %s', async (_, init) => {
    expect((await (await serve({ basicAuth })).get('/metrics', init)).status).toBe(401);
  });

  test('leaves the probes of an orchestrator alone', async () => {
    const { get } = await serve({ basicAuth });
    expect((await get('/health/live')).status).toBe(200);
    expect((await get('/health/ready')).status).not.toBe(401);
  });

  test('lets nobody in when the password cannot be read', async () => {
    const { get, reported } = await serve({ basicAuth: () => Promise.reject(new Error('gone')) });
    expect((await get('/metrics', basic('prometheus', 'pass:wörd'))).status).toBe(503);
    expect(reported).toHaveLength(1);
  });

  test('counts a rotated password from the next request on', async () => {
    let password = 'one';
    const { get } = await serve({ basicAuth: async () => ({ username: 'u', password: new Secret(password) }) });
    expect((await get('/metrics', basic('u', 'one'))).status).toBe(200);
    password = 'two';
    expect((await get('/metrics', basic('u', 'one'))).status).toBe(401);
    expect((await get('/metrics', basic('u', 'two'))).status).toBe(200);
  });
});

/** The status that is answered to a target as it stands, which `fetch` would rewrite. */
function statusOf(url: string, path: string, method = 'GET'): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const asked = request({ hostname, port, path, method, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asked.on('error', reject).end();
  });
}

describe('the target of a request', () => {
  test.each([
    ['http://elsewhere.example/health/live?x=1', 200],
    ['https://elsewhere.example/no/page', 404],
    ['http://elsewhere.example:99999/', 400],
    ['http://elsewhere.example:-1/', 400],
    ['http://[/', 400],
    ['ftp://elsewhere.example/health/live', 400],
    ['health/live', 400],
    ['*', 400],
    ['//elsewhere.example/health/live', 404],
  ])('%s is answered with %d, and is nobody’s fault but the client’s', async (target, status) => {
    const { url, reported } = await serve();
    const warnings: unknown[] = [];
    const warned = (warning: Error) => warnings.push(warning);
    process.on('warning', warned);
    expect(await statusOf(url, target)).toBe(status);
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', warned);
    expect([...reported, ...warnings]).toEqual([]);
  });
});

describe('the socket', () => {
  test('headers without end are refused', async () => {
    const { get } = await serve();
    const headers = { 'x-long': 'x'.repeat(20_000) };
    expect((await get('/health/live', { headers })).status).toBe(431);
  });

  test('closes although a client keeps its connection open', async () => {
    const server = await listen(createApp({ estate: wholeEstate, build, now: () => sampleNow, report: () => {} }), {
      host: '127.0.0.1',
      port: 0,
    });
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    socket.on('error', () => {});
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.write('GET /metrics HTTP/1.1\r\n');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    await server.close(50);
    await closed;
  });

  test('a port that is taken is an error that says so', async () => {
    const { url } = await serve();
    const port = Number(new URL(url).port);
    await expect(listen(() => {}, { host: '127.0.0.1', port })).rejects.toThrow(/EADDRINUSE/);
  });
});
