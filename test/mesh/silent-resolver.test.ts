import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from 'vitest';
import { type Each, type Many, manyEnvironments } from '../support/mesh/many.ts';
import { canHaveResolver, type Reply, type Resolver, startResolver } from '../support/mesh/resolver.ts';
import { fullBacklog, hasIpv6, listening, meshServer, type Running } from '../support/mesh/servers.ts';
import { serverCertificate } from '../support/pki.ts';
import { bareEnv } from '../support/process.ts';

/** The built program, as it is installed. The variable can name another build. */
const main = process.env.MESH_CERT_MONITOR_MAIN ?? join(import.meta.dirname, '..', '..', 'dist', 'main.js');

const running: (Resolver | Running)[] = [];
let estate: Many | undefined;
let child: ChildProcess | undefined;
afterEach(async () => {
  child?.kill('SIGKILL');
  await Promise.all(running.splice(0).map((each) => each.stop()));
  await estate?.remove();
});

// How long getaddrinfo waits for a silent name server (resolv.conf(5)): 150 seconds, which is longer than any test here may take.
const slowResolver = { RES_OPTIONS: 'timeout:30 attempts:5' };
// Nothing answers a name that begins with `silent`, so its time passes; a busy machine has it to ask. All others have enough to be answered.
const silence = { connect: '5s', tls: '1s', request: '1s' };
const enough = { connect: '20s', tls: '20s', request: '20s' };

/** One MESH, and environments that reach it under these names. The name server answers as given. */
async function prepare(
  hosts: readonly string[],
  reply: (host: string, type: string) => Reply,
  { hostsFile, timeouts = (host: string) => (host.startsWith('silent') ? silence : enough) }: Preparation = {},
) {
  const resolver = await startResolver(({ name, type }) => reply(name, type));
  running.push(resolver);
  let port = 0;
  estate = await manyEnvironments(async (pki) => {
    const { keyPem, pem } = await serverCertificate({ issuer: pki.root, names: [...new Set(hosts)] });
    const server = await listening(
      meshServer({ key: keyPem, cert: pem, ca: pki.bundlePem, requestCert: true }, { status: 200 }),
    );
    running.push(server);
    port = server.port;
    return hosts.map(
      (host, at): Each => ({
        name: `e${at}`,
        mesh: { url: `https://${host}:${server.port}`, timeouts: timeouts(host) },
      }),
    );
  });
  return { resolver, prefix: await resolver.prefix(hostsFile), estate, port };
}

interface Preparation {
  readonly hostsFile?: string;
  readonly timeouts?: (host: string) => object;
}
type Shown = { reason?: string; detail?: string };

async function check(prefix: readonly string[], { config, env }: Many) {
  const [command = '', ...args] = [...prefix, process.execPath, main, 'check', '--config', config, '--format', 'json'];
  const checking = spawn(command, args, {
    env: { ...bareEnv, ...slowResolver, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child = checking;
  const [out] = await Promise.all([text(checking.stdout), once(checking, 'exit')]);
  const { environments } = JSON.parse(out) as { environments: { handshake: Shown }[] };
  return environments.map(({ handshake }) => handshake);
}

describe.skipIf(!canHaveResolver())('a resolver that is silent', () => {
  test.each([1, 8, 100])(
    'costs %d environments only their own time, and the process then ends',
    async (count) => {
      const silent = Array.from({ length: count }, (_, at) => `silent-${at}.example`);
      const { prefix, resolver } = await prepare([...silent, 'listed.example'], () => 'silent', {
        hostsFile: '127.0.0.1 listed.example',
      });
      const handshakes = await check(prefix, estate!);
      expect(handshakes.at(-1)?.detail ?? 'success').toBe('success');
      expect(new Set(handshakes.slice(0, -1).map(({ reason }) => reason))).toEqual(new Set(['dns_failure']));
      // Each lookup started when it was requested: none waited for another until its time was over.
      const asked = new Set(resolver.asked.map(({ name }) => name));
      expect(silent.filter((name) => !asked.has(name))).toEqual([]);
    },
    120_000,
  );

  test('does not fail environments whose names it answers', async () => {
    const silent = Array.from({ length: 20 }, (_, at) => `silent-${at}.example`);
    const { prefix } = await prepare([...silent, 'answered.example'], (host) =>
      host.startsWith('silent') ? 'silent' : '127.0.0.1',
    );
    const handshakes = await check(prefix, estate!);
    expect(handshakes.at(-1)?.detail ?? 'success').toBe('success');
  });

  test('for IPv6 only does not fail a name that it answers for IPv4', async () => {
    const { prefix } = await prepare(['half.example'], (_, type) => (type === 'A' ? '127.0.0.1' : 'silent'));
    const handshakes = await check(prefix, estate!);
    expect(handshakes[0]?.detail ?? 'success').toBe('success');
  });

  test('is asked once for a name that many environments share', async () => {
    const { prefix, resolver } = await prepare(
      Array.from({ length: 8 }, () => 'silent.example'),
      () => 'silent',
    );
    const handshakes = await check(prefix, estate!);
    expect(handshakes.map(({ reason }) => reason)).toEqual(handshakes.map(() => 'dns_failure'));
    expect(resolver.asked.filter(({ name, type }) => name === 'silent.example' && type === 'A')).toHaveLength(1);
  });

  test.skipIf(!hasIpv6())(
    'is not a silent address: a silent IPv6 address is passed over, and the detail says so',
    async () => {
      const dual = '::1 dual.example\n127.0.0.1 dual.example';
      const { prefix, port } = await prepare(['dual.example'], () => 'unknown', { hostsFile: dual });
      const silent = createServer((socket) => socket.on('error', () => {}).resume());
      silent.listen(port, '::1');
      await once(silent, 'listening');
      const handshakes = await check(prefix, estate!);
      silent.close();
      expect(handshakes[0]?.reason ?? 'success').toBe('success');
      expect(handshakes[0]?.detail).toMatch(
        /^\[::1\]:\d+ \(IPv6\) accepted the connection and stayed silent; 127\.0\.0\.1:\d+ \(IPv4\) answered$/,
      );
    },
  );

  test.skipIf(!hasIpv6())(
    'nor is an IPv6 address that does not accept the connection said to have done so',
    async () => {
      const dual = '::1 dual.example\n127.0.0.1 dual.example';
      const { prefix, port } = await prepare(['dual.example'], () => 'unknown', { hostsFile: dual });
      running.push(await fullBacklog('::1', port));
      const handshakes = await check(prefix, estate!);
      expect(handshakes[0]?.reason ?? 'success').toBe('success');
      expect(handshakes[0]?.detail).toMatch(
        /^\[::1\]:\d+ \(IPv6\) did not accept the connection at once; 127\.0\.0\.1:\d+ \(IPv4\) answered$/,
      );
    },
  );

  test('does not prevent the service from ending', async () => {
    const { prefix, resolver } = await prepare(['silent.example'], () => 'silent', { timeouts: () => enough });
    const [command = '', ...args] = [...prefix, process.execPath, main, 'serve', '--config', estate!.config];
    const serve = spawn(command, args, {
      env: { ...bareEnv, ...slowResolver, ...estate!.env },
      stdio: 'ignore',
    });
    child = serve;
    await expect.poll(() => resolver.asked.length, { timeout: 20_000 }).toBeGreaterThan(0);
    serve.kill('SIGTERM');
    // It ends after 10 s whatever hangs, but then it says so.
    expect(await once(serve, 'exit')).toEqual([0, null]);
  }, 60_000);

  test('is distinguished from a name that does not exist', async () => {
    const { prefix } = await prepare(['silent.example', 'unknown.example'], (host) =>
      host === 'unknown.example' ? 'unknown' : 'silent',
    );
    const handshakes = await check(prefix, estate!);
    expect(handshakes[0]?.detail).toMatch(
      /^no answer from this machine’s DNS servers \(127\.[\d.]+\) for silent\.example within \d+ ms/,
    );
    expect(handshakes[1]?.detail).toMatch(/have no address for unknown\.example/);
  });
});
