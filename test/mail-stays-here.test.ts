/** No test can reach a real certificate desk: neither from here nor from a program that a test starts. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { expect, test } from 'vitest';
import { bareEnv } from './support/process.ts';

// TEST-NET-1 (RFC 5737): nobody answers there either, but the refusal is at once and in our words.
const elsewhere = '192.0.2.1';

test.each([25, 465, 587])('a connection to port %i of another machine is refused', async (port) => {
  const [error] = await once(connect({ host: elsewhere, port }).resume(), 'error').then(
    (events) => events,
    (failure: unknown) => [failure],
  );
  expect(String(error)).toContain(`a test would have called the mail server ${elsewhere}:${port}`);
});

test('programs that tests start are held to it as well', () => {
  const program = `require('node:net').connect(25, '${elsewhere}').on('error', ({ message }) => console.log(message))`;
  const said = execFileSync(process.execPath, ['--eval', program], { env: bareEnv, encoding: 'utf8', timeout: 60_000 });
  expect(said).toContain('a test would have called the mail server');
});

test('this machine is reached as ever', async () => {
  const server = createServer((socket) => socket.end('hello')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const [hello] = await once(connect(port, '127.0.0.1'), 'data');
  expect(String(hello)).toBe('hello');
  server.close();
});
