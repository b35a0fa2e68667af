/** A thread for the tests of the pool: does as it is told. */
import { threadId } from 'node:worker_threads';
import { ResourceShortageError } from '../../../src/shortage/index.ts';
import { answer } from '../../../src/threads/index.ts';

answer(async (job) => {
  const { does, with: value } = job as { does: string; with?: unknown };
  if (does === 'echo') return value;
  if (does === 'say who') return threadId;
  if (does === 'note') {
    Atomics.add(value as Int32Array, 0, 1);
    Atomics.notify(value as Int32Array, 0);
    return undefined;
  }
  if (does === 'linger') return new Promise((resolve) => setTimeout(resolve, value as number));
  if (does === 'last until') return void (await Atomics.waitAsync(value as Int32Array, 0, 0).value);
  if (does === 'spin for') return spinFor(value as number);
  if (does === 'note and spin for') {
    const [noted, ms] = value as [Int32Array, number];
    Atomics.add(noted, 0, 1);
    return spinFor(ms);
  }
  if (does === 'spin') for (;;);
  if (does === 'backtrack') return /^(a+)+$/.test(`${'a'.repeat(40)}b`);
  if (does === 'wait') return new Promise(() => {});
  if (does === 'exit') process.exit(3);
  if (does === 'fill memory') {
    const all: unknown[] = [];
    for (;;) all.push(new Array(100_000).fill(all.length));
  }
  if (does === 'lack') throw new ResourceShortageError('reading a.pem: this process is short of resources (EMFILE).');
  if (does === 'read the environment') return { env: { ...process.env }, argv: process.argv.slice(2) };
  throw new TypeError('a bug');
});

function spinFor(ms: number): number {
  const until = performance.now() + ms;
  while (performance.now() < until);
  return ms;
}
