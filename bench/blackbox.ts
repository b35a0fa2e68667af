// npm run bench -- blackbox [PROBES]: CPU time of one of our handshakes and of a probe by blackbox_exporter (Debian's prometheus-blackbox-exporter), in turns,
// with the same server over mutual TLS 1.3. Theirs includes the HTTP request by which Prometheus asks for the probe; ours has none.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../test/support/process.ts';
import type { Figure } from './figures.ts';
import { credentialOf, expectSuccess, type Material, probe, times, withServer } from './handshake.ts';
import { costOf, cpuMsOf } from './measure.ts';

const batch = 25;

export async function run([probes = '300']: readonly string[]): Promise<void> {
  const { ours, theirs } = await compared(Number(probes));
  const each = (ms: number) => `${ms.toFixed(2).padStart(7)} ms`;
  console.log(`${probes} probes of each over mutual TLS 1.3, RSA 2048, a new connection each; CPU time`);
  console.log(`blackbox_exporter ${each(theirs)}`);
  console.log(`handshake()       ${each(ours)}`);
}

/** Empty where it is not installed. */
export async function blackboxFigures(probes: number): Promise<Figure[]> {
  if (spawnSync('prometheus-blackbox-exporter', ['--version']).error) return [];
  const { ours: value, theirs: floor } = await compared(probes);
  return [
    { name: 'mTLS probe, CPU beside a peer', value, unit: 'ms', floor, against: 'blackbox_exporter', target: floor },
  ];
}

/** Processor time of one probe, milliseconds. */
function compared(probes: number): Promise<{ ours: number; theirs: number }> {
  return withServer(async (port, material) => {
    const credential = await credentialOf(material);
    const theirs = await startBlackbox(material);
    try {
      const ask = () => theirs.probe(`https://localhost:${port}/messageexchange/X26ABC1`);
      const own = async () => expectSuccess(await probe(port, credential));
      for (let warm = 0; warm < 2 * batch; warm += 1) {
        await ask();
        await own();
      }
      const cpuMs = { ours: 0, theirs: 0 };
      for (let done = 0; done < probes; done += batch) {
        cpuMs.ours += (await costOf(() => times(batch, own))).cpuMs;
        const before = theirs.cpuMs();
        await times(batch, ask);
        cpuMs.theirs += theirs.cpuMs() - before;
      }
      return { ours: cpuMs.ours / probes, theirs: cpuMs.theirs / probes };
    } finally {
      await theirs.stop();
    }
  });
}

async function startBlackbox({ ca, client }: Material) {
  const folder = await mkdtemp(join(tmpdir(), 'mesh-cert-monitor-blackbox-'));
  const file = async (name: string, content: string) => {
    await writeFile(join(folder, name), content, { mode: 0o600 });
    return join(folder, name);
  };
  const tls = {
    ca_file: await file('ca.pem', ca),
    cert_file: await file('client.pem', client.cert),
    key_file: await file('client.key', client.key),
  };
  const modules = { mesh: { prober: 'http', http: { method: 'POST', preferred_ip_protocol: 'ip4', tls_config: tls } } };
  const port = await freePort();
  // JSON is YAML.
  const args = [
    `--config.file=${await file('blackbox.yml', JSON.stringify({ modules }))}`,
    `--web.listen-address=127.0.0.1:${port}`,
  ];
  const child = spawn('prometheus-blackbox-exporter', args, { stdio: 'ignore' });
  const base = `http://127.0.0.1:${port}`;
  while (!(await fetch(base).catch(() => undefined))) await sleep(50);
  return {
    /** Of the whole process. */
    cpuMs: () => cpuMsOf(child),
    async probe(target: string) {
      const answer = await fetch(`${base}/probe?module=mesh&target=${encodeURIComponent(target)}`);
      if (!/^probe_success 1$/m.test(await answer.text())) throw new Error('blackbox_exporter did not succeed');
    },
    async stop() {
      child.kill();
      await rm(folder, { recursive: true });
    },
  };
}
