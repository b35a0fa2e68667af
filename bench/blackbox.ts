// npm run bench -- blackbox [PROBES]: CPU time of one of our handshakes and of a probe by blackbox_exporter (Debian's prometheus-blackbox-exporter), in turns,
// with the same server over mutual TLS 1.3. Theirs includes the HTTP request by which Prometheus asks for the probe; ours has none.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { credentialOf, expectSuccess, type Material, probe, withServer } from './handshake.ts';

const batch = 25;

export async function run([probes = '300']: readonly string[]): Promise<void> {
  await withServer(async (port, material) => {
    const credential = await credentialOf(material);
    const theirs = await startBlackbox(material);
    try {
      const ask = () => theirs.probe(`https://localhost:${port}/messageexchange/X26ABC1`);
      for (let warm = 0; warm < 2 * batch; warm += 1) {
        await ask();
        expectSuccess(await probe(port, credential));
      }
      const cpuMs = { ours: 0, theirs: 0 };
      for (let done = 0; done < Number(probes); done += batch) {
        const before = { ours: process.cpuUsage(), theirs: theirs.cpuMs() };
        for (let count = 0; count < batch; count += 1) expectSuccess(await probe(port, credential));
        const { user, system } = process.cpuUsage(before.ours);
        cpuMs.ours += (user + system) / 1000;
        const theirsBefore = theirs.cpuMs();
        for (let count = 0; count < batch; count += 1) await ask();
        cpuMs.theirs += theirs.cpuMs() - theirsBefore;
      }
      const each = (ms: number) => `${(ms / Number(probes)).toFixed(2).padStart(7)} ms`;
      console.log(`${probes} probes of each over mutual TLS 1.3, RSA 2048, a new connection each; CPU time`);
      console.log(`blackbox_exporter ${each(cpuMs.theirs)}`);
      console.log(`handshake()       ${each(cpuMs.ours)}`);
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
    /** Of the whole process. A tick of the kernel's clock is 10 ms. */
    cpuMs() {
      const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      return (Number(fields[11]) + Number(fields[12])) * 10;
    },
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

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
