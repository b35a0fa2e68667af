import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runAfterInstall } from '../../../src/renewal/issued/after-install.ts';

const folder = mkdtempSync(join(tmpdir(), 'mesh-cert-monitor-hook-'));
afterAll(() => rmSync(folder, { recursive: true }));
const node = (program: string, ...args: string[]) => [process.execPath, '--eval', program, ...args];
const env = { PATH: process.env.PATH };

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
  const mark = join(folder, 'mark');
  const child = `setTimeout(() => require('fs').writeFileSync(${JSON.stringify(mark)}, ''), 1500)`;
  const program = `require('child_process').spawn(process.execPath, ['--eval', ${JSON.stringify(child)}]); setTimeout(() => {}, 60000)`;
  const startedAt = performance.now();
  const result = await runAfterInstall(node(program), env, { withinMs: 800 });
  expect(result).toMatchObject({ succeeded: false, end: 'was ended, because it took longer than 0.8 seconds' });
  expect(performance.now() - startedAt).toBeLessThan(5000);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect(existsSync(mark)).toBe(false);
});

test('a command that prints without end is shown cut, and goes on', async () => {
  const program = "process.stdout.write('x'.repeat(100000), () => process.exit(0))";
  const result = await runAfterInstall(node(program), env, { mostBytes: 1000 });
  expect(result.succeeded).toBe(true);
  expect(result.output).toBe(`${'x'.repeat(1000)}\n… and 99000 more bytes`);
});

test('what it leaves running in the background is not waited for', async () => {
  const program =
    "require('child_process').spawn(process.execPath, ['--eval', 'setTimeout(() => {}, 4000)'], { stdio: 'inherit', detached: true }).unref()";
  const startedAt = performance.now();
  expect((await runAfterInstall(node(program), env)).succeeded).toBe(true);
  expect(performance.now() - startedAt).toBeLessThan(3500);
});
