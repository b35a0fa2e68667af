// npm run bench -- prometheus [ENVIRONMENTS] [SECONDS]: a real Prometheus scrapes the built service from its start, through the first cycle. Exits with 1 if a scrape
// fails. Default: 10,000 environments, every 15 seconds.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort, start, stop } from '../test/support/process.ts';
import { writeEstate } from './estate.ts';
import { residentMiBOf } from './measure.ts';
import { asInstalled, launch, main } from './service.ts';

const longestMs = 15 * 60_000;

export async function run([count = '10000', seconds = '15']: readonly string[]): Promise<void> {
  const estate = await writeEstate(Number(count));
  try {
    // A restart has no first cycle that it must wait for.
    for (const what of ['first start', 'restart']) await watched(what, estate.config, Number(seconds));
  } finally {
    estate.remove();
  }
}

async function watched(what: string, config: string, everySeconds: number): Promise<void> {
  const begun = performance.now();
  const service = await launch([...asInstalled.args, main, 'serve', '--config', config], asInstalled.variables);
  const prometheus = await startPrometheus(new URL(service.url).host, everySeconds);
  try {
    const isReady = async () => (await fetch(`${service.url}/health/ready`).catch(() => undefined))?.ok === true;
    while (!(await isReady())) {
      if (performance.now() - begun > longestMs) throw new Error('not ready within a quarter of an hour');
      await pause(250);
    }
    const readySeconds = (performance.now() - begun) / 1000;
    // At least one scrape afterwards. Prometheus takes its time to store so many samples beside a service that examines everything.
    await pause((everySeconds + 5) * 1000);
    let scrapes = await prometheus.ask('count_over_time(up[1h])');
    for (; !(scrapes >= 2); scrapes = await prometheus.ask('count_over_time(up[1h])')) {
      if (performance.now() - begun > longestMs) throw new Error('no two scrapes within a quarter of an hour');
      await pause(1_000);
    }
    const failed = scrapes - (await prometheus.ask('sum_over_time(up[1h])'));
    const longest = await prometheus.ask('max_over_time(scrape_duration_seconds[1h])');
    const samples = await prometheus.ask('max_over_time(scrape_samples_scraped[1h])');
    const loop = await prometheus.ask('max_over_time(nodejs_eventloop_lag_p99_seconds[1h])');
    console.log(
      `${what}: live after ${(service.liveMs / 1000).toFixed(1)} s, ready after ${readySeconds.toFixed(1)} s; ${scrapes} scrapes of up to ${samples} samples, ` +
        `${failed} failed, the longest took ${longest.toFixed(2)} s; event-loop delay p99 between two scrapes at most ${(loop * 1000).toFixed(0)} ms; ` +
        `${residentMiBOf(service.child).toFixed(0)} MiB`,
    );
    if (failed > 0) process.exitCode = 1;
  } finally {
    await prometheus.stop();
    await stop(service.child);
  }
}

async function startPrometheus(target: string, everySeconds: number) {
  const folder = mkdtempSync(join(tmpdir(), 'mesh-cert-monitor-prometheus-'));
  const job = {
    job_name: 'mesh',
    scrape_interval: `${everySeconds}s`,
    scrape_timeout: '10s',
    static_configs: [{ targets: [target] }],
  };
  // JSON is YAML.
  writeFileSync(join(folder, 'prometheus.yml'), JSON.stringify({ scrape_configs: [job] }));
  const port = await freePort();
  const program = start('prometheus', [
    `--config.file=${join(folder, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
  ]);
  return {
    async ask(query: string): Promise<number> {
      const answer = await fetch(`http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(query)}`);
      const { data } = (await answer.json()) as { data: { result: { value: [number, string] }[] } };
      return Number(data.result[0]?.value[1]);
    },
    async stop() {
      await program.stop();
      rmSync(folder, { recursive: true });
    },
  };
}
