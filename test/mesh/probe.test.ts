import 'reflect-metadata';
import { X509Certificate } from 'node:crypto';
import { createServer as createHttpServer, type IncomingMessage } from 'node:http';
import { connect, createServer } from 'node:net';
import { BasicConstraintsExtension } from '@peculiar/x509';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { MeshEndpoint } from '../../src/config/types.ts';
import type { DeployedCredential } from '../../src/credential/types.ts';
import { finding } from '../../src/findings/index.ts';
import { handshake } from '../../src/mesh/handshake.ts';
import type { HandshakeResult } from '../../src/mesh/types.ts';
import type { HttpBehaviour, ServerCertificate } from '../scenarios/handshakes.ts';
import { endpoint, type HandshakePki, makeHandshakePki, planted } from '../support/mesh/handshake-pki.ts';
import { hasIpv6, listening, meshServer, type Running } from '../support/mesh/servers.ts';
import { ca, serverCertificate } from '../support/pki.ts';

let estate: HandshakePki;
let deployed: DeployedCredential;
beforeAll(async () => {
  estate = await makeHandshakePki();
  deployed = (await estate.credential('deployed'))!;
});

const running: Running[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.stop()));
});

/** A MESH that demands our certificate, and the requests that it received. */
async function mesh(does: HttpBehaviour = { status: 200 }, is: ServerCertificate = 'without its intermediate') {
  const requests: IncomingMessage[] = [];
  const server = meshServer(
    { ...(await estate.serverCertificate(is)), ca: [estate.root.pem, estate.sub.pem], requestCert: true },
    does,
    (request) => requests.push(request),
  );
  const started = await listening(server);
  running.push(started);
  return { url: started.url, port: started.port, requests };
}

const probe = (
  url: string,
  more: Partial<MeshEndpoint> = {},
  rest: {
    credential?: DeployedCredential | undefined;
    env?: Record<string, string>;
    now?: () => Date;
    signal?: AbortSignal;
  } = {},
): Promise<HandshakeResult> =>
  handshake({ mesh: endpoint(url, more) }, 'credential' in rest ? rest.credential : deployed, {
    now: rest.now ?? (() => new Date()),
    env: rest.env ?? {},
    ...(rest.signal ? { signal: rest.signal } : {}),
  });

const label = 'a'.repeat(60);
const manyNames = [`${label}.${label}.${label}.example`, 'b.example', 'c.example', 'd.example'];

describe('what is sent', () => {
  test('probe: validate is one POST to the mailbox in upper case, with the headers that MESH requires', async () => {
    const { url, requests } = await mesh();
    expect((await probe(url)).outcome).toBe('success');
    expect(requests).toHaveLength(1);
    const { method, url: path, headers } = requests[0]!;
    expect([method, path]).toEqual(['POST', '/messageexchange/X26ABC1']);
    expect(headers).toMatchObject({
      accept: 'application/vnd.mesh.v2+json',
      'content-length': '0',
      host: url.replace('https://', ''),
      connection: 'close',
    });
    expect(headers['user-agent']).toMatch(/^mesh-cert-monitor\/\d+\.\d+\.\d+/);
    expect(headers['mex-clientversion']).toMatch(/^mesh-cert-monitor==\d/);
    for (const name of ['mex-osname', 'mex-osversion', 'mex-osarchitecture']) expect(headers[name]).toMatch(/\S/);
    expect(headers.authorization).toMatch(/^NHSMESH X26ABC1:[0-9a-f-]{36}:0:\d{12}:[0-9a-f]{64}$/);
  });

  test('probe: ping is one GET without MESH authorization, and needs neither password nor shared key', async () => {
    const { url, requests } = await mesh({ status: 200, body: '{"status":"running"}' });
    const sources: Partial<MeshEndpoint> = { probe: 'ping' };
    const { password, sharedKey, ...bare } = endpoint(url, sources);
    const result = await handshake({ mesh: bare }, deployed, { now: () => new Date(), env: {} });
    expect([result.outcome, result.probe]).toEqual(['success', 'ping']);
    expect(requests.map((each) => [each.method, each.url, each.headers.authorization])).toEqual([
      ['GET', '/messageexchange/_ping', undefined],
    ]);
  });

  test('probe: never sends the same token twice', async () => {
    const { url, requests } = await mesh();
    const now = () => new Date('2026-01-01T00:00:00Z');
    for (let count = 0; count < 5; count += 1) await probe(url, {}, { now });
    expect(new Set(requests.map(({ headers }) => headers.authorization)).size).toBe(5);
  });

  test.each([500, 503, 302, 403])('probe: tries once, whatever the answer: %d', async (status) => {
    const { url, requests } = await mesh({
      status,
      headers: { Location: '/messageexchange/again', 'Retry-After': '0' },
    });
    await probe(url);
    expect(requests).toHaveLength(1);
  });

  test('probe: sends nothing to a server that is not verified', async () => {
    for (const is of ['self-signed', 'of an unknown CA', 'for another name', 'expired'] as const) {
      const { url, requests } = await mesh({ status: 200 }, is);
      expect((await probe(url)).serverVerified).toBe(false);
      expect(requests).toEqual([]);
    }
  });

  test('probe: verify_server false sends, succeeds and says that the server is not verified', async () => {
    const { url, requests } = await mesh({ status: 200 }, 'self-signed');
    const result = await probe(url, { verifyServer: false });
    expect([result.outcome, result.serverVerified, requests.length]).toEqual(['success', false, 1]);
  });

  test('probe: verify_server false still says so when the server would pass', async () => {
    const { url } = await mesh();
    expect((await probe(url, { verifyServer: false })).serverVerified).toBe(true);
  });
});

describe('what is seen', () => {
  test('probe: the server’s chain, its own certificate first, without the anchor that is ours', async () => {
    const { url } = await mesh({ status: 200 }, 'without a SAN, CN right');
    const result = await probe(url);
    expect(result.serverCertificates.map(({ subject }) => subject.commonName?.raw())).toEqual([
      'localhost',
      'Test SubCA',
    ]);
  });

  test('probe: what the server leaves out is completed from the bundle, as OpenSSL does', async () => {
    const { serverCertificates } = await probe((await mesh()).url);
    expect(serverCertificates.map(({ fingerprintSha256 }) => fingerprintSha256)).toEqual(
      [estate.server, estate.sub].map(({ pem }) =>
        new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase(),
      ),
    );
    expect(serverCertificates[0]?.notAfter).toEqual(new Date('2039-05-05'));
  });

  test('probe: everything that an untrusted server sent is kept in its order, and its issuer is named', async () => {
    const foreign = await estate.serverCertificate('of an unknown CA');
    const server = meshServer(
      { key: foreign.key, cert: foreign.cert + estate.sub.pem + estate.strangerRoot.pem, requestCert: true },
      { status: 200 },
    );
    const started = await listening(server);
    running.push(started);
    // Twice: the second time the chain is remembered.
    for (let time = 0; time < 2; time += 1) {
      const { serverCertificates, detail, remedy } = await probe(started.url);
      expect(serverCertificates.map(({ subject }) => String(subject.commonName))).toEqual([
        'localhost',
        'Test SubCA',
        'Stranger Root',
      ]);
      expect(detail).toBe(
        '“localhost” was issued by “Stranger Root”, which is not an NHS CA and is not in the CA bundle; the server also sent “Test SubCA”, which did not issue it',
      );
      expect(remedy).toMatch(
        /^Ask the network team whether TLS is inspected on the path, and to exempt localhost if it is/,
      );
    }
  });

  test('probe: a name in a certificate can neither end its quotation nor crowd out the rest', async () => {
    const stranger = await ca({ cn: `Corp” and “NHS INT Authentication G2${'x'.repeat(1000)}` });
    const { keyPem, pem } = await serverCertificate({ issuer: stranger, names: ['localhost', ...manyNames] });
    const started = await listening(meshServer({ key: keyPem, cert: pem + stranger.pem }, { status: 200 }));
    running.push(started);
    const { detail } = await probe(started.url);
    expect(detail).toMatch(
      /^“localhost” was issued by “Corp\\u\{201d\} and \\u\{201c\}NHS INT Authentication G2x+…”, which is not an NHS CA and is not in the CA bundle; the server did not ask for our certificate$/,
    );
    const other = await serverCertificate({ issuer: estate.sub, names: manyNames });
    const named = await listening(meshServer({ key: other.keyPem, cert: other.pem }, { status: 200 }));
    running.push(named);
    expect((await probe(named.url)).detail).toMatch(
      /^the certificate is for a+\.a+…, b\.example, c\.example and 1 more, not for localhost; “Test SubCA” issued it$/,
    );
  });

  test.each([
    [
      'basic constraints that are not critical',
      { extensions: [new BasicConstraintsExtension(true, undefined, false)] },
    ],
    ['no key usage', { isCa: true, keyUsage: null }],
    ['no subject key identifier', { isCa: true, subjectKeyIdentifier: null }],
  ])('probe: a success says that strict verification refuses a CA with %s', async (fault, options) => {
    const lax = await ca({ cn: 'Lax SubCA', issuer: estate.root, isCa: null, ...options });
    const { keyPem, pem } = await serverCertificate({ issuer: lax });
    const tls = { key: keyPem, cert: pem + lax.pem, ca: estate.root.pem + estate.sub.pem, requestCert: true };
    const started = await listening(meshServer(tls, { status: 200 }));
    running.push(started);
    const { detail, outcome } = await probe(started.url);
    expect([outcome, detail]).toEqual([
      'success',
      `“Lax SubCA” has ${fault}, which NHS England’s own client does not accept under Python 3.13 and later`,
    ]);
  });

  test('probe: an inspecting device that does not ask for our certificate is distinguished from one that does', async () => {
    const foreign = await estate.serverCertificate('of an unknown CA');
    const started = await listening(meshServer(foreign, { status: 200 }));
    running.push(started);
    expect((await probe(started.url)).detail).toMatch(/; the server did not ask for our certificate$/);
  });

  test('probe: an untrusted server is reported with what it presented', async () => {
    for (const is of ['self-signed', 'of an unknown CA'] as const) {
      const { serverCertificates } = await probe((await mesh({ status: 200 }, is)).url);
      expect(serverCertificates.map(({ subject }) => subject.commonName?.raw())).toEqual(['localhost']);
    }
  });

  test('probe: phases are timed, and those that were not reached are absent', async () => {
    const whole = await probe((await mesh()).url);
    expect(Object.keys(whole.phases)).toEqual(['dns', 'connect', 'tls', 'request']);
    for (const seconds of Object.values(whole.phases)) expect(seconds).toBeGreaterThanOrEqual(0);
    const stopped = await probe((await mesh({ status: 200 }, 'self-signed')).url);
    expect(Object.keys(stopped.phases)).toEqual(['dns', 'connect', 'tls']);
    expect(stopped.httpStatus).toBe(0);
  });

  test.each([
    [3 * 3600, 'ahead of'],
    [-3 * 3600, 'behind'],
    [0, 'in step with'],
  ])(
    'probe: a clock %d seconds off (%s the server’s Date) is measured, even if the answer is a refusal',
    async (seconds) => {
      const now = new Date();
      const headers = { Date: new Date(now.getTime() - seconds * 1000).toUTCString() };
      for (const status of [200, 403]) {
        const result = await probe((await mesh({ status, headers })).url, {}, { now: () => now });
        expect(Math.abs((result.clockSkewSeconds ?? Number.NaN) - seconds)).toBeLessThan(1);
      }
    },
  );

  test.each([{ Date: 'yesterday' }, { Date: '' }, { Date: '1' }, { Date: '+275000-01-01T00:00:00Z' }])(
    'probe: an invalid Date (%j) measures nothing',
    async (headers) => {
      expect((await probe((await mesh({ status: 200, headers })).url)).clockSkewSeconds).toBeUndefined();
    },
  );

  test('probe: startedAt is the time that was passed in', async () => {
    const now = new Date('2030-01-01T00:00:00Z');
    expect((await probe((await mesh()).url, {}, { now: () => now })).startedAt).toEqual(now);
  });
});

describe('no connection without a usable credential', () => {
  const unusable = async (credential: DeployedCredential, more: Partial<MeshEndpoint> = {}) => {
    const { url, requests } = await mesh();
    const result = await probe(url, more, { credential });
    expect([result.reason, result.phases, requests.length]).toEqual(['credential_unusable', {}, 0]);
    return result.detail;
  };

  test('probe: no key', async () => {
    const { privateKey, ...rest } = deployed;
    expect(await unusable(rest)).toBe('no private key can be used');
  });

  test('probe: no certificate', async () => {
    const { certificate, ...rest } = deployed;
    expect(await unusable(rest)).toBe('no client certificate can be used');
  });

  test('probe: a key that does not belong to the certificate', async () => {
    const { privateKey } = (await estate.credential('foreign'))!;
    expect(await unusable({ ...deployed, privateKey: privateKey! })).toBe(
      'the private key does not belong to the certificate',
    );
  });

  test('probe: no CA bundle, although the server is to be verified', async () => {
    expect(await unusable({ ...deployed, bundle: [] })).toBe('no CA bundle can be used to verify the server');
    const { url } = await mesh();
    expect((await probe(url, { verifyServer: false }, { credential: { ...deployed, bundle: [] } })).outcome).toBe(
      'success',
    );
  });

  test('probe: says what reading found', async () => {
    const { privateKey, ...rest } = deployed;
    const problem = finding('passphrase_wrong', 'key.pem: wrong');
    expect(await unusable({ ...rest, problems: [problem] })).toBe('no private key can be used: key.pem: wrong');
    const others = [
      finding('certificate_malformed', 'client.pem: damaged'),
      finding('ca_bundle_malformed', 'bundle.pem: damaged'),
    ];
    expect(await unusable({ ...rest, problems: [...others, problem] })).toBe(
      'no private key can be used: key.pem: wrong',
    );
    const { privateKey: stranger } = (await estate.credential('foreign'))!;
    expect(await unusable({ ...deployed, privateKey: stranger!, problems: others })).toBe(
      'the private key does not belong to the certificate',
    );
  });

  test.each([
    ['password', 'mesh.password: '],
    ['sharedKey', 'mesh.shared_key: '],
  ])('probe: a %s whose source is missing is named', async (field, detail) => {
    const answer = await unusable(deployed, { [field]: { kind: 'env', name: 'MESH_NOT_THERE' } });
    expect(answer).toContain(detail);
    expect(answer).toContain('MESH_NOT_THERE');
  });

  test('probe: both are named if both sources are missing', async () => {
    const [one, other] = ['MESH_ONE', 'MESH_OTHER'].map((name) => ({ kind: 'env', name }) as const);
    expect(await unusable(deployed, { password: one!, sharedKey: other! })).toBe(
      'mesh.password: variable MESH_ONE is not set; mesh.shared_key: variable MESH_OTHER is not set',
    );
  });

  test('probe: a password that is not configured is named', async () => {
    const { url } = await mesh();
    const { password, ...bare } = endpoint(url);
    const result = await handshake({ mesh: bare }, deployed, { now: () => new Date(), env: {} });
    expect([result.reason, result.detail]).toEqual(['credential_unusable', 'mesh.password is not configured']);
  });
});

describe('proxies', () => {
  /** A real forward proxy: it opens the tunnel that CONNECT asks for. */
  async function forwardProxy() {
    const asked: IncomingMessage[] = [];
    const server = createHttpServer((_request, response) => response.writeHead(501).end());
    server.on('connect', (request: IncomingMessage, client, head) => {
      asked.push(request);
      const [host, port] = (request.url ?? '').split(':');
      const upstream = connect({ host: host!, port: Number(port) }, () => {
        client.write('HTTP/1.1 200 Connection established\r\n\r\n');
        upstream.write(head);
        upstream.pipe(client).pipe(upstream);
      });
      upstream.on('error', () => client.destroy());
      client.on('error', () => upstream.destroy());
    });
    const started = await listening(server, 'http');
    running.push(started);
    return { url: started.url, asked };
  }

  test('probe: goes through the configured proxy, with its credentials and not ours', async () => {
    const [{ url, requests }, { url: proxy, asked }] = [await mesh(), await forwardProxy()];
    const result = await probe(url, { proxy: proxy.replace('http://', `http://user:${planted.proxyPassword}@`) });
    expect(result.outcome).toBe('success');
    expect(asked.map(({ method, url: authority }) => [method, authority])).toEqual([
      ['CONNECT', url.replace('https://', '')],
    ]);
    const basic = Buffer.from(`user:${planted.proxyPassword}`).toString('base64');
    expect(asked[0]?.headers['proxy-authorization']).toBe(`Basic ${basic}`);
    expect(asked[0]?.headers.authorization).toBeUndefined();
    expect(requests[0]?.headers['proxy-authorization']).toBeUndefined();
  });

  test('probe: HTTPS_PROXY is honoured, and NO_PROXY', async () => {
    const [{ url }, { url: proxy, asked }] = [await mesh(), await forwardProxy()];
    expect((await probe(url, {}, { env: { HTTPS_PROXY: proxy } })).outcome).toBe('success');
    expect(asked).toHaveLength(1);
    expect((await probe(url, {}, { env: { HTTPS_PROXY: proxy, NO_PROXY: 'localhost' } })).outcome).toBe('success');
    expect(asked).toHaveLength(1);
  });

  test('probe: verifies the server’s certificate through the proxy as without one', async () => {
    const [{ url }, { url: proxy }] = [await mesh({ status: 200 }, 'for another name'), await forwardProxy()];
    expect((await probe(url, { proxy })).reason).toBe('server_certificate_name_mismatch');
  });

  test('probe: an invalid proxy URL is a proxy failure', async () => {
    const result = await probe((await mesh()).url, {}, { env: { HTTPS_PROXY: 'socks5://user:hunter2@x' } });
    expect([result.reason, result.detail]).toEqual(['proxy_failure', 'HTTPS_PROXY is not an http:// URL']);
  });
});

describe('addresses', () => {
  test('probe: a literal IPv4 address is checked against the certificate’s addresses', async () => {
    const { port } = await mesh();
    expect((await probe(`https://127.0.0.1:${port}`)).outcome).toBe('success');
    const other = await mesh({ status: 200 }, 'for another name');
    expect((await probe(`https://127.0.0.1:${other.port}`)).reason).toBe('server_certificate_name_mismatch');
  });

  test.skipIf(!hasIpv6())('probe: IPv6 works, by literal address', async () => {
    const server = meshServer(await estate.serverCertificate('without its intermediate'), { status: 200 });
    server.listen(0, '::1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    const result = await probe(`https://[::1]:${port}`);
    server.close();
    expect(result.outcome, result.detail).toBe('success');
  });
});

test('probe: a signal ends it with its own reason, and nothing is left', async () => {
  const { url } = await mesh('hang');
  const controller = new AbortController();
  const waiting = probe(url, {}, { signal: controller.signal });
  setTimeout(() => controller.abort(new Error('shutting down')), 50);
  await expect(waiting).rejects.toThrow('shutting down');
});

describe('secrets', () => {
  const everySecret = (authorization: string) => [
    planted.password,
    planted.sharedKey,
    planted.proxyPassword,
    Buffer.from(`user:${planted.proxyPassword}`).toString('base64'),
    authorization,
    authorization.split(':').at(-1)!,
    'BEGIN',
  ];

  test('probe: a result contains no secret and no token, even if the server echoes what it was sent', async () => {
    for (const status of [200, 302, 400, 403, 500]) {
      let authorization = '';
      const server = meshServer(await estate.serverCertificate('without its intermediate'), { status: 500 });
      server.removeAllListeners('request');
      server.on('request', (request: IncomingMessage, response) => {
        authorization = request.headers.authorization ?? '';
        const hash = authorization.split(':').at(-1);
        response
          .writeHead(status, { Location: `https://${hash}.example/` })
          .end(`you said ${authorization.toUpperCase()} ${request.rawHeaders.join(' ')}`);
      });
      const started = await listening(server);
      running.push(started);
      const result = await probe(started.url);
      expect(result.detail).toContain('[secret]');
      const shown = JSON.stringify(result) + Object.values(result).map(String).join();
      for (const secret of everySecret(authorization)) {
        expect(shown.toLowerCase()).not.toContain(secret.toLowerCase());
      }
    }
  });

  test('probe: an echo of the token in place of an encoding is not quoted', async () => {
    let authorization = '';
    const server = meshServer(await estate.serverCertificate('without its intermediate'), { status: 500 });
    server.removeAllListeners('request');
    server.on('request', (request: IncomingMessage, response) => {
      authorization = request.headers.authorization ?? '';
      response.writeHead(403, { 'Content-Encoding': authorization }).end('x');
    });
    const started = await listening(server);
    running.push(started);
    const { detail } = await probe(started.url);
    expect(authorization).not.toBe('');
    expect(detail).toBe('HTTP 403, with a body in an encoding that we did not ask for');
  });

  test.each([
    ['502', (sent: string) => `X-Squid-Error: ${sent}`],
    ['407', (sent: string) => `Proxy-Authenticate: ${sent}, Basic realm="${sent}"`],
    ['302', (sent: string) => `Location: http://${sent}.example/`],
    ['302', (sent: string) => `Location: http://${sent}@portal.example/${sent}?${sent}`],
  ])('probe: a proxy that echoes our credentials (%s) is not quoted', async (status, header) => {
    const started = await listening(
      createServer((socket) =>
        socket.once('data', (head) => {
          const sent = /Basic (\S+)/.exec(head.toString())?.[1] ?? '';
          socket.end(`HTTP/1.1 ${status} ${sent}\r\n${header(sent)}\r\nContent-Length: 0\r\n\r\n${sent}`);
        }),
      ),
      'http',
    );
    running.push(started);
    // As long as a scheme can be, and without padding.
    for (const password of [planted.proxyPassword, 'hunter2-hunter2x']) {
      const proxy = started.url.replace('http://', `http://user:${password}@`);
      const { detail, reason } = await probe('https://localhost:1', { proxy });
      expect(reason).toBe('proxy_failure');
      const shown = detail?.toLowerCase();
      expect(shown).toContain(status);
      for (const secret of [password, Buffer.from(`user:${password}`).toString('base64').replace(/=+$/, '')]) {
        expect(shown).not.toContain(secret.toLowerCase());
      }
    }
  });

  test('probe: a failure’s result does not contain the proxy’s password', async () => {
    const proxy = `http://user:${planted.proxyPassword}@127.0.0.1:1`;
    const result = await probe('https://localhost:1', { proxy });
    expect(result.reason).toBe('proxy_failure');
    for (const secret of everySecret('NHSMESH')) expect(JSON.stringify(result)).not.toContain(secret);
  });

  test('probe: password and shared key can end with a line break, as in files', async () => {
    const { url, requests } = await mesh();
    const now = () => new Date('2026-01-02T03:04:05Z');
    const sources = { password: { kind: 'env', name: 'P' }, sharedKey: { kind: 'env', name: 'K' } } as const;
    await probe(url, sources, { now, env: { P: 'password\n', K: 'TestKey\r\n' } });
    const [, nonce, , timestamp, hash] = requests[0]!.headers.authorization!.split(':');
    const { createHmac } = await import('node:crypto');
    const expected = createHmac('sha256', 'TestKey').update(`X26ABC1:${nonce}:0:password:${timestamp}`).digest('hex');
    expect(hash).toBe(expected);
  });
});
