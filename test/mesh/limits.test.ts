/** Anyone can answer at an address: what it presents is measured before anything parses it, and before anything is sent. */
import type { IncomingMessage } from 'node:http';
import * as tls from 'node:tls';
import 'reflect-metadata';
import { Extension } from '@peculiar/x509';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { DeployedCredential } from '../../src/credential/types.ts';
import { sequence, tlv } from '../../src/demo/der.ts';
import { handshake } from '../../src/mesh/handshake.ts';
import { parseCertificate } from '../../src/x509/parse.ts';
import { endpoint, type HandshakePki, makeHandshakePki } from '../support/mesh/handshake-pki.ts';
import { listening, meshServer, type Running } from '../support/mesh/servers.ts';
import { leaf, type Made, oids } from '../support/pki.ts';

vi.mock('../../src/x509/parse.ts', { spy: true });
vi.mock('node:tls', { spy: true });

const estate: HandshakePki = await makeHandshakePki();
const credential = (await estate.credential('deployed')) as DeployedCredential;
const running: Running[] = [];
beforeEach(() => vi.clearAllMocks());
afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.stop()));
});

/** A server certificate whose names take as many bytes. */
const ofBytes = (bytes: number, issuer: Made): Promise<Made> => {
  const name = Buffer.from('host.example');
  const localhost = tlv(0x82, Buffer.from('localhost'));
  const names = Array.from({ length: Math.floor(bytes / (name.length + 2)) }, () => tlv(0x82, name));
  const san = new Extension('2.5.29.17', false, sequence(localhost, ...names));
  return leaf({ issuer, cn: 'localhost', extendedKeyUsage: [oids.serverAuth], extensions: [san] });
};

async function answeredWith(made: Made, verifyServer = true) {
  const requests: IncomingMessage[] = [];
  const server = meshServer({ key: made.keyPem, cert: made.pem + estate.sub.pem }, { status: 200 }, (request) =>
    requests.push(request),
  );
  const started = await listening(server);
  running.push(started);
  vi.clearAllMocks();
  const result = await handshake({ mesh: endpoint(started.url, { verifyServer }) }, credential, {
    now: () => new Date(),
    env: {},
  });
  return { result, requests };
}

describe('a server certificate of 97 KB', () => {
  test.each([
    ['of an unknown CA', () => estate.root, true],
    ['of our own CA', () => estate.sub, true],
    ['of our own CA, where the server is not verified', () => estate.sub, false],
  ])('%s is not parsed, and nothing is sent', async (_, issuer, verifyServer) => {
    const { result, requests } = await answeredWith(await ofBytes(97_000, issuer()), verifyServer);
    expect(result).toMatchObject({
      outcome: 'failure',
      reason: 'server_certificate_untrusted',
      serverCertificates: [],
      serverVerified: false,
      detail: expect.stringMatching(
        /^the server presented certificates of \d\d,\d{3} bytes, more than the limit of 32,768/,
      ),
    });
    expect(requests).toEqual([]);
    expect(parseCertificate).not.toHaveBeenCalled();
    expect(tls.checkServerIdentity).not.toHaveBeenCalled();
  });
});

test('one of 20 KB is judged as any other', async () => {
  const { result, requests } = await answeredWith(await ofBytes(13_000, estate.sub));
  expect(result).toMatchObject({ outcome: 'success', serverVerified: true });
  expect(requests).toHaveLength(1);
});
