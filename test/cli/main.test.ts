import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bareEnv } from '../support/process.ts';
import { main } from '../support/service-process.ts';

const root = join(import.meta.dirname, '..', '..');

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The built program in a process of its own, its output in pipes. */
function start(args: readonly string[], env: Record<string, string> = {}, closeStdout = false): Promise<Ended> {
  const child = spawn(process.execPath, [main, ...args], {
    env: { ...bareEnv, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
  });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  if (closeStdout) child.stdout.destroy();
  else child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) =>
      resolve({ code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() }),
    );
  });
}

describe('the process', () => {
  test('--version is the version of the package', async () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect(await start(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  test.each(['20.20.2', '22.23.3'])('on Node.js %s it says which it needs, before anything else', async (version) => {
    const older = `data:text/javascript,Object.defineProperty(process, 'versions', { value: { node: '${version}' } })`;
    const { code, stdout, stderr } = await start(['check', '--config', 'x'], { NODE_OPTIONS: `--import="${older}"` });
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(
      new RegExp(`^error: mesh-cert-monitor needs Node.js 24 or later, and this is Node.js ${version} \\(/`),
    );
    expect(stderr).toContain('https://nodejs.org/');
  });

  test('its exit code is the command’s', async () => {
    expect(await start(['inspect'])).toEqual({
      code: 3,
      stdout: '',
      stderr:
        'error: nothing to inspect\nGive files or folders, at least one of --cert, --key, --ca-bundle and --keystore, or --connect.\n',
    });
  });

  test('a reader that leaves early is no fault (EPIPE)', async () => {
    expect(await start(['init'], {}, true)).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  test('a large result reaches a pipe whole', async () => {
    const { stdout } = await start(['init']);
    expect(stdout).toMatch(/\n$/);
    expect(stdout.length).toBeGreaterThan(1000);
  });

  test('a fault outside any command exits with 3: Node’s own 1 would read as WARNING', async () => {
    const later = 'data:text/javascript,setTimeout(() => { throw new Error(%27boom%27) }, 1500)';
    expect(await start(['--version'], { NODE_OPTIONS: `--import=${later.replaceAll(' ', '%20')}` })).toMatchObject({
      code: 3,
      stderr: 'error: unexpected: boom\nThis is a fault in mesh-cert-monitor; DEBUG=1 shows where it happened.\n',
    });
  });

  test.each([
    [{}, false],
    [{ FORCE_COLOR: '1' }, true],
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, true],
    [{ FORCE_COLOR: '0' }, false],
    [{ NO_COLOR: '1' }, false],
  ])('with %j in the environment, colour in a pipe: %j', async (env, coloured) => {
    const { code, stdout } = await start(['inspect', '--cert', root], env);
    expect(code).toBe(2);
    expect(stdout.includes('\u001b[')).toBe(coloured);
  });

  test('nothing but errors stands on stderr: no warning of Node’s', async () => {
    expect((await start(['check', '--config', join(root, 'no-such.yaml')])).stderr).toMatch(
      /^error: .*no such file.*\n$/,
    );
  });
});
