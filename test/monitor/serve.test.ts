import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { type DiskEstate, diskEstate } from '../support/disk-estate.ts';
import { type SpawnedService, spawnServiceProcess, stopServiceProcess } from '../support/service-process.ts';

// Some start two services.
vi.setConfig({ testTimeout: 90_000 });

let estate: DiskEstate;
const running: SpawnedService[] = [];
beforeAll(async () => {
  estate = await diskEstate(['alpha', 'beta']);
});
afterAll(() => estate.remove());
afterEach(async () => {
  await Promise.all(running.splice(0).map(stopServiceProcess));
});

function spawnServe(preload?: string) {
  const service = spawnServiceProcess(estate.config, { env: estate.env, ...(preload ? { preload } : {}) });
  running.push(service);
  return service;
}
const slow = { timeout: 15_000, interval: 20 };

/** Up, with the first cycle and the first handshakes done. */
async function start() {
  const serve = spawnServe();
  await expect.poll(() => serve.lines().find(({ msg }) => msg === 'serving'), slow).toBeDefined();
  const url = String(serve.lines().find(({ msg }) => msg === 'serving')?.url);
  const get = (path: string) => fetch(`${url}${path}`);
  await expect.poll(async () => (await get('/health/ready')).status, slow).toBe(200);
  return { ...serve, url, get };
}

describe('serve', () => {
  test('shows the estate over HTTP; nothing on stdout, one JSON object a line on stderr', async () => {
    const { get, stdout, lines } = await start();
    expect(await (await get('/metrics')).text()).toContain('nhs_mesh_credential_valid{mesh_environment="alpha"} 1\n');
    await expect.poll(async () => (await get('/health')).status, slow).toBe(503); // nobody answers at MESH's address
    expect(stdout()).toBe('');
    // What is written to the log comes a moment later.
    await expect.poll(() => lines().map(({ msg }) => msg), slow).toContain('handshake fails');
  });

  test('SIGHUP reloads', async () => {
    const { child, get, lines } = await start();
    const loads = () => lines().filter(({ msg }) => msg === 'configuration loaded').length;
    child.kill('SIGHUP');
    await expect.poll(loads, slow).toBe(1);
    await estate.configure({ names: ['beta'] });
    child.kill('SIGHUP');
    await expect.poll(async () => (await get('/health/environments/alpha')).status, slow).toBe(404);
    await estate.configure();
  });

  test.each(['SIGTERM', 'SIGINT'] as const)(
    '%s ends it cleanly: exit code 0, although a client holds on',
    async (signal) => {
      const { child, ended, url, lines } = await start();
      const client = connect(Number(new URL(url).port), '127.0.0.1');
      client.on('error', () => {});
      await new Promise((resolve) => client.once('connect', resolve));
      client.write('GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n');
      await new Promise((resolve) => client.once('data', resolve));
      child.kill(signal);
      expect(await ended).toBe(0);
      expect(lines().at(-1)?.msg).toBe('stopped');
      client.destroy();
    },
  );

  test('SIGTERM during the first handshakes ends it cleanly too', async () => {
    const { child, ended, lines } = spawnServe();
    await expect.poll(() => lines().some(({ msg }) => msg === 'serving'), slow).toBe(true);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });

  test('a configuration that is wrong ends it with 3 and every problem', async () => {
    await estate.configure({ top: { ods_code: 7, contact: undefined } });
    const { ended, stderr } = spawnServe();
    expect(await ended).toBe(3);
    expect(stderr()).toMatch(/ods_code/);
    expect(stderr()).toMatch(/contact/);
    expect(stderr()).not.toMatch(/\bat .*:\d+:\d+/);
    await estate.configure();
  });

  test('a port that is taken ends it with 3 and says so', async () => {
    const { url } = await start();
    await estate.configure({ top: { state_dir: 'another', http: { listen: new URL(url).host } } });
    const { ended, stderr } = spawnServe();
    expect(await ended).toBe(3);
    expect(stderr()).toMatch(/EADDRINUSE/);
    await estate.configure();
  });

  test('a state directory that another process holds ends it with 3 and says so', async () => {
    await start();
    const { ended, stderr } = spawnServe();
    expect(await ended).toBe(3);
    expect(stderr()).toContain(estate.stateDir);
  });
});

test('serve: what a library says on the console is a line of the log like any other', async () => {
  const late = 'setTimeout(() => console.warn("[Cron] Missed execution deadline by", 1, "ms"), 1000)';
  const { lines, child, ended } = spawnServe(late);
  await expect
    .poll(() => lines().find(({ msg }) => msg === 'library')?.warning, slow)
    .toBe('[Cron] Missed execution deadline by 1 ms');
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
});

test('serve: SIGHUP while it starts does not end it', async () => {
  // The moment it minds SIGTERM, which is before it starts anything.
  const early = `const at = setInterval(() => {
    if (process.listenerCount('SIGTERM') === 0) return;
    clearInterval(at);
    process.kill(process.pid, 'SIGHUP');
  }, 1);`;
  const { lines, child, ended } = spawnServe(early);
  await expect.poll(() => lines().some(({ msg }) => msg === 'serving'), slow).toBe(true);
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
});
