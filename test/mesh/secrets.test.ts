import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run as check } from '../../src/cli/check.ts';
import type { CommandIo } from '../../src/cli/command.ts';
import { type DiskEstate, diskEstate } from '../support/disk-estate.ts';
import { listening, type Running } from '../support/mesh/servers.ts';
import { serverCertificate } from '../support/pki.ts';
import { serviceOver } from '../support/service.ts';

/** A server that refuses, and echoes everything that it was sent: the worst case for a log. */
let mesh: Running;
let estate: DiskEstate;
const tokens: string[] = [];

beforeAll(async () => {
  estate = await diskEstate(['alpha']);
  const { sub, bundlePem } = estate.pki.alpha!;
  const { pem, keyPem } = await serverCertificate({ issuer: sub });
  const tls = { cert: pem + sub.pem, key: keyPem, ca: bundlePem, requestCert: true, rejectUnauthorized: true };
  const server = createServer(tls, (request: IncomingMessage, response) => {
    tokens.push(request.headers.authorization ?? '');
    const msg = `refused: ${request.headers.authorization} ${JSON.stringify(request.headers)}`;
    response.writeHead(403).end(JSON.stringify({ detail: [{ msg }] }));
  });
  mesh = await listening(server);
  await estate.configure({ mesh: { url: mesh.url } });
});
afterAll(async () => {
  await mesh.stop();
  await estate.remove();
});

/** Everything that was planted, every token that was sent, and the beginning of a private key. */
function expectNoSecret(shown: string): void {
  expect(tokens.length).toBeGreaterThan(0);
  const hashes = tokens.map((token) => token.split(':').at(-1)!);
  for (const secret of [...Object.values(estate.env), ...tokens, ...hashes, 'PRIVATE KEY']) {
    expect(shown).not.toContain(secret);
  }
}

async function printed(format: 'text' | 'json' | 'nagios'): Promise<string> {
  let shown = '';
  const write = (text: string) => {
    shown += text;
  };
  const io: CommandIo = {
    stdout: write,
    stderr: write,
    env: estate.env,
    now: () => new Date(),
    colour: false,
    columns: 100,
  };
  expect(await check({ config: estate.config, offline: false, format }, io)).toBe(2);
  return shown;
}

describe('a server that echoes what it was sent', () => {
  test.each(['text', 'json', 'nagios'] as const)('secrets: check prints none of it as %s', async (format) => {
    const shown = await printed(format);
    expect(shown).toContain('authentication_failed');
    expectNoSecret(shown);
  });

  test('secrets: check in JSON has what the handshake saw', async () => {
    const { handshake, findings } = JSON.parse(await printed('json')).environments[0];
    expect(handshake).toMatchObject({
      outcome: 'failure',
      reason: 'authentication_failed',
      httpStatus: 403,
      serverVerified: true,
      tls: { protocol: 'TLSv1.3', cipher: expect.stringMatching(/^TLS_/) },
      phases: {
        dns: expect.any(Number),
        connect: expect.any(Number),
        tls: expect.any(Number),
        request: expect.any(Number),
      },
      clockSkewSeconds: expect.any(Number),
    });
    expect(handshake.serverCertificates[0].subject).toBe('CN=localhost');
    expect(findings.map(({ code }: { code: string }) => code)).toContain('handshake_failed');
  });

  test('secrets: the service puts none of it into its log, its metrics or its health', async () => {
    let shown = '';
    const service = await serviceOver(estate, (line) => {
      shown += line;
    });
    try {
      const failures = () => service.estate().environments[0]?.handshake.totals.failure;
      await expect.poll(failures, { timeout: 10_000 }).toBe(1);
      for (const path of ['/metrics', '/health', '/health/environments/alpha']) {
        shown += await (await fetch(service.url + path)).text();
      }
    } finally {
      await service.stop();
    }
    expect(shown).toContain('nhs_mesh_handshake_failure{mesh_environment="alpha",reason="authentication_failed"} 1');
    expect(shown).toContain('[secret]');
    expectNoSecret(shown);
  });
});
