/** V8 ignores an option that it does not know, so what the options of `serve` do is tried: when a function is optimised, in calls. */
import { execFileSync, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { memoryFlags, optimisedAfter } from '../../src/cli/memory-flags.ts';
import { type DiskEstate, diskEstate } from '../support/disk-estate.ts';
import { bareEnv } from '../support/process.ts';
import { main } from '../support/service-process.ts';

let estate: DiskEstate;
beforeAll(async () => {
  estate = await diskEstate(['alpha']);
});
afterAll(() => estate.remove());

const flags = resolve('src/cli/memory-flags.ts');

const tried = `
  function work(number) { return number % 7 + 1; }
  const isOptimised = 16;
  let calls = 0;
  [30_000, 3_000_000].filter((most) => {
    for (; calls < most; calls += 1) work(calls);
    work(calls);
    return (%GetOptimizationStatus(work) & isOptimised) !== 0;
  });
`;
const trying = `require('node:vm').runInThisContext(${JSON.stringify(`(() => {${tried.replace('[30', 'return [30')}})()`)})`;

function printedBy(program: string, ...options: string[]): unknown {
  // Optimised at once, not in another thread a moment later.
  const args = ['--allow-natives-syntax', '--no-concurrent-recompilation', ...options, '--eval', program];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8', env: bareEnv }));
}

/** @returns after which numbers of calls a function was optimised, in the main thread and in another. */
function optimised(first: string): unknown {
  const inThread = `require('node:worker_threads').parentPort.postMessage(${trying})`;
  return printedBy(`${first}
    const { Worker } = require('node:worker_threads');
    const main = ${trying};
    new Worker(${JSON.stringify(inThread)}, { eval: true })
      .on('message', (thread) => console.log(JSON.stringify({ main, thread })));`);
}

const saving = (environments: number) => `require(${JSON.stringify(flags)}).saveMemory(${environments});`;

test('with few environments only what is called very often is optimised, in every thread', () => {
  expect(optimised(saving(1_000))).toEqual({ main: [3_000_000], thread: [3_000_000] });
});

test('with many, or when there have become many, V8 optimises as it always does', () => {
  const always = { main: [30_000, 3_000_000], thread: [30_000, 3_000_000] };
  expect(optimised('')).toEqual(always);
  expect(optimised(`${saving(10)} ${saving(1_001)}`)).toEqual(always);
});

test('what loads modules is not optimised at all, and afterwards what is called very often is', () => {
  const loading = (...options: string[]) =>
    printedBy(
      `require(${JSON.stringify(flags)}).loadLean(() => ${trying}, '/no/such/file')
        .then((within) => console.log(JSON.stringify({ within, after: ${trying} })));`,
      ...options,
    );
  expect(loading()).toEqual({ within: [], after: [3_000_000] });
  // Who has chosen himself has the last word.
  expect(loading('--no-opt')).toMatchObject({ within: [3_000_000] });
});

test('the usual numbers are those of this Node.js', () => {
  const options = execFileSync(process.execPath, ['--v8-options'], { encoding: 'utf8' });
  for (const [name, count] of Object.entries(optimisedAfter)) expect(options).toContain(`--${name}=${count}\n`);
  expect(memoryFlags(1_001)).toEqual([
    '--heap-growing-percent=30',
    ...Object.entries(optimisedAfter).map(([name, count]) => `--${name}=${count}`),
  ]);
});

test('a small estate is served with hardly anything optimised', async () => {
  const args = ['--trace-opt', main, 'serve', '--config', estate.config];
  const child = spawn(process.execPath, args, {
    env: { ...bareEnv, ...estate.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let traced = '';
  child.stdout.on('data', (chunk) => {
    traced += chunk;
  });
  child.stderr.on('data', (chunk) => {
    if (/"serving"/.test(`${chunk}`)) child.kill();
  });
  await new Promise((done) => child.once('close', done));
  expect(traced).not.toContain('TURBOFAN');
  // Without the options, more than sixty.
  expect(traced.match(/completed compiling/g)?.length ?? 0).toBeLessThan(25);
});
