import { type IncomingHttpHeaders, request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { environmentStatus, estateOf } from '../../support/status.ts';
import { type Served, servePages } from '../../support/web/pages.ts';

let served: Served;
beforeAll(async () => {
  const many = [...Array(60).keys()].map((each) => environmentStatus({ name: `trust-${each}` }));
  served = await servePages({ estate: () => estateOf(many) });
});
afterAll(() => served.close());

interface Raw {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** As it comes over the network: `fetch` would ask for compression and undo it. */
const raw = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  new Promise<Raw>((resolve, reject) => {
    const sent = request(`${served.url}${path}`, { headers, method, agent: false }, (response) => {
      buffer(response).then(
        (body) => resolve({ status: response.statusCode, headers: response.headers, body }),
        reject,
      );
    });
    sent.on('error', reject).end();
  });
const gzip = { 'accept-encoding': 'gzip, deflate, br' };

const assetsOf = async () =>
  [...(await raw('/')).body.toString().matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map(([, path]) => path ?? '');

describe('compression', () => {
  const paths = ['/', '/environments/trust-1', '/api/v1/environments', '/api/v1/openapi.json', '/environments.csv'];

  test.each([...paths, '/calendar.ics', '/health', '/metrics'])(
    '%s: for those who accept it, and the same text',
    async (path) => {
      const [plain, small] = [await raw(path), await raw(path, gzip)];
      expect(plain.headers['content-encoding']).toBeUndefined();
      expect(small.headers['content-encoding']).toBe('gzip');
      for (const { headers } of [plain, small]) expect(headers.vary).toMatch(/accept-encoding/i);
      expect(small.headers['content-type']).toBe(plain.headers['content-type']);
      // How long the service has run, and the like.
      if (path !== '/metrics') expect(gunzipSync(small.body).toString()).toBe(plain.body.toString());
      expect(small.body.length).toBeLessThan(plain.body.length / 3);
    },
  );

  test('page, styles and script together are at most a sixth of what they were', async () => {
    const all = ['/', ...(await assetsOf())];
    const bytes = async (headers = {}) => {
      let sum = 0;
      for (const path of all) sum += (await raw(path, headers)).body.length;
      return sum;
    };
    const [plain, small] = [await bytes(), await bytes(gzip)];
    expect(plain).toBeGreaterThan(300_000);
    expect(small).toBeLessThan(plain / 6);
  });

  test('assets may be kept for a year, compressed or not', async () => {
    for (const path of await assetsOf())
      for (const { headers } of [await raw(path), await raw(path, gzip)])
        expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
  });

  test.each([['gzip;q=0'], ['identity'], ['br']])('not for who asks for %s', async (accepted) => {
    const { headers, body } = await raw('/', { 'accept-encoding': accepted });
    expect(headers['content-encoding']).toBeUndefined();
    expect(body.toString()).toContain('<!doctype html>');
  });

  test('a short answer is not worth it', async () => {
    expect((await raw('/health/live', gzip)).headers['content-encoding']).toBeUndefined();
    expect((await raw('/nothing', gzip)).headers['content-encoding']).toBeUndefined();
  });

  test('HEAD has the headers of GET and no body', async () => {
    for (const path of ['/', '/api/v1/environments', '/calendar.ics']) {
      const [get, head] = [await raw(path, gzip), await raw(path, gzip, 'HEAD')];
      expect(head.body).toHaveLength(0);
      for (const name of ['content-encoding', 'content-type', 'etag', 'vary'])
        expect([path, name, head.headers[name]]).toEqual([path, name, get.headers[name]]);
    }
  });

  test('an ETag is the same compressed or not, and gives 304 for both', async () => {
    const { etag = '' } = (await raw('/api/v1/environments')).headers;
    expect((await raw('/api/v1/environments', gzip)).headers.etag).toBe(etag);
    for (const headers of [{}, gzip])
      expect((await raw('/api/v1/environments', { ...headers, 'if-none-match': etag })).status).toBe(304);
  });
});
