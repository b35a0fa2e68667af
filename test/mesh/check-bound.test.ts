import { createServer } from 'node:net';
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

const timeouts = { connect: '2s', tls: '2s', request: '2s' };

/** Lets everybody in, says nothing, and remembers how many there were at the same time. */
async function silence() {
  const open = { now: 0, most: 0 };
  const server = createServer((socket) => {
    open.now += 1;
    open.most = Math.max(open.most, open.now);
    socket.once('close', () => {
      open.now -= 1;
    });
    socket.resume();
  });
  const started = await listening(server);
  running.push(started);
  return { open, ...started };
}

/** `silent`: as many environments, half of which have a silent peer and half a silent proxy; and one that is well. */
async function check(silent: number) {
  const { open, url, port } = await silence();
  const environment = (at: number): Each => ({
    name: `silent-${at}`,
    mesh: { url, timeouts, ...(at % 2 === 0 ? {} : { proxy: `http://localhost:${port}` }) },
  });
  estate = await manyEnvironments(async (pki) => {
    const { keyPem, pem } = await serverCertificate({ issuer: pki.root });
    const server = meshServer({ key: keyPem, cert: pem, ca: pki.bundlePem, requestCert: true }, { status: 200 });
    const well = await listening(server);
    running.push(well);
    return [
      ...Array.from({ length: silent }, (_, at) => environment(at)),
      { name: 'well', mesh: { url: well.url, timeouts } },
    ];
  });
  const { env, config } = estate;
  const { environments } = await loadConfiguration(config);
  const statuses = await checkOnce(environments, { offline: false, env, now: () => new Date() });
  return { open, handshakes: statuses.map(({ handshake }) => handshake.last) };
}

// What takes time is waiting, so what is counted is how many wait beside each other; the clock of a busy machine proves little.
test.each([1, 8, 100])(
  'check: %d silent peers and proxies are waited for beside each other, and delay nobody',
  async (silent) => {
    const { open, handshakes } = await check(silent);
    expect(open.most).toBe(silent);
    expect(handshakes.at(-1)?.detail ?? 'success').toBe('success');
    const reasons = handshakes.slice(0, -1).map((each, at) => [at % 2, each?.reason]);
    expect(new Set(reasons.map(String))).toEqual(
      new Set([...(silent > 1 ? ['1,proxy_failure'] : []), '0,tls_timeout']),
    );
  },
  60_000,
);
