/** A `check` in a process that has no file descriptor left: it could not look, and says nothing of any certificate. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DiskEstate, diskEstate } from '../support/disk-estate.ts';
import { limitedNode } from '../support/exhaust.ts';

let estate: DiskEstate;
beforeAll(async () => {
  estate = await diskEstate(['alpha']);
});
afterAll(() => estate.remove());

const root = join(import.meta.dirname, '..', '..');

/** Takes the last descriptor at the moment that `step` names, in a process of its own; everything is loaded by then. */
function checkExhausted(step: 'before it begins' | 'after the configuration', format: string) {
  const script = `
    import { exhaustDescriptors } from '${root}/test/support/exhaust.ts';
    import { runProgram } from '${root}/src/cli/run.ts';
    const io = { env: process.env, colour: false, columns: 100, stdout: (text) => process.stdout.write(text) };
    const args = (environment) => ['check', '--config', ${JSON.stringify(estate.config)}, '--environment', environment,
      '--offline', '--format', ${JSON.stringify(format)}];
    // Loads every module; the environment does not exist.
    await runProgram(args('none'), { ...io, stdout: () => {}, stderr: () => {}, now: () => new Date() }, '0');
    let asked = 0;
    if (${step === 'before it begins'}) exhaustDescriptors();
    const now = () => {
      // The first thing after the configuration is to ask for the time.
      if (${step === 'after the configuration'} && asked++ === 0) exhaustDescriptors();
      return new Date();
    };
    process.exitCode = await runProgram(args('alpha'), { ...io, stderr: (text) => process.stderr.write(text), now }, '0');`;
  const [command, args] = limitedNode(64, ['--input-type=module', '--eval', script]);
  return new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) => {
    execFile(command, args, { cwd: root, env: { ...process.env, ...estate.env } }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
  });
}

test('without descriptors for a certificate’s files: exit code 3 and a sentence, and no verdict', async () => {
  const { code, stdout, stderr } = await checkExhausted('after the configuration', 'text');
  expect(stderr).toMatch(/^error: reading .+: this process is short of resources \(EMFILE\)\. Raise the limit/);
  expect(stderr).not.toMatch(/unexpected|fault in/);
  expect(stdout).toBe('');
  expect(code).toBe(3);
});

test('a monitoring system is told that nothing is known', async () => {
  const { code, stdout } = await checkExhausted('after the configuration', 'nagios');
  expect(stdout).toMatch(/^UNKNOWN - reading .+EMFILE/);
  expect(code).toBe(3);
});

test('without descriptors for the configuration: exit code 3 and the same sentence', async () => {
  const { code, stderr } = await checkExhausted('before it begins', 'text');
  expect(stderr).toMatch(/^error: reading .+mesh-cert-monitor\.yaml: this process is short of resources \(EMFILE\)\./);
  expect(code).toBe(3);
});
