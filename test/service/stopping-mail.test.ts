import { readFile, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadConfiguration } from '../../src/config/load.ts';
import { createLog } from '../../src/monitor/log.ts';
import { openStore } from '../../src/renewal/store/store.ts';
import { startService } from '../../src/service/service.ts';
import type { Service } from '../../src/service/types.ts';
import { type DiskEstate, diskEstate } from '../support/disk-estate.ts';
import { startScriptedServer } from '../support/renewal/mail-server.ts';

let estate: DiskEstate;
let service: Service | undefined;
beforeEach(async () => {
  estate = await diskEstate(['alpha']);
});
afterEach(async () => {
  await service?.stop();
  service = undefined;
  await estate.remove();
});

/** Whose one certificate is in its window, with a clock that an earlier process has confirmed. */
async function startWithMailServer(port: number): Promise<Service> {
  const smtp = { host: '127.0.0.1', port, tls: 'none' };
  const file = JSON.parse(await readFile(estate.config, 'utf8'));
  file.email = { from: 'mesh-certificates@example.org', smtp };
  file.environments[0].renewal = { window: '3650d', mode: 'send' };
  await writeFile(estate.config, JSON.stringify(file));
  const before = openStore(estate.stateDir, { exclusive: true });
  before.noteClock({ seenAt: new Date() });
  before.close();
  service = await startService({
    load: () => loadConfiguration(estate.config),
    env: estate.env,
    now: () => new Date(),
    log: createLog(() => {}),
    build: { version: '1.2.3', nodeVersion: '24.0.0' },
  });
  return service;
}

test('a service that is told to stop while the mail server hangs ends within ten seconds, and knows that nothing was sent', async () => {
  const server = await startScriptedServer({ RCPT: { hang: true } });
  const running = await startWithMailServer(server.port);
  await expect.poll(() => server.seen, { timeout: 10_000 }).toContain('RCPT');
  const startedAt = performance.now();
  await running.stop();
  // Ten, and the rest for a machine that is busy.
  expect(performance.now() - startedAt).toBeLessThan(20_000);
  await server.close();
  const store = openStore(estate.stateDir, { exclusive: true });
  const [record] = store.list();
  store.close();
  expect([record?.state, record?.bodyBegunAt, server.seen.includes('end')]).toEqual(['due', undefined, false]);
});

test('a service that is told to stop while a reload reads and reads does not wait for it', async () => {
  let loads = 0;
  service = await startService({
    load: () => (loads++ === 0 ? loadConfiguration(estate.config) : new Promise(() => {})),
    env: estate.env,
    now: () => new Date(),
    log: createLog(() => {}),
    build: { version: '1.2.3', nodeVersion: '24.0.0' },
  });
  const reload = service.reload();
  expect(await service.stop()).toEqual([]);
  expect(await reload).toBe(false);
});
