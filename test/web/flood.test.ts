/** The service as it is installed, and two thousand hostile clients of every kind from one address: its own operator's. */
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { minuteMs } from '../../src/time/index.ts';
import { limits } from '../../src/web/connections/limits.ts';
import { ca, serverCertificate } from '../support/pki.ts';
import { type ServiceProcess, startServiceProcess, stopServiceProcess } from '../support/service-process.ts';
import { type Flood, flood, type Kind, kinds } from '../support/web/flood.ts';

const attackers = 2000;
/** Only that nothing hangs: this machine has other things to do. `npm run bench -- flood` measures. */
const hangMs = 60_000;
const password = 'planted-password-3W';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'mesh-cert-monitor-flood-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** An estate whose environments are nothing but names: their handshakes are refused at once. */
async function serve(name: string, environments: number, http: object = {}): Promise<ServiceProcess> {
  const config = join(directory, `${name}.yaml`);
  await writeFile(
    config,
    JSON.stringify({
      application: 'Mavis',
      ods_code: 'X26',
      contact: { name: 'Sample Contact', email: 'contact@example.nhs.uk', telephone: '0113 000 0000' },
      state_dir: `state-${name}`,
      http: { listen: '127.0.0.1:0', basic_auth: { username: 'prometheus', password: { env: 'PASSWORD' } }, ...http },
      schedule: { check: '0 3 1 1 *', handshake: '0 3 1 1 *' },
      environments: Array.from({ length: environments }, (_, index) => ({
        name: `e${index}`,
        preset: 'sandbox',
        mesh: { url: 'https://127.0.0.1:1', mailbox_id: 'X26ABC1', probe: 'ping' },
      })),
    }),
  );
  return startServiceProcess(config, { env: { PASSWORD: password, NODE_TLS_REJECT_UNAUTHORIZED: '0' } });
}

const authorization = `Basic ${Buffer.from(`prometheus:${password}`).toString('base64')}`;

/** As a scraper that has no connection yet. */
async function statusOf(service: ServiceProcess, path: string): Promise<number> {
  const headers = { authorization, connection: 'close' };
  const response = await service.get(path, { headers, signal: AbortSignal.timeout(hangMs) });
  await response.arrayBuffer();
  return response.status;
}

const socketsOf = ({ child }: ServiceProcess) => readdirSync(`/proc/${child.pid}/fd`).length;
const residentMiB = ({ child }: ServiceProcess) =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024;

async function standsUp(service: ServiceProcess, kind: Kind, count = attackers, overTls = false): Promise<void> {
  const before = residentMiB(service);
  let hostile: Flood | undefined;
  try {
    hostile = await flood(kind, service.port, count, overTls);
    expect(await statusOf(service, '/health/live')).toBe(200);
    expect(await statusOf(service, '/metrics')).toBe(200);
    expect([200, 503]).toContain(await statusOf(service, '/health'));
    // What the service keeps for itself comes on top.
    expect(socketsOf(service)).toBeLessThan(limits.connections + 64);
    expect(residentMiB(service) - before).toBeLessThan(160);
  } finally {
    hostile?.stop();
  }
}

describe('two thousand clients that', () => {
  let service: ServiceProcess;
  let began: number;
  beforeAll(async () => {
    began = performance.now();
    service = await serve('plain', 20);
  });
  afterAll(() => stopServiceProcess(service));

  test.each(Object.keys(kinds) as Kind[])('%s keep nobody out', (kind) => standsUp(service, kind));

  test('were cut off are one line in the log in each minute, and the service ends as ever', async () => {
    service.child.kill('SIGTERM');
    expect(await service.ended).toBe(0);
    const lines = service.lines().filter(({ msg }) => msg === 'HTTP clients were cut off');
    expect(lines.length).toBeGreaterThan(0);
    // One for the last minute, which was not over.
    expect(lines.length).toBeLessThanOrEqual((performance.now() - began) / minuteMs + 1);
    expect(lines[0]).toMatchObject({ level: 'warn', mostOf: '127.0.0.1' });
    expect(JSON.stringify(service.lines())).not.toContain(password);
  });
});

describe('over TLS', () => {
  let service: ServiceProcess;
  let verify: string | undefined;
  beforeAll(async () => {
    verify = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    const made = await serverCertificate({ issuer: await ca({ cn: 'Root' }) });
    service = await serve('tls', 20, { tls: { certificate: made.pem, private_key: made.keyPem } });
  });
  afterAll(async () => {
    if (verify === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    else process.env.NODE_TLS_REJECT_UNAUTHORIZED = verify;
    await stopServiceProcess(service);
  });

  test.each(['say nothing', 'begin a TLS handshake and do not finish it'] as const)(
    'two thousand clients that %s keep nobody out',
    (kind) => standsUp(service, kind),
  );

  // A whole handshake costs the test as much as the service.
  test('six hundred that end the handshake and then begin a request without end keep nobody out', () =>
    standsUp(service, 'begin a request and do not finish it', 600, true));

  test('and with some of them still there, it ends', async () => {
    const hostile = await flood('begin a TLS handshake and do not finish it', service.port, 50);
    service.child.kill('SIGTERM');
    expect(await service.ended).toBe(0);
    hostile.stop();
  });
});

test('a hundred clients with the right password that read nothing of ten megabytes keep nobody out', async () => {
  const service = await serve('large', 3000);
  try {
    const whole = await service.get('/metrics', { headers: { authorization } });
    expect((await whole.arrayBuffer()).byteLength).toBeGreaterThan(10_000_000);
    await standsUp(service, 'ask with the right password and read nothing', 100);
  } finally {
    await stopServiceProcess(service);
  }
});
