import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MeshEndpoint } from '../../src/config/types.ts';
import { handshake } from '../../src/mesh/handshake.ts';
import type { Presented } from '../scenarios/handshakes.ts';
import { endpoint, type HandshakePki, makeHandshakePki } from '../support/mesh/handshake-pki.ts';
import {
  hasNginx,
  hasSandbox,
  type Server,
  sandboxSecrets,
  startNginx,
  startSandbox,
} from '../support/mesh/sandbox.ts';
import { inline } from '../support/sources.ts';

let estate: HandshakePki;
let folder: string;
const servers: Server[] = [];
const file = (name: string) => join(folder, name);

beforeAll(async () => {
  estate = await makeHandshakePki();
  folder = await mkdtemp(join(tmpdir(), 'mesh-cert-monitor-sandbox-'));
  await writeFile(file('server.pem'), estate.server.pem + estate.sub.pem);
  await writeFile(file('server.key'), estate.server.keyPem, { mode: 0o600 });
  await writeFile(file('ca.pem'), estate.root.pem + estate.sub.pem);
});
afterAll(async () => {
  await Promise.all(servers.map((each) => each.stop()));
  await rm(folder, { recursive: true, force: true });
});

const right: Partial<MeshEndpoint> = {
  password: inline(sandboxSecrets.password),
  sharedKey: inline(sandboxSecrets.sharedKey),
};

async function ask(url: string, more: Partial<MeshEndpoint> = {}, presents: Presented = 'deployed') {
  const credential = await estate.credential(presents);
  const result = await handshake({ mesh: endpoint(url, { ...right, ...more }) }, credential, {
    now: () => new Date(),
    env: {},
  });
  return result;
}

// Not here: a replayed token. MESH refuses one, but the sandbox (1.0.137) does not remember tokens. That ours are never the same twice is
// proved in probe.test.ts.
const asked: readonly [string, Partial<MeshEndpoint>, string, number][] = [
  ['the right password and shared key', {}, 'success', 200],
  ['a mailbox in lower case', { mailboxId: 'x26abc2' }, 'success', 200],
  ['a wrong password', { password: inline('wrong') }, 'authentication_failed', 403],
  ['a wrong shared key', { sharedKey: inline('wrong') }, 'authentication_failed', 403],
  ['an unknown mailbox', { mailboxId: 'X26NOBODY' }, 'authentication_failed', 403],
  ['a ping', { probe: 'ping' }, 'success', 200],
];

describe.skipIf(!hasSandbox())('the MESH sandbox behind TLS, without client certificates', () => {
  let url: string;
  beforeAll(async () => {
    const sandbox = await startSandbox({ cert: file('server.pem'), key: file('server.key') });
    servers.push(sandbox);
    url = sandbox.url;
  });

  test.each(asked)('sandbox: answers %s', async (_what, more, expected, httpStatus) => {
    const result = await ask(url, { ...more, verifyServer: false }, 'none');
    expect(result.reason ?? result.outcome, result.detail).toBe(expected);
    expect([result.httpStatus, result.serverVerified]).toEqual([httpStatus, false]);
    // The sandbox dates an answer by when it last had the processor.
    expect(Math.abs(result.clockSkewSeconds ?? Number.NaN)).toBeLessThan(60);
  });

  test('sandbox: it is not under the system’s roots, so with verification nothing is sent to it', async () => {
    expect((await ask(url, {}, 'none')).reason).toBe('server_certificate_untrusted');
  });
});

describe.skipIf(!hasSandbox() || !hasNginx()).each(['TLSv1.2', 'TLSv1.3'] as const)(
  'the MESH sandbox behind nginx, %s',
  (protocols) => {
    let sandbox: Server;
    const mutual = async (location = '') => {
      const nginx = await startNginx({
        certificate: file('server.pem'),
        key: file('server.key'),
        clientCa: file('ca.pem'),
        upstream: `http://127.0.0.1:${sandbox.port}`,
        protocols,
        location,
      });
      servers.push(nginx);
      return nginx.url;
    };
    let url: string;
    beforeAll(async () => {
      sandbox = await startSandbox();
      servers.push(sandbox);
      url = await mutual();
    });

    test.each(asked)('sandbox: over mutual TLS, answers %s', async (_what, more, expected, httpStatus) => {
      const result = await ask(url, more);
      expect(result.reason ?? result.outcome, result.detail).toBe(expected);
      expect([result.httpStatus, result.serverVerified, result.tls?.protocol]).toEqual([httpStatus, true, protocols]);
    });

    test.each(['mex-ClientVersion', 'mex-OSName', 'mex-OSVersion'])(
      'sandbox: misses %s when it gets lost on the way, and the detail says so',
      async (header) => {
        const result = await ask(await mutual(`proxy_set_header ${header} "";`));
        expect([result.reason, result.httpStatus]).toEqual(['bad_request', 400]);
        expect(result.detail).toContain(header.toLowerCase());
      },
    );

    test('sandbox: without the authorization that was sent, it is refused', async () => {
      const result = await ask(await mutual('proxy_set_header Authorization "";'));
      expect([result.reason, result.httpStatus]).toEqual(['authentication_failed', 403]);
    });

    test('sandbox: a token for another mailbox is refused', async () => {
      const token = `NHSMESH X26ABC2:nonce:0:202601010000:${'0'.repeat(64)}`;
      const result = await ask(await mutual(`proxy_set_header Authorization "${token}";`));
      expect([result.reason, result.httpStatus]).toEqual(['authentication_failed', 403]);
    });

    // Like HSCN endpoints, nginx completes TLS and answers 400.
    test.each(['foreign', 'expired', 'none'] as const)(
      'sandbox: nginx refuses a certificate that is %s with 400, and the detail says what that may mean',
      async (presents) => {
        const result = await ask(url, presents === 'none' ? { verifyServer: false } : {}, presents);
        expect([result.reason, result.httpStatus]).toEqual(['bad_request', 400]);
        expect(result.detail).toMatch(/client certificate.*SSL certificate/);
      },
    );
  },
);
