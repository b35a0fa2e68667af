/** Which way a call goes: the proxies are real, on loopback. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { post } from '../../src/notify/post.ts';
import type { Variables } from '../../src/sources/index.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** Answers everything, a request for a tunnel with a refusal. */
async function proxy() {
  const asked: string[] = [];
  const credentials: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    credentials.push(request.headers['proxy-authorization']);
    response.writeHead(204).end();
  });
  server.on('connect', (request, socket) => {
    asked.push(`${request.method} ${request.url}`);
    credentials.push(request.headers['proxy-authorization']);
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(() => new Promise((resolve) => server.close(resolve)));
  return { asked, credentials, host: `127.0.0.1:${(server.address() as AddressInfo).port}` };
}
const call = (url: string, env: Variables) => post(new URL(url), '{}', {}, env, new AbortController().signal);

test.each([
  ['no scheme', 'HTTP_PROXY', 'http://receiver.invalid/x', 'POST http://receiver.invalid/x'],
  ['in small letters', 'http_proxy', 'http://receiver.invalid/x', 'POST http://receiver.invalid/x'],
  ['what is for all', 'ALL_PROXY', 'http://receiver.invalid/x', 'POST http://receiver.invalid/x'],
  ['a tunnel', 'HTTPS_PROXY', 'https://receiver.invalid/x', 'CONNECT receiver.invalid:443'],
  ['a tunnel by what is for all', 'all_proxy', 'https://receiver.invalid/x', 'CONNECT receiver.invalid:443'],
])('post: the proxy is chosen as for MESH: %s (%s)', async (_what, name, url, line) => {
  const { asked, credentials, host } = await proxy();
  await call(url, { [name]: `us%3Aer:p%40ss%C3%A9@${host}` });
  expect(asked).toEqual([line]);
  expect(credentials).toEqual([`Basic ${Buffer.from('us:er:p@ssé').toString('base64')}`]);
});

test('post: NO_PROXY may name a network', async () => {
  const [past, through] = [await proxy(), await proxy()];
  const env = { HTTP_PROXY: `http://${through.host}`, NO_PROXY: 'other.example, 127.0.0.0/8' };
  expect(await call(`http://${past.host}/x`, env)).toEqual({ delivered: true });
  expect([past.asked, through.asked]).toEqual([['POST /x'], []]);
});

test('post: NO_PROXY may name the port of an http address', async () => {
  const { asked, host } = await proxy();
  await call('http://127.0.0.1/x', { HTTP_PROXY: host, NO_PROXY: '127.0.0.1:443' });
  expect(asked).toEqual(['POST http://127.0.0.1/x']);
});

test.each([
  ['HTTPS_PROXY', 'http://user:planted@bad host:x', 'is not an http:// URL'],
  ['HTTPS_PROXY', 'socks5://user:planted@proxy', 'is not an http:// URL'],
  ['HTTPS_PROXY', 'http://user:planted%@proxy:1', 'has a stray % in its user name or password'],
])('post: a wrong proxy, %s=%s, is a problem without its credentials', async (name, value, what) => {
  expect(await call('https://receiver.invalid', { [name]: value })).toEqual({
    delivered: false,
    problem: `cannot be called: ${name} ${what}`,
  });
});
