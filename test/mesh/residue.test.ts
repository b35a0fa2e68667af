import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
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

async function url(server: Server, version: TlsVersion = 'TLSv1.3'): Promise<string> {
  const scenario: Scenario = { fault: '', reason: 'success', server };
  const started = await start(scenario, version, estate);
  running.push(started);
  return started.url;
}

/** Probes in a separate process and waits until that ends by itself, which it would not with a handle left open. */
async function measure(urls: readonly string[], rounds: number, timeoutMs: number): Promise<Measured> {
  const jobs: Jobs = {
    certificate: estate.clients.deployed.pem,
    privateKey: estate.clients.deployed.keyPem,
    caBundle: estate.root.pem + estate.sub.pem,
    urls,
    rounds,
    timeoutMs,
  };
  const child = spawn(process.execPath, ['--expose-gc', join(import.meta.dirname, 'prober.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: bareEnv,
    timeout: 110_000,
  });
  child.stdin.end(JSON.stringify(jobs));
  const [measured, [code]] = await Promise.all([json(child.stdout), once(child, 'exit')]);
  expect(code).toBe(0);
  return measured as Measured;
}

test('residue: whatever its outcome a probe leaves no socket, timer or listener, and the process ends', async () => {
  const urls = [
    await url({ kind: 'http', does: { status: 200 } }),
    await url({ kind: 'http', does: { status: 200 } }, 'TLSv1.2'),
    await url({ kind: 'http', does: { status: 403, body: '{"detail":[{"msg":"no"}]}' } }),
    await url({ kind: 'http', does: 'hang' }),
    await url({ kind: 'http', does: 'hang in body' }, 'TLSv1.2'),
    await url({ kind: 'http', does: 'endless body' }),
    await url({ kind: 'http', does: 'endless 403' }, 'TLSv1.2'),
    await url({ kind: 'http', does: 'reset' }),
    await url({ kind: 'http', does: 'reset in body' }),
    await url({ kind: 'certificate', is: 'self-signed' }),
    await url({ kind: 'certificate', is: 'expired' }, 'TLSv1.2'),
    await url({ kind: 'tcp', does: 'hang' }),
    await url({ kind: 'tcp', does: 'http' }),
    await url({ kind: 'tcp', does: 'reset after hello' }),
    await url({ kind: 'closed port' }),
    await url({ kind: 'full backlog' }),
  ];
  const { reasons, resources, listeners } = await measure(urls, 2, 500);
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
}, 60_000);

test('residue: 1,000 probes in a row do not grow the heap', async () => {
  const urls = [
    await url({ kind: 'http', does: { status: 200 } }),
    await url({ kind: 'http', does: { status: 403, body: 'no' } }),
    await url({ kind: 'certificate', is: 'self-signed' }),
    await url({ kind: 'tcp', does: 'http' }),
  ];
  const { heapBytes } = await measure(urls, 500, 5000);
  // The first 1,000 fill caches and compile code. A leak of a quarter of a kilobyte each would show in the next 1,000.
  expect(heapBytes.late - heapBytes.early).toBeLessThan(256 * 1024);
}, 120_000);
