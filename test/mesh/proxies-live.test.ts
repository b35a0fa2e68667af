import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { handshake } from '../../src/mesh/handshake.ts';
import { type ForwardProxy, type Rules, startSquid, startTinyproxy } from '../support/mesh/forward-proxies.ts';
import { programNamed } from '../support/mesh/fronts/front.ts';
import { endpoint, type HandshakePki, makeHandshakePki } from '../support/mesh/handshake-pki.ts';
import { listening, meshServer } from '../support/mesh/servers.ts';
import { needs } from '../support/tools.ts';

let pki: HandshakePki;
const running: { stop(): Promise<void> }[] = [];
beforeAll(async () => {
  pki = await makeHandshakePki();
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.stop()));
});

/** A MESH on loopback, and a handshake with it through a proxy with these rules. */
async function through(startProxy: (rules: Rules) => Promise<ForwardProxy>, rules: Rules = {}) {
  const { key, cert } = await pki.serverCertificate('without its intermediate');
  const tls = { key, cert, ca: pki.root.pem + pki.sub.pem, requestCert: true };
  const server = await listening(meshServer(tls, { status: 200 }));
  const proxy = await startProxy(rules);
  running.push(server, proxy);
  const credential = await pki.credential('deployed');
  return {
    proxy,
    url: server.url,
    ask: (url: string, more: { proxy?: string; env?: Record<string, string> }) =>
      handshake({ mesh: endpoint(url, more.proxy ? { proxy: more.proxy } : {}) }, credential, {
        now: () => new Date(),
        env: more.env ?? {},
      }),
  };
}

const here = (name: string) => programNamed(name) !== undefined || needs(name);

describe.skipIf(!here('squid') || !here('tinyproxy')).each([
  ['squid', startSquid],
  ['tinyproxy', startTinyproxy],
] as const)('through %s', (name, startProxy) => {
  test('a handshake succeeds', async () => {
    const { proxy, url, ask } = await through(startProxy);
    expect((await ask(url, { env: { HTTPS_PROXY: `http://${proxy.host}` } })).detail ?? 'success').toBe('success');
  });

  test('credentials are required, refused and accepted, and the detail says where to change them', async () => {
    const { proxy, url, ask } = await through(startProxy, { secret: 'opensesame' });
    const none = await ask(url, { env: { HTTPS_PROXY: `http://${proxy.host}` } });
    expect(none.detail).toBe(
      `the proxy ${proxy.host} from HTTPS_PROXY wants credentials (407, offering Basic), and HTTPS_PROXY has none`,
    );
    expect(none.remedy).toMatch(/^Add the user name and password to the environment variable HTTPS_PROXY:/);
    const wrong = await ask(url, { proxy: `http://mesh:guess@${proxy.host}` });
    expect(wrong.detail).toMatch(
      / from mesh\.proxy did not accept the user name and password in mesh\.proxy \((407, offering Basic|401)\)$/,
    );
    expect(wrong.remedy).toMatch(/^Check the user name and password in `mesh\.proxy`/);
    expect((await ask(url, { proxy: `http://mesh:opensesame@${proxy.host}` })).detail ?? 'success').toBe('success');
  });

  test('the proxy does not allow a host, and the remedy is to allow it', async () => {
    const { proxy, url, ask } = await through(startProxy, { forbids: 'localhost' });
    const { reason, detail, remedy } = await ask(url, { env: { https_proxy: `http://${proxy.host}` } });
    expect([reason, detail]).toEqual([
      'proxy_failure',
      expect.stringMatching(/ from https_proxy does not allow the connection to localhost:\d+ \(403/),
    ]);
    expect(remedy).toMatch(
      /^Ask whoever runs the proxy to allow CONNECT to localhost:\d+, or list the host in NO_PROXY/,
    );
  });

  test('the proxy cannot reach MESH, and the credentials are not blamed', async () => {
    const { proxy, ask } = await through(startProxy, { secret: 'opensesame' });
    const found = await ask('https://127.0.0.1:1', { proxy: `http://mesh:opensesame@${proxy.host}` });
    expect(found.reason).toBe('proxy_failure');
    expect(found.detail).toMatch(/ could not reach 127\.0\.0\.1:1 \(50\d/);
    expect(found.remedy).toMatch(/^Ask whoever runs the proxy why it cannot reach 127\.0\.0\.1:1/);
    expect(found.remedy).not.toMatch(/user name|password/);
    if (name === 'squid') expect(found.detail).toContain('ERR_CONNECT_FAIL');
  });
});
