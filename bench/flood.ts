// npm run bench -- flood [CLIENTS]: how long /health/live, /health and /metrics take while hostile clients of each kind occupy the
// built service, all from the same address. Default: 2,000. Exits with 1 if a response takes more than a second.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { type ServiceProcess, startServiceProcess, stopServiceProcess } from '../test/support/service-process.ts';
import { kinds } from '../test/support/web/flood.ts';
import { cpuMsOf, residentMiBOf } from './measure.ts';

const password = 'bench';
const environments = 2000;
const limitMs = 1000;

export async function run([clients = '2000']: readonly string[]): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'mesh-cert-monitor-bench-'));
  const config = join(directory, 'config.yaml');
  writeFileSync(config, JSON.stringify(configuration()));
  const service = await startServiceProcess(config, { env: { PASSWORD: password } });
  try {
    // The first checks and handshakes are over.
    await pause(10_000);
    await report(service, 'nobody');
    for (const kind of Object.keys(kinds)) await under(service, kind, Number(clients));
  } finally {
    await stopServiceProcess(service);
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Only names: their handshakes are refused at once. `/metrics` is 6.7 MB. */
function configuration(): object {
  return {
    application: 'Bench',
    ods_code: 'X26',
    contact: { name: 'Bench', email: 'bench@example.org', telephone: '0113 000 0000' },
    state_dir: 'state',
    http: { listen: '127.0.0.1:0', basic_auth: { username: 'prometheus', password: { env: 'PASSWORD' } } },
    schedule: { check: '0 3 1 1 *', handshake: '0 3 1 1 *' },
    environments: Array.from({ length: environments }, (_, index) => ({
      name: `environment-${index}`,
      preset: 'sandbox',
      mesh: { url: 'https://127.0.0.1:1', mailbox_id: 'X26ABC1', probe: 'ping' },
    })),
  };
}

async function under(service: ServiceProcess, kind: string, clients: number): Promise<void> {
  const attacker = new Worker(
    `const { parentPort, workerData } = require('node:worker_threads');
     import(workerData.module).then(({ flood }) => flood(workerData.kind, workerData.port, workerData.clients))
       .then(() => parentPort.postMessage('open'));`,
    {
      eval: true,
      workerData: {
        module: new URL('../test/support/web/flood.ts', import.meta.url).href,
        kind,
        port: service.port,
        clients,
      },
    },
  );
  await new Promise((resolve) => attacker.once('message', resolve));
  await report(service, `${clients} that ${kind}`);
  await attacker.terminate();
  await pause(1_000);
}

async function report(service: ServiceProcess, who: string): Promise<void> {
  const before = cpuMsOf(service.child);
  const times: string[] = [];
  for (const path of ['/health/live', '/health', '/metrics']) {
    const ms = await measure(service, path);
    if (ms > limitMs) process.exitCode = 1;
    times.push(`${path} ${ms.toFixed(0).padStart(5)} ms`);
  }
  const cost = `${cpuMsOf(service.child) - before} ms of CPU, ${Math.round(residentMiBOf(service.child))} MiB`;
  console.log(`${who.padEnd(62)} ${times.join('   ')}   ${cost}`);
}

/** Like a scraper that has no connection yet. */
async function measure(service: ServiceProcess, path: string): Promise<number> {
  const started = performance.now();
  const authorization = `Basic ${Buffer.from(`prometheus:${password}`).toString('base64')}`;
  const response = await service.get(path, { headers: { authorization, connection: 'close' } });
  await response.arrayBuffer();
  if (response.status === 401 || response.status === 429) throw new Error(`${path}: ${response.status}`);
  return performance.now() - started;
}
