import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const main = join(root, 'src', 'main.ts');

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The real program in a process of its own, its output in pipes. */
function start(args: readonly string[], env: Record<string, string> = {}, closeStdout = false): Promise<Ended> {
  const child = spawn(process.execPath, [main, ...args], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 20_000,
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

  test('its exit code is the command’s', async () => {
    expect(await start(['inspect'])).toEqual({
      code: 3,
      stdout: '',
      stderr: 'error: nothing to inspect\nGive at least one of --cert, --key, --ca-bundle and --keystore.\n',
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

  test('nothing but errors stands on stderr: no warning of Node’s', async () => {
    expect((await start(['check', '--config', join(root, 'no-such.yaml')])).stderr).toMatch(
      /^error: .*no such file.*\n$/,
    );
  });
});
