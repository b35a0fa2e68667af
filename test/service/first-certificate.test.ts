import { readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Service } from '../../src/service/types.ts';
import type { Health } from '../../src/web/health.ts';
import { type } from '../support/cli.ts';
import { type DiskEstate, diskEstate } from '../support/disk-estate.ts';
import { serviceOver } from '../support/service.ts';

let estate: DiskEstate;
let service: Service | undefined;
let aside: string;
const slow = { timeout: 15_000, interval: 20 };

beforeEach(async () => {
  estate = await diskEstate(['alpha']);
  aside = `${folder()}.aside`;
  await rename(folder(), aside);
});
afterEach(async () => {
  await service?.stop();
  service = undefined;
  await estate.remove();
});

const folder = () => dirname(estate.files.alpha!.certificate);

async function start(): Promise<void> {
  service = await serviceOver(estate, () => {});
  await expect.poll(async () => (await fetch(`${service?.url}/health/ready`)).status, slow).toBe(200);
}
const codes = () => service?.estate().environments[0]?.findings.map(({ code }) => code);
const get = (path: string) => fetch(`${service?.url}${path}`, { signal: AbortSignal.timeout(10_000) });

const awaited = async (code: string) => expect.poll(codes, slow).toEqual([code]);

test('first certificate: nothing asked is a warning, and a request makes the environment wait', async () => {
  await start();
  await awaited('nothing_deployed_yet');
  const before = await get('/health');
  expect([before.status, ((await before.json()) as Health).status]).toEqual([200, 'warn']);

  const words = ['request', '--config', estate.config, '--environment', 'alpha'];
  const asked = await type(words, { env: estate.env });
  expect(asked).toMatchObject({ code: 0, stderr: '' });
  expect(asked.stdout).toContain('the running service sends the request at its next check');
  await expect.poll(async () => readdir(join(estate.stateDir, 'outbox')).catch(() => []), slow).toHaveLength(1);
  await awaited('first_certificate_awaited');
  expect((await type(words, { env: estate.env })).code).toBe(1);

  const health = await get('/health');
  expect(health.status).toBe(200);
  const text = await health.text();
  expect(JSON.parse(text)).toMatchObject({ status: 'warn' });
  expect(text).not.toContain('fail');
  const metrics = await (await get('/metrics')).text();
  for (const line of [
    'nhs_mesh_finding{mesh_environment="alpha",code="first_certificate_awaited",severity="warning"} 1',
    'nhs_mesh_renewal_state{mesh_environment="alpha",state="requested"} 1',
    'nhs_mesh_credential_valid{mesh_environment="alpha"} 0',
    'nhs_mesh_handshake_failure{mesh_environment="alpha",reason="credential_unusable"} 0',
    'nhs_mesh_handshakes_total{mesh_environment="alpha",outcome="failure"} 0',
    'nhs_mesh_check_passed{mesh_environment="alpha",check="readable"} 0',
  ])
    expect(metrics.split('\n')).toContain(line);
  const page = await (await get('/environments/alpha')).text();
  expect(page).toContain('Waiting for the first certificate');
  expect(page).toMatch(/Next<\/strong><span>The desk has the request/);
  expect((await get('/renewals/alpha')).status).toBe(200);
  expect((await get('/renewals')).status).toBe(200);
  expect((await get('/calendar.ics')).status).toBe(200);
  const api = (await (await get('/api/v1/environments/alpha')).json()) as { renewal: object };
  expect(api.renewal).toMatchObject({ first: 'awaited', state: 'requested' });
});

test('first certificate: once deployed it is watched like any other, and one that vanishes is critical', async () => {
  await start();
  await awaited('nothing_deployed_yet');
  await rename(aside, folder());
  await expect.poll(codes, slow).toContain('handshake_failed');
  await expect.poll(() => service?.estate().environments[0]?.renewal.first, slow).toBeUndefined();
  await rm(folder(), { recursive: true });
  await expect.poll(codes, slow).toContain('certificate_unreadable');
  expect(codes()).not.toContain('nothing_deployed_yet');
  expect((await get('/health')).status).toBe(503);

  await service?.stop();
  await start();
  await expect.poll(codes, slow).toContain('certificate_unreadable');
});
