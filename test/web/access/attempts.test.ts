import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Attempt, Attempts, attemptLimits } from '../../../src/web/access/attempts.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const { ofPeer, ofAll, atOnce, waitMs } = attemptLimits;

/** Tries once, and is wrong. @returns whether it was heard. */
async function wrong(attempts: Attempts, peer: string): Promise<boolean> {
  const attempt = await attempts.begin(peer);
  attempt?.end(false);
  return attempt !== undefined;
}

/** Tries once, and is right. @returns whether it has been heard by then. */
function right(attempts: Attempts, peer: string, hasFailed = false): () => boolean {
  let heard = false;
  void attempts.begin(peer, undefined, hasFailed).then((attempt) => {
    attempt?.end(true);
    heard = attempt !== undefined;
  });
  return () => heard;
}

/** Without letting any time pass. */
async function isHeardNow(waiting: Promise<Attempt | undefined>): Promise<boolean> {
  const attempt = await Promise.race([waiting, Promise.resolve().then(() => Promise.resolve(undefined))]);
  attempt?.end(false);
  return attempt !== undefined;
}

describe('one peer', () => {
  test('has some failures free, and then waits for each', async () => {
    const attempts = new Attempts();
    for (let each = 0; each < ofPeer.free; each += 1) expect(await wrong(attempts, 'a')).toBe(true);
    let heard = 0;
    const count = async () => {
      if (await wrong(attempts, 'a')) heard += 1;
    };
    for (let each = 0; each < 100; each += 1) void count();
    await vi.advanceTimersByTimeAsync(3000);
    expect(heard).toBeGreaterThanOrEqual(3 * ofPeer.perSecond - 1);
    expect(heard).toBeLessThanOrEqual(3 * ofPeer.perSecond + 1);
  });

  test('is not counted for what is right', async () => {
    const attempts = new Attempts();
    for (let each = 0; each < 10 * ofPeer.free; each += 1) {
      const attempt = await attempts.begin('a');
      attempt?.end(true);
    }
    expect(await isHeardNow(attempts.begin('a'))).toBe(true);
  });

  test('is refused when it would have to wait too long', async () => {
    const attempts = new Attempts();
    for (let each = 0; each < ofPeer.free; each += 1) await wrong(attempts, 'a');
    const all = Array.from({ length: 100 }, () => wrong(attempts, 'a'));
    await vi.advanceTimersByTimeAsync(waitMs + 100);
    const heard = (await Promise.all(all)).filter(Boolean);
    expect(heard.length).toBeLessThan(100);
  });

  test('that floods does not shut out its own right password: the latest is heard first, within a second', async () => {
    const attempts = new Attempts();
    for (let each = 0; each < 500; each += 1) void wrong(attempts, 'a');
    await vi.advanceTimersByTimeAsync(100);
    const isHeard = right(attempts, 'a');
    await vi.advanceTimersByTimeAsync(1000);
    expect(isHeard()).toBe(true);
  });

  test('nor when those who were refused ask again all at once, a little later than the right one', async () => {
    const attempts = new Attempts();
    for (let each = 0; each < ofPeer.free; each += 1) await wrong(attempts, 'a');
    // One more is heard every half second from now on, and these wait until between two of those.
    await vi.advanceTimersByTimeAsync(200);
    const guess = async () => {
      for (const hasFailed of [false, true, true]) (await attempts.begin('a', undefined, hasFailed))?.end(false);
    };
    for (let each = 0; each < 500; each += 1) void guess();
    await vi.advanceTimersByTimeAsync(waitMs - 100);
    const isHeard = right(attempts, 'a');
    await vi.advanceTimersByTimeAsync(1000);
    expect(isHeard()).toBe(true);
  });

  test.each([3, 5, 10, 50])(
    'nor when it comes on a connection that has failed, and the flood on new ones, %i a second',
    async (perSecond) => {
      const attempts = new Attempts();
      for (let each = 0; each < ofPeer.free; each += 1) await wrong(attempts, 'a');
      setInterval(() => void wrong(attempts, 'a'), 1000 / perSecond);
      await vi.advanceTimersByTimeAsync(2 * waitMs);
      const isHeard = right(attempts, 'a', true);
      // Two turns.
      await vi.advanceTimersByTimeAsync(2000 / ofPeer.perSecond + 100);
      expect(isHeard()).toBe(true);
    },
  );

  test('has its connections that have not failed, and those that have, heard in turns', async () => {
    const attempts = new Attempts();
    for (let each = 0; each < ofPeer.free; each += 1) await wrong(attempts, 'a');
    const heard: boolean[] = [];
    for (const hasFailed of [...Array(20).fill(false), ...Array(20).fill(true)])
      void attempts.begin('a', undefined, hasFailed).then((attempt) => {
        attempt?.end(false);
        if (attempt) heard.push(hasFailed);
      });
    await vi.advanceTimersByTimeAsync(6000 / ofPeer.perSecond + 100);
    expect(heard).toEqual([false, true, false, true, false, true]);
  });

  test('that has gone away is not waited for, and costs nobody his turn', async () => {
    const attempts = new Attempts();
    for (let each = 0; each < ofPeer.free; each += 1) await wrong(attempts, 'a');
    const isHeard = right(attempts, 'a');
    const gone = Array.from({ length: 100 }, () => attempts.begin('a', () => true));
    await vi.advanceTimersByTimeAsync(1000);
    expect(isHeard()).toBe(true);
    expect(await Promise.all(gone)).toEqual(Array(100).fill(undefined));
  });
});

describe('another peer', () => {
  test('is heard at once while one floods', async () => {
    const attempts = new Attempts();
    for (let each = 0; each < 500; each += 1) void wrong(attempts, 'flood');
    await vi.advanceTimersByTimeAsync(1000);
    expect(await isHeardNow(attempts.begin('honest'))).toBe(true);
  });

  test('is heard in its turn while a hundred flood together, of whom fewer are heard than all may have', async () => {
    const attempts = new Attempts();
    let guesses = 0;
    const guess = async (peer: string) => {
      if (await wrong(attempts, peer)) guesses += 1;
    };
    for (let each = 0; each < 2000; each += 1) void guess(`flood ${each % 100}`);
    await vi.advanceTimersByTimeAsync(1000);
    expect(guesses).toBeLessThanOrEqual(ofAll.free + ofAll.perSecond + 1);
    const isHeard = right(attempts, 'honest');
    await vi.advanceTimersByTimeAsync(waitMs);
    expect(isHeard()).toBe(true);
  });
});

test('only a few are checked at the same time', async () => {
  const attempts = new Attempts();
  const begun: Attempt[] = [];
  for (const peer of ['a', 'b', 'c', 'd']) void attempts.begin(peer).then((attempt) => attempt && begun.push(attempt));
  await vi.advanceTimersByTimeAsync(100);
  expect(begun).toHaveLength(atOnce);
  begun[0]?.end(true);
  await vi.advanceTimersByTimeAsync(0);
  expect(begun).toHaveLength(atOnce + 1);
});

test('peers are remembered by the thousand, and not without end', async () => {
  const attempts = new Attempts();
  for (let each = 0; each < 5000; each += 1) {
    void wrong(attempts, `peer ${each}`);
    await vi.advanceTimersByTimeAsync(1000 / ofAll.perSecond);
  }
  expect(attempts.remembered).toBeGreaterThan(1000);
  expect(attempts.remembered).toBeLessThanOrEqual(4097);
});
