import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { ResourceShortageError } from '../../src/shortage/index.ts';
import { ThreadDeadlineError, ThreadPool } from '../../src/threads/index.ts';

const module = new URL('../support/threads/worker.ts', import.meta.url);
const pools: ThreadPool[] = [];
const poolOf = (size: number, deadlineMs = 60_000) => {
  const pool = new ThreadPool(module, { size, deadlineMs });
  pools.push(pool);
  return pool;
};
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.stop()));
});

test('jobs are answered, more at a time than there are threads, by no more threads than that', async () => {
  const pool = poolOf(2);
  const values = Array.from({ length: 20 }, (_, index) => index);
  expect(await Promise.all(values.map((value) => pool.run({ does: 'echo', with: value })))).toEqual(values);
  const who = await Promise.all(values.map(() => pool.run({ does: 'say who' })));
  expect(new Set(who).size).toBeLessThanOrEqual(2);
});

describe('another thread is started', () => {
  const growing = (growAfterMs: number) => {
    const pool = new ThreadPool(module, { size: 2, deadlineMs: 60_000, growAfterMs });
    pools.push(pool);
    return pool;
  };
  const threadsOf = async (pool: ThreadPool, jobs: number) =>
    new Set(await Promise.all(Array.from({ length: jobs }, () => pool.run({ does: 'say who' })))).size;

  test('not for a few short jobs, which one does in less time', async () => {
    const pool = growing(60_000);
    expect(await threadsOf(pool, 20)).toBe(1);
    expect(await threadsOf(pool, 20)).toBe(1);
  });

  test('once jobs have been waiting for long enough, for whatever reason', async () => {
    const pool = growing(100);
    const before = await pool.run({ does: 'say who' });
    const endless = pool.run({ does: 'spin' });
    endless.catch(() => {});
    expect(await pool.run({ does: 'say who' })).not.toBe(before);
    await pool.stop();
    await expect(endless).rejects.toThrow();
  });

  test('if there are always others waiting, though none of them for long', async () => {
    const pool = growing(100);
    const who = new Set<unknown>();
    const until = performance.now() + 60_000;
    const asking = async () => {
      while (who.size < 2 && performance.now() < until) who.add(await pool.run({ does: 'say who' }));
    };
    await Promise.all([asking(), asking(), asking()]);
    expect(who.size).toBe(2);
  });
});

describe('a job that follows another', () => {
  test('does not wait for our own loop between the two', async () => {
    const pool = poolOf(1);
    await pool.run({ does: 'echo' });
    const noted = new Int32Array(new SharedArrayBuffer(4));
    const jobs = [1, 2].map(() => pool.run({ does: 'note', with: noted }));
    // Nothing of ours runs until the thread has done both.
    for (const count of [0, 1]) expect(Atomics.wait(noted, 0, count, 30_000)).not.toBe('timed-out');
    await Promise.all(jobs);
  });

  test('begins only when the one before has ended', async () => {
    const pool = poolOf(1);
    await pool.run({ does: 'echo' });
    const ended: string[] = [];
    const jobs = [
      pool.run({ does: 'linger', with: 50 }).then(() => ended.push('first')),
      pool.run({ does: 'echo' }).then(() => ended.push('second')),
    ];
    await Promise.all(jobs);
    expect(ended).toEqual(['first', 'second']);
  });

  test('is done by another thread, once only, if that takes too long', async () => {
    const pool = new ThreadPool(module, { size: 2, deadlineMs: 60_000, growAfterMs: 50 });
    pools.push(pool);
    const before = await pool.run({ does: 'say who' });
    const isOver = new Int32Array(new SharedArrayBuffer(4));
    const slow = pool.run({ does: 'last until', with: isOver });
    expect(await pool.run({ does: 'say who' })).not.toBe(before);
    Atomics.store(isOver, 0, 1);
    Atomics.notify(isOver, 0);
    expect(await slow).toBeUndefined();
    expect(await pool.run({ does: 'echo', with: 1 })).toBe(1);
  });

  test.each([
    [1, 6],
    [2, 12],
  ])('is done once, though every job takes too long to wait for: %d threads, %d jobs', async (size, count) => {
    const pool = new ThreadPool(module, { size, deadlineMs: 60_000, growAfterMs: 50 });
    pools.push(pool);
    const begun = new Int32Array(new SharedArrayBuffer(4));
    const jobs = Array.from({ length: count }, () => pool.run({ does: 'note and spin for', with: [begun, 150] }));
    expect(await Promise.all(jobs)).toEqual(Array(count).fill(150));
    expect(begun[0]).toBe(count);
  });

  test('is done by the next thread if that one broke off', async () => {
    const pool = poolOf(1);
    const before = await pool.run({ does: 'say who' });
    const [broken, next] = await Promise.allSettled([pool.run({ does: 'exit' }), pool.run({ does: 'say who' })]);
    expect(broken.status).toBe('rejected');
    expect(next).toMatchObject({ status: 'fulfilled', value: expect.any(Number) as number });
    expect(next).not.toMatchObject({ value: before });
  });
});

test('a thread gets neither our variables nor our arguments', async () => {
  vi.stubEnv('MESH_TEST_SECRET', 'hunter2');
  vi.stubEnv('NODE_COMPILE_CACHE', undefined);
  expect(await poolOf(1).run({ does: 'read the environment' })).toEqual({ env: {}, argv: [] });
});

describe('a job that does not end', () => {
  test.each(['spin', 'backtrack'])(
    'is ended at its deadline (%s), and the next one is done by another thread',
    async (does) => {
      // With less, a thread that gets no processor for seconds is not said to have used its time.
      const pool = poolOf(1, 2_000);
      const before = await pool.run({ does: 'say who' });
      const endless = pool.run({ does });
      const next = pool.run({ does: 'say who' });
      await expect(endless).rejects.toThrow(ThreadDeadlineError);
      expect(await next).not.toBe(before);
    },
  );

  test('leaves the other threads alone', async () => {
    const pool = poolOf(2, 2_000);
    const endless = pool.run({ does: 'spin' });
    endless.catch(() => {});
    for (let value = 0; value < 50; value += 1) expect(await pool.run({ does: 'echo', with: value })).toBe(value);
    await expect(endless).rejects.toThrow(ThreadDeadlineError);
  });

  test('and used no processor says nothing about its input: this process was short of it', async () => {
    await expect(poolOf(1, 300).run({ does: 'wait' })).rejects.toThrow(ResourceShortageError);
  });

  test('for want of memory is ended, and the pool goes on', async () => {
    const pool = poolOf(1);
    await expect(pool.run({ does: 'fill memory' })).rejects.toThrow(/MiB of memory/);
    expect(await pool.run({ does: 'echo', with: 1 })).toBe(1);
  });
});

test('a shortage in a thread is a shortage here, and a bug is a bug', async () => {
  const pool = poolOf(1);
  await expect(pool.run({ does: 'lack' })).rejects.toThrow(ResourceShortageError);
  await expect(pool.run({ does: 'what nobody knows' })).rejects.toThrow(new TypeError('a bug'));
  await expect(pool.run({ does: 'exit' })).rejects.toThrow('a thread ended in the middle of its work');
  expect(await pool.run({ does: 'echo', with: 1 })).toBe(1);
});

describe('a thread that cannot be started', () => {
  let isShort = true;
  const lacking = Object.defineProperty(new URL(module), 'href', {
    get: () => {
      if (isShort) throw Object.assign(new Error('no thread'), { code: 'ERR_WORKER_INIT_FAILED' });
      return module.href;
    },
  });
  const poolOfLacking = (size: number) => {
    const pool = new ThreadPool(lacking, { size, deadlineMs: 60_000 });
    pools.push(pool);
    return pool;
  };

  test('is a shortage of what waits for it, and the next job gets one', async () => {
    isShort = true;
    const pool = poolOfLacking(2);
    pool.warmUp();
    const [first, second] = await Promise.allSettled([pool.run({ does: 'say who' }), pool.run({ does: 'say who' })]);
    for (const each of [first, second])
      expect(each).toMatchObject({ status: 'rejected', reason: expect.any(ResourceShortageError) as Error });
    isShort = false;
    expect(await pool.run({ does: 'echo', with: 1 })).toBe(1);
  });

  test('leaves what waits to the others', async () => {
    isShort = false;
    const pool = poolOfLacking(2);
    const before = await pool.run({ does: 'say who' });
    isShort = true;
    expect(await Promise.all([1, 2, 3].map(() => pool.run({ does: 'say who' })))).toEqual([before, before, before]);
  });

  test('after the last one has ended fails what has waited for it', async () => {
    isShort = false;
    const pool = poolOfLacking(1);
    await pool.run({ does: 'echo', with: 1 });
    const jobs = [pool.run({ does: 'exit' }), pool.run({ does: 'echo', with: 2 })];
    isShort = true;
    const [, waiting] = await Promise.allSettled(jobs);
    expect(waiting).toMatchObject({ reason: expect.any(ResourceShortageError) as Error });
  });
});

test('a thread without work is ended, and the next job gets another', async () => {
  const pool = new ThreadPool(module, { size: 1, deadlineMs: 60_000, idleMs: 50 });
  pools.push(pool);
  pool.warmUp();
  const before = await pool.run({ does: 'say who' });
  await sleep(500);
  expect(await pool.run({ does: 'say who' })).not.toBe(before);
});

test('a thread that was started ahead of its first job is not ended in the middle of one', async () => {
  const pool = new ThreadPool(module, { size: 1, deadlineMs: 60_000, idleMs: 1_500 });
  pools.push(pool);
  pool.warmUp();
  await sleep(1_000);
  expect(await pool.run({ does: 'linger', with: 2_000 })).toBeUndefined();
});

test('a job that ends at its very deadline is not taken for the one behind it', async () => {
  for (let more = -20; more <= 20; more += 10) {
    const pool = poolOf(1, 300);
    await pool.run({ does: 'echo' });
    const spinning = pool.run({ does: 'spin for', with: 300 + more });
    const next = pool.run({ does: 'echo', with: 'mine' });
    await spinning.catch(() => {});
    expect(await next).toBe('mine');
    await pool.stop();
  }
});

test('stopping ends what runs and what waits', async () => {
  const pool = poolOf(1);
  const jobs = [pool.run({ does: 'spin' }), pool.run({ does: 'echo' })];
  const ends = Promise.allSettled(jobs);
  await pool.stop();
  expect((await ends).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await expect(pool.run({ does: 'echo' })).rejects.toThrow('stopped');
});
