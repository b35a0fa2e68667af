/** A network file system whose server is gone takes every thread of Node's pool. What is asked over HTTP does not need any. */
import { execFileSync } from 'node:child_process';
import { get } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type DiskEstate, diskEstate } from '../support/disk-estate.ts';
import { type ServiceProcess, startServiceProcess, stopServiceProcess } from '../support/service-process.ts';

const names = Array.from({ length: 30 }, (_, index) => `environment-${index}`);
let estate: DiskEstate;
let service: ServiceProcess;

const sticking = `
  import fs from 'node:fs';
  process.on('SIGUSR2', () => {
    for (let thread = 0; thread < 4; thread += 1) fs.open(process.env.STUCK_FIFO, 'r', () => {});
    // It is in the queue of the pool behind them.
    fs.stat('/', () => console.error('{"msg":"the pool is free"}'));
    console.error('{"msg":"the pool is stuck"}');
  });`;

beforeAll(async () => {
  estate = await diskEstate(names);
  const fifo = `${estate.directory}/fifo`;
  execFileSync('mkfifo', [fifo]);
  service = await startServiceProcess(estate.config, { env: { ...estate.env, STUCK_FIFO: fifo }, preload: sticking });
  const slow = { timeout: 15_000, interval: 20 };
  await vi.waitFor(async () => expect((await service.get('/health/ready')).status).toBe(200), slow);
  service.child.kill('SIGUSR2');
  await vi.waitFor(() => expect(service.lines().map(({ msg }) => msg)).toContain('the pool is stuck'), slow);
});
afterAll(async () => {
  await stopServiceProcess(service);
  await estate.remove();
});

test.each(['/', '/health', '/api/v1/environments', '/metrics', '/environments/environment-1'])(
  '%s is answered compressed while every thread of the pool is stuck',
  async (path) => {
    const text = await compressed(`${service.url}${path}`);
    expect(text).toContain('environment-1');
    expect(service.lines().map(({ msg }) => msg)).not.toContain('the pool is free');
  },
);

/** Not `fetch`, which does not say whether it was compressed. */
function compressed(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = get(url, { headers: { 'accept-encoding': 'gzip' }, timeout: 20_000 }, async (response) => {
      const { 'content-encoding': encoding } = response.headers;
      const body = Buffer.concat(await response.toArray());
      if (encoding === 'gzip') resolve(gunzipSync(body).toString());
      else reject(new Error(`not compressed: ${body}`));
    });
    asked.on('timeout', () => asked.destroy(new Error('no answer'))).on('error', reject);
  });
}
