/** SIGTERM ends the service within ten seconds, whatever hangs. The rest of the time that a test allows is for a machine that is busy. */
import { appendFileSync, existsSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type DiskEstate, diskEstate } from '../support/disk-estate.ts';
import { type ServiceProcess, startServiceProcess, stopServiceProcess } from '../support/service-process.ts';

let estate: DiskEstate;
let service: ServiceProcess | undefined;
beforeEach(async () => {
  estate = await diskEstate(['alpha']);
});
afterEach(async () => {
  await stopServiceProcess(service);
  service = undefined;
  await estate.remove();
});

const slow = { timeout: 15_000, interval: 20 };

/** Seconds from SIGTERM to the end, and how it ended. */
async function end(running: ServiceProcess): Promise<{ seconds: number; code: number | string }> {
  const told = performance.now();
  running.child.kill('SIGTERM');
  const late = sleep(25_000, 'still running' as const, { ref: false });
  const code = await Promise.race([running.ended, late]);
  return { seconds: (performance.now() - told) / 1000, code };
}

const messages = () => service?.lines().map(({ msg }) => msg);

/**
 * From SIGUSR2 on nothing that is opened ever opens, and one thread of Node's pool is stuck for good: a network file system whose
 * server is gone.
 */
const hangingFileSystem = `
  import fs from 'node:fs';
  import promises from 'node:fs/promises';
  import { execFileSync } from 'node:child_process';
  import { syncBuiltinESMExports } from 'node:module';
  const fifo = process.env.HANGING_FIFO;
  execFileSync('mkfifo', [fifo]);
  const hang = () => {
    fs.open(fifo, 'r', () => {});
    promises.open = promises.readFile = () => new Promise(() => {});
    syncBuiltinESMExports();
    console.error('{"msg":"nothing opens any more"}');
  };
  process.on('SIGUSR2', hang);`;

/** From SIGUSR2 until the next it says more than anybody reads. The pipe holds 64 KiB. */
const chatty = `
  import { writeFileSync } from 'node:fs';
  let [timer, lines] = [undefined, 0];
  const say = () => {
    console.warn('x'.repeat(10_000));
    lines += 1;
    if (lines === 1_000) writeFileSync(process.env.TEN_MEGABYTES_SAID, '');
  };
  process.on('SIGUSR2', () => {
    timer = timer ? clearInterval(timer) : setInterval(say, 1);
  });`;

/** Nobody reads its log, of which more was written than fits. */
async function startChatty(): Promise<ServiceProcess> {
  const said = `${estate.directory}/said`;
  const env = { ...estate.env, TEN_MEGABYTES_SAID: said };
  service = await startServiceProcess(estate.config, { env, preload: chatty, readLog: false });
  service.child.kill('SIGUSR2');
  await expect.poll(() => existsSync(said), slow).toBe(true);
  return service;
}

const metricsOf = async (running: typeof service) => (await (await running?.get('/metrics'))?.text()) ?? '';

describe('SIGTERM', { timeout: 60_000 }, () => {
  test('while files hang: ends, says what did not, and does not pretend that all is well', async () => {
    service = await startServiceProcess(estate.config, {
      env: { ...estate.env, HANGING_FIFO: `${estate.directory}/fifo` },
      preload: hangingFileSystem,
    });
    await expect.poll(async () => (await service?.get('/health/ready'))?.status, slow).toBe(200);
    // The first handshake reads the same folder: one that hangs there would have each check refused, not hang.
    await expect.poll(messages, slow).toContain('handshake fails');
    service.child.kill('SIGUSR2');
    await expect.poll(messages, slow).toContain('nothing opens any more');
    // A check every second: it reads what has changed, and hangs by now. A long file is not read by the thread that reads many.
    for (const { certificate } of Object.values(estate.files)) appendFileSync(certificate, '\n'.repeat(65_536));
    const isChecking = async () => /queue_length\{queue="checks"\} [1-9]/.test(await metricsOf(service));
    await expect.poll(isChecking, slow).toBe(true);
    await sleep(1_000);
    expect(await isChecking()).toBe(true);
    const { seconds, code } = await end(service);
    expect(seconds).toBeLessThan(20);
    expect(['SIGKILL', 3]).toContain(code);
    expect(service.lines().at(-1)).toMatchObject({
      level: 'error',
      msg: 'stopped, though not everything has ended',
      running: ['checks'],
    });
  });

  test('while nobody reads the log, of which more was written than fits: ends, and well', async () => {
    const running = await startChatty();
    expect((await running.get('/health/live')).status).toBe(200);
    const { seconds, code } = await end(running);
    expect(seconds).toBeLessThan(20);
    expect(code).toBe(0);
  });

  test('while a client takes nothing of its answer: ends, and well', async () => {
    service = await startServiceProcess(estate.config, { env: estate.env });
    await expect.poll(async () => (await service?.get('/health/ready'))?.status, slow).toBe(200);
    const idler = connect(service.port, '127.0.0.1');
    idler.on('error', () => {});
    idler.pause();
    idler.write('GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(8));
    await sleep(500);
    const { seconds, code } = await end(service);
    expect(seconds).toBeLessThan(20);
    expect(code).toBe(0);
    idler.destroy();
  });
});

test('a log that nobody read for a while says how many lines were left out, and goes on', async () => {
  const running = await startChatty();
  running.child.kill('SIGUSR2');
  running.child.stderr?.resume();
  const leftOut = () => {
    // Each is a line, once there is room for one.
    running.child.kill('SIGHUP');
    return running.lines().find(({ msg }) => /left out/.test(msg));
  };
  await expect
    .poll(leftOut, { timeout: 15_000, interval: 500 })
    .toMatchObject({ level: 'warn', lines: expect.any(Number) });
  await expect.poll(messages, { timeout: 15_000 }).toContain('configuration loaded');
});
