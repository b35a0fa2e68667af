// npm run bench -- service [ENVIRONMENTS]: the built service with environments on disk. Start, cycles, scrapes, memory. Default: 10,000.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { generateKeys } from '../src/demo/keys.ts';
import { addYears, createRoot, createSubCa, issueClient } from '../src/demo/pki.ts';

const passphrase = 'bench';
const main = process.env.MESH_CERT_MONITOR_MAIN ?? join(import.meta.dirname, '..', 'dist', 'main.js');

export async function run([count = '10000']: readonly string[]): Promise<void> {
  const environments = Number(count);
  const directory = mkdtempSync(join(tmpdir(), 'mesh-cert-monitor-bench-'));
  try {
    const config = await writeEstate(directory, environments);
    await measure(config, environments);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function measure(config: string, environments: number): Promise<void> {
  const port = await freePort();
  writeFileSync(config, readFileSync(config, 'utf8').replace('"PORT"', `"127.0.0.1:${port}"`));
  const url = `http://127.0.0.1:${port}`;
  const started = performance.now();
  const child = spawn(process.execPath, [main, 'serve', '--config', config], { stdio: ['ignore', 'ignore', 'ignore'] });
  try {
    await until(() => answers(`${url}/health/live`), 2);
    say('start to first /health/live', performance.now() - started, 'ms');
    say('memory then', residentMiB(child), 'MiB');
    const live = watchLiveness(`${url}/health/live`);
    await until(() => answers(`${url}/health/ready`), 20);
    say('first cycle (read, decrypt, verify, rehearse)', (performance.now() - started) / 1000, 's');
    say('slowest /health/live meanwhile', await live.stop(), 'ms');
    say('memory then', residentMiB(child), 'MiB');
    await scrapes(url);
    await secondCycle(url, child, environments);
    say('memory at the end', residentMiB(child), 'MiB');
    const ended = new Promise((resolve) => child.once('close', resolve));
    const stopping = performance.now();
    child.kill('SIGTERM');
    await ended;
    say('SIGTERM to exit', performance.now() - stopping, 'ms');
  } finally {
    child.kill('SIGKILL');
  }
}

async function scrapes(url: string): Promise<void> {
  const live = watchLiveness(`${url}/health/live`);
  const times: number[] = [];
  let size = 0;
  for (let each = 0; each < 5; each += 1) {
    const begun = performance.now();
    size = (await (await fetch(`${url}/metrics`)).arrayBuffer()).byteLength;
    times.push(performance.now() - begun);
  }
  say('scrape, median of 5', times.sort((a, b) => a - b)[2] ?? 0, 'ms');
  say('scrape size', size / 1e6, 'MB');
  say('slowest /health/live meanwhile', await live.stop(), 'ms');
}

/** A reload reads everything again. The content is the same, so nothing is rehearsed. */
async function secondCycle(url: string, child: ChildProcess, environments: number): Promise<void> {
  const last = `environment-${environments - 1}`;
  const lastRun = async () => {
    const health = await (await fetch(`${url}/health/environments/${last}`)).json();
    return Date.parse(
      (health as { checks: Record<string, { time: string }[]> }).checks[`${last}:status`]?.[0]?.time ?? '',
    );
  };
  const begun = Date.now();
  child.kill('SIGHUP');
  await until(async () => (await lastRun()) > begun, 20);
  say('next cycle, nothing changed, with reload', (Date.now() - begun) / 1000, 's');
}

/** 10,000 certificates and encrypted keys; every file differs except the bundle. Only 20 different RSA keys, because generating more takes minutes. */
async function writeEstate(directory: string, environments: number): Promise<string> {
  const past = addYears(new Date(), -1);
  const root = await createRoot({ commonName: 'Bench Root', notBefore: past, years: 20 });
  const sub = await createSubCa(root, { commonName: 'Bench Sub', notBefore: past, years: 10 });
  const keys = await Promise.all(Array.from({ length: 20 }, () => generateKeys('rsa-2048')));
  const bundle = join(directory, 'ca_bundle.pem');
  writeFileSync(bundle, root.pem + sub.pem);
  const list: object[] = [];
  for (let index = 0; index < environments; index += 1) {
    const pair = keys[index % keys.length] as (typeof keys)[0];
    const commonName = `e${index}.x26.api.mesh-client.nhs.uk`;
    const client = await issueClient(sub, { commonName, publicKey: pair.publicKey, notBefore: past });
    const folder = join(directory, String(index));
    mkdirSync(folder);
    const [certificate, key] = [join(folder, 'client.pem'), join(folder, 'private_key.pem')];
    writeFileSync(certificate, client.pem);
    writeFileSync(key, pair.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase }), {
      mode: 0o600,
    });
    list.push({
      name: `environment-${index}`,
      preset: 'integration',
      mesh: { url: 'https://127.0.0.1:1', mailbox_id: `X26E${index}`, password: 'bench', shared_key: 'bench' },
      credential: {
        certificate: { file: certificate },
        private_key: { file: key },
        passphrase,
        ca_bundle: { file: bundle },
      },
    });
  }
  const config = join(directory, 'config.yaml');
  const contact = { name: 'Bench', email: 'bench@example.nhs.uk', telephone: '0113 000 0000' };
  const top = { application: 'Bench', ods_code: 'X26', contact, state_dir: 'state', http: { listen: 'PORT' } };
  writeFileSync(config, JSON.stringify({ ...top, environments: list }));
  return config;
}

/** Requests every 20 ms, as an impatient orchestrator would. `stop` returns the slowest response in milliseconds. */
function watchLiveness(url: string): { stop(): Promise<number> } {
  let [slowest, going] = [0, true];
  const asking = (async () => {
    while (going) {
      const begun = performance.now();
      await fetch(url);
      slowest = Math.max(slowest, performance.now() - begun);
      await pause(20);
    }
  })();
  return {
    stop: async () => {
      going = false;
      await asking;
      return slowest;
    },
  };
}

async function until(holds: () => Promise<boolean>, everyMs: number): Promise<void> {
  const giveUp = performance.now() + 10 * 60_000;
  while (!(await holds())) {
    if (performance.now() > giveUp) throw new Error('not within ten minutes');
    await pause(everyMs);
  }
}

async function answers(url: string): Promise<boolean> {
  const response = await fetch(url).catch(() => undefined);
  return response?.ok === true;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

function residentMiB({ pid }: ChildProcess): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

function say(what: string, value: number, unit: string): void {
  console.log(`${what.padEnd(50)} ${value.toFixed(value < 10 ? 2 : 0).padStart(8)} ${unit}`);
}
