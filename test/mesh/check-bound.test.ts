import { createServer, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { loadConfiguration } from '../../src/config/load.ts';
import { checkOnce } from '../../src/monitor/once.ts';
import { type Each, type Many, manyEnvironments } from '../support/mesh/many.ts';
import { listening, meshServer } from '../support/mesh/servers.ts';
import { serverCertificate } from '../support/pki.ts';

const running: { stop(): Promise<void> }[] = [];
let estate: Many | undefined;
afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.stop()));
  await estate?.remove();
});

// Longer than the test: an environment that waited for another's time limit would never finish.
const timeouts = { connect: '60s', tls: '60s', request: '60s' };

/** Accepts every connection and says nothing, until as many as expected are open at the same time and `until` is over. Then it refuses them all. */
async function silence(expected: number, until: Promise<unknown>) {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket.resume());
    if (open.size !== expected) return;
    until.then(() => {
      for (const each of open) each.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    });
  });
  const started = await listening(server);
  running.push(started);
  return started;
}

/** This many environments, half of which have a silent server and half a silent proxy, and a healthy one, whose turn comes last. */
async function check(silent: number) {
  const answered = Promise.withResolvers<void>();
  const { url, port } = await silence(silent, answered.promise);
  const environment = (at: number): Each => ({
    name: `silent-${at}`,
    mesh: { url, timeouts, ...(at % 2 === 0 ? {} : { proxy: `http://localhost:${port}` }) },
  });
  estate = await manyEnvironments(async (pki) => {
    const { keyPem, pem } = await serverCertificate({ issuer: pki.root });
    const tls = { key: keyPem, cert: pem, ca: pki.bundlePem, requestCert: true };
    const server = meshServer(tls, { status: 200 }, () => answered.resolve());
    const healthy = await listening(server);
    running.push(healthy);
    return [
      ...Array.from({ length: silent }, (_, at) => environment(at)),
      { name: 'healthy', mesh: { url: healthy.url, timeouts } },
    ];
  });
  const { env, config } = estate;
  const { environments } = await loadConfiguration(config);
  const statuses = await checkOnce(environments, { offline: false, env, now: () => new Date() });
  return statuses.map(({ handshake }) => handshake.last);
}

// The clock of a busy machine proves little. So nobody is released before all silent ones are connected at once and the healthy one has been answered.
test.each([1, 8, 100])(
  'check: %d silent servers and proxies are waited for at the same time, and delay nobody else',
  async (silent) => {
    const handshakes = await check(silent);
    expect(handshakes.at(-1)?.detail ?? 'success').toBe('success');
    const reasons = new Set(handshakes.slice(0, -1).map((each, at) => `${at % 2} ${each?.reason}`));
    expect(reasons).toEqual(new Set(['0 tls_protocol_mismatch', ...(silent > 1 ? ['1 proxy_failure'] : [])]));
  },
  40_000,
);
