import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { HandshakePhase } from '../../src/mesh/types.ts';
import type { Scenario, Server, TlsVersion } from '../scenarios/handshakes.ts';
import { type HandshakePki, makeHandshakePki } from '../support/mesh/handshake-pki.ts';
import { type Running, start } from '../support/mesh/servers.ts';
import { bareEnv } from '../support/process.ts';
import type { Jobs, Measured } from './prober.ts';

let estate: HandshakePki;
const running: Running[] = [];
beforeAll(async () => {
  estate = await makeHandshakePki();
});
afterAll(() => Promise.all(running.map((each) => each.stop())));

async function started(
  server: Server,
  version: TlsVersion = 'TLSv1.3',
  hangs?: HandshakePhase,
): Promise<Jobs['servers'][number]> {
  const scenario: Scenario = { fault: '', reason: 'success', server };
  const one = await start(scenario, version, estate);
  running.push(one);
  return { url: one.url, ...(hangs && { hangs }) };
}

/** Probes in a separate process and waits until that ends by itself, which it would not with a handle left open. */
async function measure(servers: Jobs['servers'], rounds: number): Promise<Measured> {
  const jobs: Jobs = {
    certificate: estate.clients.deployed.pem,
    privateKey: estate.clients.deployed.keyPem,
    caBundle: estate.root.pem + estate.sub.pem,
    servers,
    rounds,
  };
  const child = spawn(process.execPath, ['--expose-gc', join(import.meta.dirname, 'prober.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: bareEnv,
    timeout: 280_000,
  });
  child.stdin.end(JSON.stringify(jobs));
  const [measured, [code]] = await Promise.all([json(child.stdout), once(child, 'exit')]);
  expect(code).toBe(0);
  return measured as Measured;
}

test('residue: whatever its outcome a probe leaves no socket, timer or listener, and the process ends', async () => {
  const servers = [
    await started({ kind: 'http', does: { status: 200 } }),
    await started({ kind: 'http', does: { status: 200 } }, 'TLSv1.2'),
    await started({ kind: 'http', does: { status: 403, body: '{"detail":[{"msg":"no"}]}' } }),
    await started({ kind: 'http', does: 'hang' }, 'TLSv1.3', 'request'),
    await started({ kind: 'http', does: 'hang in body' }, 'TLSv1.2', 'request'),
    await started({ kind: 'http', does: 'endless body' }),
    await started({ kind: 'http', does: 'endless 403' }, 'TLSv1.2'),
    await started({ kind: 'http', does: 'reset' }),
    await started({ kind: 'http', does: 'reset in body' }),
    await started({ kind: 'certificate', is: 'self-signed' }),
    await started({ kind: 'certificate', is: 'expired' }, 'TLSv1.2'),
    await started({ kind: 'tcp', does: 'hang' }, 'TLSv1.3', 'tls'),
    await started({ kind: 'tcp', does: 'http' }),
    await started({ kind: 'tcp', does: 'reset after hello' }),
    await started({ kind: 'closed port' }),
    await started({ kind: 'full backlog' }, 'TLSv1.3', 'connect'),
  ];
  const { reasons, resources, listeners } = await measure(servers, 2);
  expect(reasons).toEqual([
    'success',
    'success',
    'authentication_failed',
    'http_timeout',
    'http_timeout',
    'unexpected_response',
    'unexpected_response',
    'connection_reset',
    'connection_reset',
    'server_certificate_untrusted',
    'server_certificate_expired',
    'tls_timeout',
    'tls_protocol_mismatch',
    'connection_reset',
    'connection_refused',
    'connection_timeout',
  ]);
  expect(resources).toEqual([]);
  expect(listeners).toBe(0);
}, 300_000);

test('residue: 1,000 probes in a row do not grow the heap', async () => {
  const servers = [
    await started({ kind: 'http', does: { status: 200 } }),
    await started({ kind: 'http', does: { status: 403, body: 'no' } }),
    await started({ kind: 'certificate', is: 'self-signed' }),
    await started({ kind: 'tcp', does: 'http' }),
  ];
  const { heapBytes } = await measure(servers, 500);
  // The first 1,000 fill caches and compile code. A leak of a quarter of a kilobyte each would show in the next 1,000.
  expect(heapBytes.late - heapBytes.early).toBeLessThan(256 * 1024);
}, 300_000);
