/** However many environments there are, the service answers that it is alive before it knows them. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { loadConfiguration } from '../../src/config/load.ts';
import { createLog } from '../../src/monitor/log.ts';
import { startService } from '../../src/service/service.ts';
import type { Service } from '../../src/service/types.ts';
import { say } from '../../src/text/index.ts';
import { createApp } from '../../src/web/app.ts';
import { listen, type WebServer } from '../../src/web/server.ts';
import { type DiskEstate, diskEstate } from '../support/disk-estate.ts';
import { freePort } from '../support/process.ts';
import { environmentStatus, estateOf } from '../support/status.ts';

let estate: DiskEstate | undefined;
let service: Service | undefined;
let server: WebServer | undefined;
afterEach(async () => {
  await Promise.all([service?.stop(), server?.close(0)]);
  await estate?.remove();
  estate = service = server = undefined;
});

const build = { version: '1.2.3', nodeVersion: '24.0.0' };

test('it listens before it looks at the environments', async () => {
  const port = await freePort();
  estate = await diskEstate(['alpha'], { http: { listen: `127.0.0.1:${port}` } });
  const { config, env } = estate;
  let isTaken: Promise<unknown> | undefined;
  service = await startService({
    load: () => loadConfiguration(config),
    env,
    now: () => new Date(),
    log: createLog(() => {}),
    build,
    // The first that is asked for when the environments are to be watched.
    actions: () => {
      isTaken = once(createServer().listen(port, '127.0.0.1'), 'error');
      return {
        examine: async () => undefined,
        handshake: () => new Promise(() => {}),
        renew: async () => ({ status: { state: 'not_due', reason: say`a test` }, findings: [], emailed: [] }),
      };
    },
  });
  expect(await isTaken).toMatchObject([{ code: 'EADDRINUSE' }]);
});

async function serve(begun: Promise<void>): Promise<string> {
  const known = estateOf([environmentStatus({ name: 'alpha' })]);
  let isKnown = false;
  void begun.then(
    () => {
      isKnown = true;
    },
    () => {},
  );
  const app = createApp({
    estate: () => (isKnown ? known : { ...known, environments: [], ready: false }),
    begun,
    build,
    now: () => new Date(),
    report: () => {},
  });
  server = await listen(app, { host: '127.0.0.1', port: 0 });
  return server.url;
}

test('until it knows them it is alive but not ready, and whoever asks about them waits', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const url = await serve(promise);
  const health = fetch(`${url}/health/environments/alpha`);
  const metrics = fetch(`${url}/metrics`).then((response) => response.text());
  expect((await fetch(`${url}/health/live`)).status).toBe(200);
  expect((await fetch(`${url}/health/ready`)).status).toBe(503);
  resolve();
  expect((await health).status).toBe(200);
  expect(await metrics).toContain('mesh_environment="alpha"');
});

test('if it is stopped before, they are told so', async () => {
  const { promise, reject } = Promise.withResolvers<void>();
  const url = await serve(promise);
  const asked = fetch(`${url}/metrics`);
  expect((await fetch(`${url}/health/live`)).status).toBe(200);
  reject(new Error('stopped'));
  const answer = await asked;
  expect([answer.status, await answer.json()]).toMatchObject([503, { detail: 'The service is stopping.' }]);
});
