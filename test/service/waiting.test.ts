/** `serve --wait`: a rolling deployment starts the new process before it stops the old one. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type DiskEstate, diskEstate } from '../support/disk-estate.ts';
import {
  type SpawnedService,
  spawnServiceProcess,
  startServiceProcess,
  stopServiceProcess,
} from '../support/service-process.ts';

// Two services are started, and one of them waited for.
vi.setConfig({ testTimeout: 90_000 });

let estate: DiskEstate;
const services: SpawnedService[] = [];
beforeEach(async () => {
  estate = await diskEstate(['alpha']);
  services.push(await startServiceProcess(estate.config, { env: estate.env }));
});
afterEach(async () => {
  await Promise.all(services.splice(0).map(stopServiceProcess));
  await estate.remove();
});

const slow = { timeout: 20_000, interval: 20 };
const messages = (service: SpawnedService) => service.lines().map(({ msg }) => msg);

function second(...args: string[]): SpawnedService {
  const service = spawnServiceProcess(estate.config, { env: estate.env, args });
  services.push(service);
  return service;
}

test('the second one waits, says so once, and takes over when the first has ended', async () => {
  const next = second('--wait');
  await expect.poll(() => messages(next), slow).toContain('waiting for the other process to end');
  services[0]!.child.kill('SIGTERM');
  expect(await services[0]!.ended).toBe(0);
  await expect.poll(() => messages(next), slow).toContain('serving');
  expect(messages(next).filter((each) => each.startsWith('waiting'))).toHaveLength(1);
});

test('SIGTERM ends one that waits', async () => {
  const next = second('--wait', '1h');
  await expect.poll(() => messages(next), slow).toContain('waiting for the other process to end');
  next.child.kill('SIGTERM');
  expect(await next.ended).toBe(0);
});

test.each([[], ['--wait', '1s']])('with %j it gives up, and says why', async (...args) => {
  const next = second(...args);
  expect(await next.ended).toBe(3);
  expect(next.stderr()).toContain('another mesh-cert-monitor is running on this state directory');
});
