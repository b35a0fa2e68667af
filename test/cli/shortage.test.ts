/** A `check` in a process that has no file descriptor left: it could not look, and says nothing of any certificate. */
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkReportSchema } from '../../src/report/schema.ts';
import { block } from '../support/block.ts';
import { type } from '../support/cli.ts';
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

describe('a handshake for which this process had too little processor time', () => {
  // Once it is greeted, it says nothing, and keeps this process from doing anything until the deadline has passed.
  const blocking = createServer((socket) => {
    let again: NodeJS.Timeout | undefined;
    socket
      .on('error', () => {})
      .on('data', () => {
        again = setInterval(() => block(900), 20);
      })
      .on('close', () => clearInterval(again));
  });
  let short: DiskEstate;
  beforeAll(async () => {
    short = await diskEstate(['alpha', 'beta']);
    await new Promise<void>((resolve) => blocking.listen(0, '127.0.0.1', resolve));
    const document = JSON.parse(readFileSync(short.config, 'utf8'));
    document.environments[0].mesh.url = `https://127.0.0.1:${(blocking.address() as AddressInfo).port}`;
    document.environments[0].mesh.timeouts = { connect: '1s', tls: '1s', request: '1s' };
    writeFileSync(short.config, JSON.stringify(document));
  });
  afterAll(async () => {
    blocking.close();
    await short.remove();
  });
  const check = (...words: string[]) => type(['check', '--config', short.config, ...words], { env: short.env });
  const why = 'this process itself was blocked for';

  test('says that one environment was not judged, and everything about the others', async () => {
    const { code, stdout } = await check();
    expect(stdout).toMatch(/^CRITICAL {2}beta: /);
    expect(stdout).toContain('UNKNOWN  alpha: not judged, because this process could not look\n');
    expect(stdout).toContain(why);
    expect(stdout).toMatch(/\n2 environments: 1 critical, 1 not judged\n$/);
    expect(code).toBe(2);
  });

  test('names it in JSON and for monitoring plugins, whose exit code is 3 unless something else is critical', async () => {
    const { stdout } = await check('--format', 'json');
    const { environments, notJudged } = checkReportSchema.parse(JSON.parse(stdout));
    expect(environments.map(({ name }) => name)).toEqual(['beta']);
    expect(notJudged).toEqual([{ name: 'alpha', why: expect.stringContaining(why) }]);
    const plugin = await check('--format', 'nagios');
    expect(plugin.stdout).toMatch(/^CRITICAL - beta .*; alpha not judged: /);
  });

  test('of the only environment is an error, and no verdict', async () => {
    const { code, stdout, stderr } = await check('--environment', 'alpha');
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toContain(why);
  });
});
