import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { MeshEndpoint } from '../../src/config/types.ts';
import { handshake } from '../../src/mesh/handshake.ts';
import type { Connection } from '../../src/mesh/network/connect.ts';
import { firstToSpeak } from '../../src/mesh/tls/first-to-speak.ts';
import { ciphers } from '../../src/mesh/tls/offer.ts';
import type { ServerSide } from '../../src/mesh/tls/secure.ts';
import { deviceWithSmallBuffer, helloCatcher } from '../support/mesh/client-hello.ts';
import { type FrontOptions, fronts, startFront } from '../support/mesh/fronts/index.ts';
import { amplyMs, endpoint, type HandshakePki, makeHandshakePki } from '../support/mesh/handshake-pki.ts';
import { hasSandbox, startSandbox } from '../support/mesh/sandbox.ts';
import { listening, meshServer } from '../support/mesh/servers.ts';
import { keysFor, serverCertificate } from '../support/pki.ts';
import { bareEnv, eventually, start } from '../support/process.ts';
import { needs } from '../support/tools.ts';

let pki: HandshakePki;
const running: { stop(): Promise<void> }[] = [];
beforeAll(async () => {
  pki = await makeHandshakePki();
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.stop()));
});
const keep = <T extends { stop(): Promise<void> }>(started: T): T => {
  running.push(started);
  return started;
};

async function shake(url: string, more: Partial<MeshEndpoint> = {}) {
  const credential = await pki.credential('deployed');
  return handshake({ mesh: endpoint(url, more) }, credential, { now: () => new Date(), env: {} });
}
const short = { timeouts: { connectMs: amplyMs, tlsMs: 400, requestMs: amplyMs } };

async function mesh() {
  const { key, cert } = await pki.serverCertificate('without its intermediate');
  return keep(
    await listening(meshServer({ key, cert, ca: pki.root.pem + pki.sub.pem, requestCert: true }, { status: 200 })),
  );
}

async function helloWith(more: Partial<MeshEndpoint> = {}) {
  const catcher = keep(await helloCatcher());
  const [hello] = await Promise.all([catcher.hello, shake(catcher.url, more)]);
  return hello;
}

describe('what we offer', () => {
  test('is exactly the list of cipher suites', async () => {
    expect((await helloWith()).suites).toHaveLength(ciphers.split(':').length);
  });

  test('fits into one packet without the post-quantum key share, and only then', async () => {
    expect((await helloWith()).bytes).toBeGreaterThan(1400);
    expect((await helloWith({ tlsGroups: ['X25519', 'P-256'] })).bytes).toBeLessThan(1000);
  });

  test('mesh.tls_groups gets through a device that drops the large one, and the remedy says so', async () => {
    const device = keep(await deviceWithSmallBuffer((await mesh()).port));
    const dropped = await shake(device.url, short);
    expect([dropped.reason, dropped.remedy]).toEqual([
      'tls_timeout',
      expect.stringMatching(/^Set `mesh\.tls_groups: \[X25519, P-256\]`/),
    ]);
    expect((await shake(device.url, { tlsGroups: ['X25519', 'P-256'] })).detail ?? 'success').toBe('success');
  });

  test.skipIf(!needs('openssl'))(
    'a server with RSA key exchange only is not reached, as with NHS England’s own client',
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'mesh-cert-monitor-kx-'));
      const at = (name: string) => join(folder, name);
      const made = await serverCertificate({ issuer: pki.sub, keys: await keysFor('rsa-2048') });
      await writeFile(at('server.pem'), made.pem);
      await writeFile(at('server.key'), made.keyPem);
      const args = ['s_server', '-accept', '127.0.0.1:0', '-www', '-tls1_2', '-cipher', 'AES128-GCM-SHA256:AES256-SHA'];
      const server = start('openssl', [...args, '-cert', at('server.pem'), '-key', at('server.key')]);
      const port = await eventually(server.output, () => /ACCEPT \S+:(\d+)/.exec(server.output())?.[1]);
      const found = await shake(`https://localhost:${port}`);
      await server.stop();
      await rm(folder, { recursive: true });
      expect(found.reason).toBe('tls_protocol_mismatch');
      expect(found.detail).toMatch(/has no cipher suite.*TLS alert handshake_failure/);
      expect(found.remedy).toContain('none with RSA key exchange');
    },
  );
});

describe('a server that asks for the certificate after the handshake', () => {
  const apache = fronts.find(({ name }) => name === 'Apache')!;

  test.skipIf(!hasSandbox() || !needs('apache2'))(
    'is Apache with SSLVerifyClient in a location, and mesh.tls_max gets through',
    async () => {
      const sandbox = keep(await startSandbox());
      const { key, cert } = await pki.serverCertificate('without its intermediate');
      const options: FrontOptions = {
        // Both versions, in Apache's syntax.
        version: 'TLSv1.2 +TLSv1.3' as 'TLSv1.3',
        certificate: cert,
        key,
        clientCa: pki.root.pem + pki.sub.pem,
        demands: 'later',
        upstreamPort: sandbox.port,
      };
      const { url } = keep(await startFront(apache, options));
      const sandboxPing = { probe: 'ping' } as const;
      const late = await shake(url, sandboxPing);
      expect([late.reason, late.clientCertificateRequested]).toEqual(['client_certificate_required', false]);
      expect(late.detail).toMatch(/^Apache asks for the client certificate only after the TLS handshake/);
      expect(late.remedy).toMatch(/^Set `mesh\.tls_max: "1\.2"`/);
      const earlier = await shake(url, { ...sandboxPing, tlsMax: 'TLSv1.2' });
      expect([earlier.detail ?? 'success', earlier.tls?.protocol, earlier.clientCertificateRequested]).toEqual([
        'success',
        'TLSv1.2',
        true,
      ]);
    },
  );
});

describe.each(['TLSv1.2', 'TLSv1.3'] as const)('whether our certificate was asked for, %s', (version) => {
  test.skipIf(!needs('openssl')).each([
    ['certificate', true],
    ['never', false],
  ] as const)('a server that demands %s', async (demands, asked) => {
    const front = fronts.find(({ name }) => name === 'openssl s_server')!;
    const { key, cert } = await pki.serverCertificate('without its intermediate');
    const options = {
      version,
      key,
      certificate: cert,
      clientCa: pki.root.pem + pki.sub.pem,
      demands,
      upstreamPort: 1,
    };
    const { url } = keep(await startFront(front, options));
    expect((await shake(url, { probe: 'ping' })).clientCertificateRequested).toBe(asked);
  });

  test('is known even if the server hangs up because there is none', async () => {
    const { key, cert } = await pki.serverCertificate('without its intermediate');
    const pinned = { minVersion: version, maxVersion: version };
    const server = meshServer(
      { key, cert, ca: pki.root.pem, requestCert: true, rejectUnauthorized: true, ...pinned },
      { status: 200 },
    );
    const { url } = keep(await listening(server));
    const mesh = endpoint(url, { verifyServer: false });
    const found = await handshake({ mesh }, undefined, { now: () => new Date(), env: {} });
    // Node sends handshake_failure or certificate_required, or just hangs up.
    expect([found.clientCertificateRequested, found.remedy ?? 'Configure `credential`']).toEqual([
      true,
      expect.stringMatching(/^Configure `credential`/),
    ]);
  });
});

describe('an address that accepts the connection and stays silent', () => {
  const connection = (bytesRead = 0) =>
    ({ socket: { bytesRead }, peer: { address: '::1', family: 6, port: 1 } }) as unknown as Connection;
  const never = new Promise<never>(() => {});
  const second = (afterMs: number) => ({ afterMs, connect: async () => connection() });
  const noted: ServerSide[] = [];
  const note = (_: Connection, server: ServerSide) => void noted.push(server);

  test('the second is tried, and wins', async () => {
    const [first, other] = [connection(), connection()];
    const secured = await firstToSpeak(
      first,
      async (socket) => (socket === first.socket ? never : ('tls' as never)),
      { afterMs: 5, connect: async () => other },
      note,
    );
    expect(secured.connection).toBe(other);
    expect(noted.at(-1)).toBe(secured.server);
  });

  test('one that has started to answer keeps its full time', async () => {
    const first = connection(1);
    let tried = false;
    const secured = await firstToSpeak(
      first,
      () => new Promise((resolve) => setTimeout(resolve, 30, 'tls')),
      {
        afterMs: 5,
        connect: async () => {
          tried = true;
          return connection();
        },
      },
      note,
    );
    expect([secured.connection === first, tried]).toEqual([true, false]);
  });

  test('one that fails does not lead to a second attempt: only silence does', async () => {
    const failing = firstToSpeak(connection(), async () => Promise.reject(new Error('reset')), second(1000), note);
    await expect(failing).rejects.toThrow('reset');
  });

  test('if both fail, the first failure counts', async () => {
    const first = connection();
    const secondFailed = Promise.withResolvers<void>();
    const failing = firstToSpeak(
      first,
      async (socket) => {
        if (socket === first.socket) {
          await secondFailed.promise;
          throw new Error('first');
        }
        // Once this attempt has failed.
        setImmediate(secondFailed.resolve);
        throw new Error('second');
      },
      second(5),
      note,
    );
    await expect(failing).rejects.toThrow('second');
  });
});

describe('mesh.trust', () => {
  /** In a process of its own, because Node reads the machine's roots only once. */
  async function shakeElsewhere(url: string, trust: 'bundle' | 'bundle+system', roots: string) {
    const folder = await mkdtemp(join(tmpdir(), 'mesh-cert-monitor-trust-'));
    await writeFile(join(folder, 'roots.pem'), roots);
    const { pem, keyPem } = pki.clients.deployed;
    const script = `
      import { handshake } from ${JSON.stringify(join(import.meta.dirname, '../../src/mesh/handshake.ts'))};
      import { credentialFrom, endpoint } from ${JSON.stringify(join(import.meta.dirname, '..', 'support', 'mesh', 'handshake-pki.ts'))};
      const [certificate, privateKey, caBundle, url, trust] = JSON.parse(process.argv[1]);
      const credential = await credentialFrom({ certificate, privateKey, caBundle });
      console.log(JSON.stringify(await handshake({ mesh: endpoint(url, { trust }) }, credential, { now: () => new Date(), env: {} })));`;
    const args = ['--input-type=module', '-e', script, JSON.stringify([pem, keyPem, pki.root.pem, url, trust])];
    const child = spawn(process.execPath, args, {
      env: { ...bareEnv, SSL_CERT_FILE: join(folder, 'roots.pem') },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const result = (await json(child.stdout)) as { outcome: string; reason?: string };
    await rm(folder, { recursive: true });
    return result.reason ?? result.outcome;
  }

  test('an expired server under a root of the machine is that, not a stranger', async () => {
    const stranger = await pki.serverCertificate('of an unknown CA, expired');
    const { url } = keep(
      await listening(meshServer({ ...stranger, ca: pki.root.pem + pki.sub.pem, requestCert: true }, { status: 200 })),
    );
    const roots = pki.strangerRoot.pem;
    expect(await shakeElsewhere(url, 'bundle', roots)).toBe('server_certificate_untrusted');
    expect(await shakeElsewhere(url, 'bundle+system', roots)).toBe('server_certificate_expired');
    expect(await shakeElsewhere(url, 'bundle+system', pki.root.pem)).toBe('server_certificate_untrusted');
  });

  test('bundle+system trusts a server under a root of the machine, bundle does not', async () => {
    const stranger = await pki.serverCertificate('of an unknown CA');
    const { url } = keep(
      await listening(meshServer({ ...stranger, ca: pki.root.pem + pki.sub.pem, requestCert: true }, { status: 200 })),
    );
    const roots = pki.strangerRoot.pem;
    expect(await shakeElsewhere(url, 'bundle', roots)).toBe('server_certificate_untrusted');
    expect(await shakeElsewhere(url, 'bundle+system', roots)).toBe('success');
  });
});
