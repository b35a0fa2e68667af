import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { MeshEndpoint } from '../../src/config/types.ts';
import { handshake } from '../../src/mesh/handshake.ts';
import { helloCatcher } from '../support/mesh/client-hello.ts';
import { credentialFrom, endpoint, type HandshakePki, makeHandshakePki } from '../support/mesh/handshake-pki.ts';
import { hasOfficialClient, type Official, startOfficialClient } from '../support/mesh/matrix/official-client.ts';
import { listening, meshServer } from '../support/mesh/servers.ts';

let pki: HandshakePki;
let official: Official;
const able = hasOfficialClient();
beforeAll(async () => {
  pki = await makeHandshakePki();
  if (able) official = startOfficialClient();
});
afterAll(() => official?.stop());

const running: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.stop()));
});

interface Deployed {
  readonly certificate: string;
  readonly bundle: string;
}

const ours = async (url: string, { certificate, bundle }: Deployed, more: Partial<MeshEndpoint> = {}) => {
  const privateKey = pki.clients.deployed.keyPem;
  const credential = await credentialFrom({ certificate, privateKey, caBundle: bundle });
  return handshake({ mesh: endpoint(url, more) }, credential, { now: () => new Date(), env: {} });
};
const theirs = (url: string, { certificate, bundle }: Deployed, client = official) =>
  client.handshake({ url, password: 'password', pair: { certificate, key: pki.clients.deployed.keyPem }, bundle });

/** A MESH, and the last request that it received. */
async function mesh(is: 'without its intermediate' | 'of an unknown CA' = 'without its intermediate') {
  const seen: { request?: IncomingMessage; chain?: readonly string[] } = {};
  const tls = { ...(await pki.serverCertificate(is)), ca: pki.root.pem + pki.sub.pem, requestCert: true };
  const server = meshServer(tls, { status: 200 }, (request) => {
    seen.request = request;
    seen.chain = presented(request.socket as TLSSocket);
  });
  const started = await listening(server);
  running.push(started);
  return { url: started.url, seen };
}

function presented(socket: TLSSocket): string[] {
  const names: string[] = [];
  for (let each = socket.getPeerX509Certificate(); each; each = each.issuerCertificate) names.push(each.subject);
  return names;
}

describe.skipIf(!able)('like NHS England’s own client', () => {
  test('we offer the same cipher suites', async () => {
    const catcher = await helloCatcher();
    const another = await helloCatcher();
    running.push(catcher, another);
    const deployed = { certificate: pki.clients.deployed.pem, bundle: pki.root.pem };
    const [hello] = await Promise.all([catcher.hello, ours(catcher.url, deployed)]);
    const [officialHello] = await Promise.all([another.hello, theirs(another.url, deployed)]);
    expect([...hello.suites].sort()).toEqual([...officialHello.suites].sort());
  });

  test.each([
    ['the certificate alone, and a bundle with its CAs', false, true],
    ['the certificate and its intermediate, and a bundle with its CAs', true, true],
    ['the certificate alone, and a bundle with the root only', false, false],
    ['the certificate and its intermediate, and a bundle with the root only', true, false],
  ])('we send the same chain with the certificate: %s', async (_, withIntermediate, intermediateInBundle) => {
    const { url, seen } = await mesh();
    const deployed = {
      certificate: pki.clients.deployed.pem + (withIntermediate ? pki.sub.pem : ''),
      bundle: pki.root.pem + (intermediateInBundle ? pki.sub.pem : ''),
    };
    await ours(url, deployed, { verifyServer: intermediateInBundle });
    const chain = seen.chain;
    delete seen.chain;
    await official.handshake({
      url,
      password: 'password',
      pair: { certificate: deployed.certificate, key: pki.clients.deployed.keyPem },
      bundle: deployed.bundle,
      verify: intermediateInBundle,
    });
    expect(chain?.length).toBeGreaterThan(0);
    expect(chain).toEqual(seen.chain);
  });

  test('a root in REQUESTS_CA_BUNDLE is trusted in addition to the bundle, as ours are by bundle+system', async () => {
    const { url } = await mesh('of an unknown CA');
    const folder = await mkdtemp(join(tmpdir(), 'mesh-cert-monitor-roots-'));
    await writeFile(join(folder, 'roots.pem'), pki.strangerRoot.pem);
    const withRoots = startOfficialClient({ REQUESTS_CA_BUNDLE: join(folder, 'roots.pem') });
    running.push(withRoots);
    const deployed = { certificate: pki.clients.deployed.pem, bundle: pki.root.pem + pki.sub.pem };
    expect(await theirs(url, deployed)).toMatch(/CERTIFICATE_VERIFY_FAILED/);
    expect(await theirs(url, deployed, withRoots)).toBe('success');
    await rm(folder, { recursive: true });
  });

  test('we describe this machine in the same words', async () => {
    const { url, seen } = await mesh();
    const deployed = { certificate: pki.clients.deployed.pem, bundle: pki.root.pem + pki.sub.pem };
    const names = ['mex-osname', 'mex-osversion', 'mex-osarchitecture', 'accept', 'accept-encoding'];
    const described = () => names.map((name) => seen.request?.headers[name]);
    expect((await ours(url, deployed)).outcome).toBe('success');
    const our = described();
    expect(await theirs(url, deployed)).toBe('success');
    expect(our).toEqual(described());
  });
});
