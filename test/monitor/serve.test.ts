import { type ChildProcess, spawn } from 'node:child_process';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type DiskEstate, diskEstate } from '../support/disk-estate.ts';
import { bareEnv } from '../support/process.ts';

/** The built program, as it is installed; the variable names another build. */
const main = process.env.MESH_CERT_MONITOR_MAIN ?? join(import.meta.dirname, '..', '..', 'dist', 'main.js');

let estate: DiskEstate;
let running: ChildProcess[] = [];
beforeAll(async () => {
  estate = await diskEstate(['alpha', 'beta']);
});
afterAll(() => estate.remove());
afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
  running = [];
});

interface Line {
  readonly level: string;
  readonly msg: string;
  readonly url?: string;
  readonly warning?: string;
}

function spawnServe(...nodeOptions: string[]) {
  const child = spawn(process.execPath, [...nodeOptions, main, 'serve', '--config', estate.config], {
    env: { ...bareEnv, ...estate.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  const [out, err] = [collect(child.stdout), collect(child.stderr)];
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  const lines = (): Line[] =>
    err
      .text()
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  return { child, out, err, ended, lines };
}

function collect(stream: NodeJS.ReadableStream | null) {
  let text = '';
  stream?.on('data', (chunk: Buffer) => {
    text += chunk;
  });
  return { text: () => text };
}
const slow = { timeout: 15_000, interval: 20 };

/** Up, with the first cycle and the first handshakes done. */
async function start() {
  const serve = spawnServe();
  await expect.poll(() => serve.lines().find(({ msg }) => msg === 'serving'), slow).toBeDefined();
  const url = serve.lines().find(({ msg }) => msg === 'serving')?.url ?? '';
  const get = (path: string) => fetch(`${url}${path}`);
  await expect.poll(async () => (await get('/health/ready')).status, slow).toBe(200);
  return { ...serve, url, get };
}

describe('serve', () => {
  test('shows the estate over HTTP; nothing on stdout, one JSON object a line on stderr', async () => {
    const { get, out, lines } = await start();
    expect(await (await get('/metrics')).text()).toContain('nhs_mesh_credential_valid{mesh_environment="alpha"} 1\n');
    await expect.poll(async () => (await get('/health')).status, slow).toBe(503); // nobody answers at MESH's address
    expect(out.text()).toBe('');
    expect(lines().map(({ msg }) => msg)).toContain('handshake fails');
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
    const { ended, err } = spawnServe();
    expect(await ended).toBe(3);
    expect(err.text()).toMatch(/ods_code/);
    expect(err.text()).toMatch(/contact/);
    expect(err.text()).not.toMatch(/\bat .*:\d+:\d+/);
    await estate.configure();
  });

  test('a port that is taken ends it with 3 and says so', async () => {
    const { url } = await start();
    await estate.configure({ top: { state_dir: 'another', http: { listen: new URL(url).host } } });
    const { ended, err } = spawnServe();
    expect(await ended).toBe(3);
    expect(err.text()).toMatch(/EADDRINUSE/);
    await estate.configure();
  });

  test('a state directory that another process holds ends it with 3 and says so', async () => {
    await start();
    const { ended, err } = spawnServe();
    expect(await ended).toBe(3);
    expect(err.text()).toContain(estate.stateDir);
  });
});

test('serve: what a library says on the console is a line of the log like any other', async () => {
  const late = 'setTimeout(() => console.warn("[Cron] Missed execution deadline by", 1, "ms"), 1000)';
  const { lines, child, ended } = spawnServe('--import', `data:text/javascript,${encodeURIComponent(late)}`);
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
  const { lines, child, ended } = spawnServe('--import', `data:text/javascript,${encodeURIComponent(early)}`);
  await expect.poll(() => lines().some(({ msg }) => msg === 'serving'), slow).toBe(true);
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
});
