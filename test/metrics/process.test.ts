/** What the process reports about itself, beside what it monitors. */
import { spawnSync } from 'node:child_process';
import { describe, expect, test, vi } from 'vitest';
import { Exposition } from '../../src/metrics/exposition.ts';
import type { ExpositionFormat } from '../../src/metrics/format.ts';
import { ProcessMetrics, processMetricNames } from '../../src/metrics/process.ts';
import { openMetricsProblems } from '../support/exposition.ts';
import { environmentStatus, estateOf } from '../support/status.ts';

const build = { version: '1.2.3', nodeVersion: '24.0.0' };
const process = new ProcessMetrics();
const work = () => ({ queues: { checks: 3, handshakes: 2, renewals: 1 }, cycleSeconds: 1.5 });

async function text(format: ExpositionFormat, estate = estateOf([environmentStatus()])): Promise<string> {
  let all = '';
  for await (const piece of new Exposition(build, { work, process }).text(estate, format)) all += piece;
  return all;
}

describe('the process’s own metrics', () => {
  test.each(processMetricNames)('%s has a value', async (name) => {
    const pattern = new RegExp(`^${name}(_count)?(\\{[^}]*\\})? \\d`, 'm');
    if (name === 'nodejs_gc_duration_seconds') expect(await text('prometheus')).toContain(`# TYPE ${name} histogram`);
    else expect(await text('prometheus')).toMatch(pattern);
  });

  test('are observed, and not only named', async () => {
    // The first delay after a scrape has nothing to be measured from.
    await new Promise((resolve) => setTimeout(resolve, 100));
    const until = performance.now() + 100;
    while (performance.now() < until);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const all = await text('prometheus');
    const value = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(all)?.[1]);
    expect(value('process_cpu_seconds_total')).toBeGreaterThan(0);
    expect(value('nodejs_eventloop_lag_max_seconds')).toBeGreaterThan(0.05);
    expect(value('nodejs_eventloop_lag_p99_seconds')).toBeGreaterThan(0);
    expect(value('process_resident_memory_bytes')).toBeGreaterThan(1e7);
  });

  test('are read once for each scrape', async () => {
    const cpuUsage = vi.spyOn(globalThis.process, 'cpuUsage');
    await new ProcessMetrics().text('prometheus', undefined);
    expect(cpuUsage.mock.calls.length).toBe(2);
    cpuUsage.mockRestore();
  });

  test('come last, before the end that OpenMetrics demands, and break nothing of it', async () => {
    const all = await text('openmetrics');
    const problems = openMetricsProblems(all).filter((each) => !/nodejs_gc_duration_seconds_/.test(each));
    expect(problems).toEqual([]);
  });

  test('carry the name of the estate, like every other series', async () => {
    const named = await text('prometheus', estateOf([environmentStatus()], { name: 'north' }));
    const without = named
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#') && !line.includes('mesh_estate="north"'));
    expect(without).toEqual([]);
    expect(await text('prometheus')).not.toContain('mesh_estate');
  });

  test('queues and the last cycle are as the monitor says', async () => {
    const all = await text('prometheus');
    expect(all).toContain('mesh_cert_monitor_queue_length{queue="checks"} 3\n');
    expect(all).toContain('mesh_cert_monitor_queue_length{queue="renewals"} 1\n');
    expect(all).toContain('mesh_cert_monitor_cycle_duration_seconds 1.5\n');
  });

  test('promtool has nothing to say about them', async () => {
    const { status, stdout, stderr, error } = spawnSync('promtool', ['check', 'metrics'], {
      input: await text('prometheus'),
    });
    if (error) return;
    expect({ status, said: `${stdout}${stderr}` }).toEqual({ status: 0, said: '' });
  });
});
