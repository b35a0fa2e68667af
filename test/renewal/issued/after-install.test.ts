import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { runAfterInstall } from '../../../src/renewal/issued/after-install.ts';

const folder = mkdtempSync(join(tmpdir(), 'mesh-cert-monitor-hook-'));
afterAll(() => rmSync(folder, { recursive: true }));
const node = (program: string, ...args: string[]) => [process.execPath, '--eval', program, ...args];
const env = { PATH: process.env.PATH };

/** Whoever a command has started calls here, and lives until we hang up: so both sides see the end of the other. */
const server = createServer();
beforeAll(() => once(server.listen(0, '127.0.0.1'), 'listening'));
afterEach(() => {
  vi.useRealTimers();
  for (const socket of sockets.splice(0)) socket.destroy();
});
afterAll(() => server.close());
const sockets: Socket[] = [];
const spawned = (options: object = {}, before = '') => {
  const { port } = server.address() as AddressInfo;
  const calls = `${before}require('net').connect(${port}, '127.0.0.1').resume().on('close', () => process.exit())`;
  return `require('child_process').spawn(process.execPath, ['--eval', ${JSON.stringify(calls)}], ${JSON.stringify(options)})`;
};
async function called() {
  const [socket] = (await once(server, 'connection')) as [Socket];
  sockets.push(socket.on('error', () => {}).resume());
  return { isRunning: () => !socket.closed, ended: once(socket, 'close') };
}
function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test('what it prints on both streams, and how it ended', async () => {
  const result = await runAfterInstall(node("console.log('one'); console.error('two'); process.exitCode = 3"), env);
  expect(result).toMatchObject({ succeeded: false, end: 'ended with code 3' });
  expect(result.output.split('\n').sort()).toEqual(['one', 'two']);
  expect(await runAfterInstall(node(''), env)).toMatchObject({ succeeded: true, end: 'ended with code 0', output: '' });
});

test('no shell: what a shell would read is one argument', async () => {
  const trap = join(folder, 'trap');
  const result = await runAfterInstall(node('console.log(process.argv[1])', `; touch ${trap}`), env);
  expect(result.output).toBe(`; touch ${trap}`);
  expect(existsSync(trap)).toBe(false);
});

test('nothing that it prints reaches a terminal as it is', async () => {
  const result = await runAfterInstall(node("console.log('\\u001b[2J\\u202e')"), env);
  expect(result.output).toBe('\\u{1b}[2J\\u{202e}');
});

test('a command that is not there is a result', async () => {
  expect(await runAfterInstall(['/nowhere/command'], env)).toMatchObject({
    succeeded: false,
    end: 'could not be started (ENOENT)',
  });
});

test('it gets so much time and no more, with whatever it has started', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const kill = vi.spyOn(process, 'kill');
  const waits = `${spawned()}; setInterval(() => {}, 1000)`;
  const result = runAfterInstall(node(waits), env, { withinMs: 800 });
  const started = await called();
  vi.advanceTimersByTime(799);
  expect(kill).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(await result).toMatchObject({
    succeeded: false,
    end: 'was ended, because it took longer than 0.8 seconds',
  });
  await started.ended;
});

test('whatever it has started ends with it, also where the polite signal is not heard', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const waits = `${spawned({}, "process.on('SIGTERM', () => {});")}; setInterval(() => {}, 1000)`;
  const result = runAfterInstall(node(waits), env, { withinMs: 800 });
  const started = await called();
  vi.advanceTimersByTime(800);
  expect(await result).toMatchObject({ succeeded: false });
  await started.ended;
});

test('a command that prints without end is shown cut, and goes on', async () => {
  const program = "process.stdout.write('x'.repeat(100000), () => process.exit(0))";
  const result = await runAfterInstall(node(program), env, { mostBytes: 1000 });
  expect(result.succeeded).toBe(true);
  expect(result.output).toBe(`${'x'.repeat(1000)}\n… and 99000 more bytes`);
});

test('what it leaves running in the background is not waited for', async () => {
  const leaves = `${spawned({ stdio: 'inherit', detached: true })}.unref()`;
  const result = runAfterInstall(node(leaves), env);
  const left = await called();
  expect((await result).succeeded).toBe(true);
  expect(left.isRunning()).toBe(true);
});

test('one that has ended in time is not ended for what it has left running', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const pid = join(folder, 'pid');
  const says = `require('fs').writeFileSync(${JSON.stringify(pid)}, String(process.pid))`;
  const leaves = `${says}; ${spawned({ stdio: 'inherit' })}.unref()`;
  const result = runAfterInstall(node(leaves), env, { withinMs: 400 });
  const left = await called();
  await expect.poll(() => isThere(Number(readFileSync(pid)))).toBe(false);
  const kill = vi.spyOn(process, 'kill');
  // Its last words are awaited beyond the end of its time.
  vi.advanceTimersByTime(500);
  expect(await result).toMatchObject({ succeeded: true, end: 'ended with code 0' });
  expect(kill).not.toHaveBeenCalled();
  expect(left.isRunning()).toBe(true);
});
