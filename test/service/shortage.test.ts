/** A running service that has no file descriptor left: what it knows of the certificates stays as it is. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DiskEstate, diskEstate } from '../support/disk-estate.ts';
import { startServiceProcess, stopServiceProcess } from '../support/service-process.ts';

let estate: DiskEstate;
beforeAll(async () => {
  estate = await diskEstate(['alpha', 'beta']);
});
afterAll(() => estate.remove());

/** SIGUSR2 takes every descriptor that is left, and each that comes free after it; the next SIGUSR2 gives them back. */
const preload = `
  import { closeSync, openSync } from 'node:fs';
  const held = [];
  let timer;
  const take = () => {
    try { for (;;) held.push(openSync('/dev/null', 'r')); } catch {}
  };
  process.on('SIGUSR2', () => {
    if (timer) {
      clearInterval(timer);
      timer = undefined;
      return held.splice(0).forEach((each) => closeSync(each));
    }
    take();
    timer = setInterval(take, 10);
  });`;

test('without descriptors no certificate becomes unreadable, the log says it once, and all goes on afterwards', async () => {
  const service = await startServiceProcess(estate.config, { env: estate.env, preload, descriptors: 128 });
  const slow = { timeout: 15_000, interval: 50 };
  // Whichever meets the shortage first, a check or a handshake.
  const cutOff = () => service.lines().filter(({ msg }) => msg.endsWith('did not end; the last known state stays'));
  const lastRun = async () =>
    Number(
      /check_last_run_timestamp_seconds\{mesh_environment="alpha"\} (\S+)/.exec(
        await (await service.get('/metrics')).text(),
      )?.[1],
    );
  try {
    await expect.poll(async () => (await service.get('/health/ready')).status, slow).toBe(200);
    const before = await lastRun();
    service.child.kill('SIGUSR2');
    await expect.poll(cutOff, slow).toHaveLength(1);
    // Several rounds: they come every second.
    await sleep(3_000);
    expect(cutOff()).toEqual([expect.objectContaining({ level: 'error', error: expect.stringContaining('EMFILE') })]);
    service.child.kill('SIGUSR2');
    await expect.poll(lastRun, slow).toBeGreaterThan(before);
    const text = await (await service.get('/metrics')).text();
    for (const name of ['alpha', 'beta']) {
      expect(text).toContain(`nhs_mesh_credential_valid{mesh_environment="${name}"} 1\n`);
      expect(text).toContain(`nhs_mesh_check_passed{mesh_environment="${name}",check="readable"} 1\n`);
    }
    const codes = service.lines().map(({ code }) => code);
    expect(codes).not.toContain('certificate_unreadable');
    expect(service.lines().filter(({ msg }) => /configuration (loaded|refused|not)/.test(msg))).toEqual([]);
  } finally {
    await stopServiceProcess(service);
  }
});
