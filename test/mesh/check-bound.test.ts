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

// Longer than the test: whoever waited for another's deadline would never come.
const timeouts = { connect: '60s', tls: '60s', request: '60s' };

/** Lets everybody in and says nothing, until as many are there at the same time as are expected; then it hangs up on all of them. */
async function silence(expected: number) {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket.resume());
    if (open.size === expected) for (const each of open) each.destroy();
  });
  const started = await listening(server);
  running.push(started);
  return started;
}

/** `silent`: as many environments, half of which have a silent peer and half a silent proxy; and one that is well. */
async function check(silent: number) {
  const { url, port } = await silence(silent);
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
  return statuses.map(({ handshake }) => handshake.last);
}

// What takes time is waiting, so what is asked is whether all of them wait beside each other; the clock of a busy machine proves little.
test.each([1, 8, 100])(
  'check: %d silent peers and proxies are waited for beside each other, and delay nobody',
  async (silent) => {
    const handshakes = await check(silent);
    expect(handshakes.at(-1)?.detail ?? 'success').toBe('success');
    const reasons = new Set(handshakes.slice(0, -1).map((each, at) => `${at % 2} ${each?.reason}`));
    expect(reasons).toEqual(new Set(['0 connection_reset', ...(silent > 1 ? ['1 proxy_failure'] : [])]));
  },
  40_000,
);
