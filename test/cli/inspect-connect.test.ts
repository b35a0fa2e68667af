/** `inspect --connect` on loopback: the chain of a server, and whether it is to be trusted. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type Server as TcpServer } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { serverReportSchema } from '../../src/report/schema.ts';
import { dayMs } from '../../src/time/duration.ts';
import { type } from '../support/cli.ts';
import { type Made, type NhsLikePki, nhsLikePki, type PkiFiles, serverCertificate, writePki } from '../support/pki.ts';
import { needs } from '../support/tools.ts';

let pki: NhsLikePki;
let files: PkiFiles;
const open: TcpServer[] = [];

beforeAll(async () => {
  pki = await nhsLikePki();
  files = await writePki(pki);
});
afterAll(() => files.remove());
afterEach(async () => {
  for (const server of open.splice(0)) await new Promise((resolve) => server.close(resolve));
});

async function serving(made: Made, options: TlsOptions = {}): Promise<string> {
  const server = createTlsServer({ key: made.keyPem, cert: made.pem + pki.sub.pem, ...options }, (socket) =>
    socket.destroy(),
  );
  server.on('tlsClientError', () => {});
  return listening(server);
}

async function listening(server: TcpServer): Promise<string> {
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('not listening');
  return `127.0.0.1:${address.port}`;
}

const connect = (address: string, ...words: string[]) =>
  type(['inspect', '--connect', address, ...words], { columns: 1000 });
async function report(address: string, ...words: string[]) {
  const { code, stderr, stdout } = await connect(address, '--format', 'json', ...words);
  const json = JSON.parse(stdout);
  expect(serverReportSchema.parse(json)).toEqual(json);
  return { code, stderr, ...serverReportSchema.parse(json) };
}
const trusting = () => ['--ca-bundle', files.caBundle];
const server = (more: Parameters<typeof serverCertificate>[0] = {}) => serverCertificate({ issuer: pki.sub, ...more });

test('a chain that the bundle vouches for is trusted, and shown as a tree', async () => {
  const address = await serving(await server());
  const { code, stderr, stdout } = await connect(address, ...trusting());
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(new RegExp(`^OK {2}${address}: trusted, \\d+ days left \\(`));
  expect(stdout).toMatch(/^ {2}Test INT Authentication G2 +intermediate .*\n {2}└─ .* server /m);
  expect(stdout).toContain('\nServer certificate\n');
  expect(stdout).toMatch(/^ {2}TLS {8}TLSv1\.3, \S+, does not ask for a client certificate$/m);
});

test('JSON has the chain, leaf first, with what the extensions say', async () => {
  const made = await server();
  const { code, server: seen, status } = await report(await serving(made), ...trusting());
  expect({ code, status, verified: seen.verified }).toEqual({ code: 0, status: 'ok', verified: true });
  expect(seen.certificates.map(({ subject }) => subject)).toEqual([
    expect.stringContaining('CN='),
    expect.stringContaining('CN=Test INT Authentication G2'),
  ]);
  expect(seen.certificates[0]?.extendedKeyUsage).toContain('serverAuth');
});

test('PEM is the chain, ready for another tool', async () => {
  const made = await server();
  const { stdout } = await connect(await serving(made), ...trusting(), '--format', 'pem');
  expect(stdout.replace(/\s/g, '')).toBe((made.pem + pki.sub.pem).replace(/\s/g, ''));
});

test('--quiet is silent about a chain that is trusted', async () => {
  expect(await connect(await serving(await server()), ...trusting(), '--quiet')).toEqual({
    code: 0,
    stdout: '',
    stderr: '',
  });
});

test('without the bundle the chain is not trusted, and still shown', async () => {
  const { code, server: seen } = await report(await serving(await server()));
  expect({ code, verified: seen.verified, reason: seen.reason }).toEqual({
    code: 2,
    verified: false,
    reason: 'server_certificate_untrusted',
  });
  expect(seen.certificates.length).toBeGreaterThanOrEqual(2);
  expect(seen.remedy).toContain('--ca-bundle');
});

test.each([
  ['of another name', { names: ['mesh.example.nhs.uk'] }, 2, 'server_certificate_name_mismatch'],
  ['that has expired', { notAfter: new Date(Date.now() - dayMs) }, 2, 'server_certificate_expired'],
  ['that expires in ten days', { notAfter: new Date(Date.now() + 10 * dayMs) }, 2, undefined],
  ['that expires in thirty days', { notAfter: new Date(Date.now() + 30 * dayMs) }, 1, undefined],
])('a certificate %s', async (_, more, code, reason) => {
  const seen = await report(await serving(await server(more)), ...trusting());
  expect([seen.code, seen.server.reason]).toEqual([code, reason]);
});

test('a server that asks for a client certificate shows its chain all the same', async () => {
  const address = await serving(await server(), { requestCert: true, ca: pki.bundlePem });
  expect((await report(address, ...trusting())).server).toMatchObject({
    verified: true,
    clientCertificateRequested: true,
  });
});

test('nobody there, and nobody who speaks TLS', async () => {
  const silent = await listening(createServer((socket) => socket.resume().end('hello\n')));
  expect(await report(silent)).toMatchObject({ code: 2, server: { certificates: [] } });
  const { server: gone } = await report('127.0.0.1:1');
  expect(gone).toMatchObject({ reason: 'connection_refused', certificates: [] });
  expect(gone.remedy).not.toContain('mesh.url');
});

test.each(['127.0.0.1:0', '127.0.0.1:99999', 'a b:1', 'user@host:1', ''])('%j is not HOST:PORT', async (address) => {
  expect(await connect(address)).toMatchObject({ code: 3, stdout: '' });
});

test('a bundle that cannot be read is bad usage', async () => {
  const noise = join(files.directory, 'noise.pem');
  writeFileSync(noise, 'noise');
  for (const path of [noise, join(files.directory, 'none.pem')])
    expect(await connect('127.0.0.1:1', '--ca-bundle', path)).toMatchObject({ code: 3, stdout: '' });
});

describe.skipIf(!needs('openssl'))('what openssl s_client prints is a server’s chain, and judged as one', () => {
  async function printed(made: Made, options: TlsOptions = {}): Promise<string> {
    const address = await serving(made, options);
    const client = spawn('openssl', ['s_client', '-connect', address, '-showcerts'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const chunks: Buffer[] = [];
    client.stdout.on('data', (chunk: Buffer) => void chunks.push(chunk));
    await once(client, 'close');
    return Buffer.concat(chunks).toString();
  }
  const piped = async (stdin: string, ...words: string[]) => {
    const { code, stderr, stdout } = await type(['inspect', '--cert', '-', '--format', 'json', ...words], { stdin });
    return { code, stderr, ...serverReportSchema.parse(JSON.parse(stdout)) };
  };

  test('one that the bundle vouches for is trusted, as with --connect', async () => {
    const { code, server: seen } = await piped(await printed(await server()), ...trusting());
    expect({ code, verified: seen.verified, address: seen.address }).toEqual({
      code: 0,
      verified: true,
      address: 'standard input',
    });
    expect(seen.certificates).toHaveLength(2);
  });

  test.each([
    ['without the bundle', {}, [], 'server_certificate_untrusted'],
    ['after its end', { notAfter: new Date(Date.now() - dayMs) }, ['bundle'], 'server_certificate_expired'],
  ])('%s it is not', async (_, more, trusted, reason) => {
    const { code, server: seen } = await piped(
      await printed(await server(more)),
      ...(trusted.length > 0 ? trusting() : []),
    );
    expect([code, seen.verified, seen.reason]).toEqual([2, false, reason]);
    expect(JSON.stringify(seen)).not.toMatch(/client certificate/i);
  });

  test('--at asks about another time', async () => {
    const stdin = await printed(await server());
    expect(await piped(stdin, ...trusting(), '--at', '2099-01-01T00:00:00Z')).toMatchObject({
      code: 2,
      server: { reason: 'server_certificate_expired' },
    });
  });

  test('a certificate that is trusted itself needs no path', async () => {
    const self = await serverCertificate({ cn: 'localhost' });
    const path = join(files.directory, 'self.pem');
    writeFileSync(path, self.pem);
    const stdin = `CONNECTED(00000003)\n---\n${self.pem}`;
    expect((await piped(stdin, '--ca-bundle', path)).server).toMatchObject({ verified: true });
    expect((await piped(stdin)).server).toMatchObject({ verified: false, reason: 'server_certificate_untrusted' });
  });

  test('with a key it is a credential all the same', async () => {
    const stdin = `CONNECTED(00000003)\n---\n${pki.client.pem}`;
    const words = ['--key', files.privateKey, '--passphrase-env', 'P', '--format', 'json'];
    const { stdout } = await type(['inspect', '--cert', '-', ...words], { stdin, env: { P: files.passphrase } });
    expect(JSON.parse(stdout)).toHaveProperty('inspection.checks');
  });
});
