import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { descriptorLimit, descriptorShortage, socketShare } from '../../src/shortage/descriptors.ts';
import { ResourceShortageError, shortageOf } from '../../src/shortage/error.ts';
import { loopShortage, watchLoop } from '../../src/shortage/loop.ts';
import { block } from '../support/block.ts';

const coded = (code: string) => Object.assign(new Error('of the system'), { code });

describe('a shortage', () => {
  test.each(['EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN', 'ENOBUFS', 'ERR_MEMORY_ALLOCATION_FAILED'])(
    '%s is one, and says during what, and what to do',
    (code) => {
      const shortage = shortageOf(coded(code), 'reading client.pem');
      expect(shortage).toBeInstanceOf(ResourceShortageError);
      expect(shortage?.code).toBe('ERR_RESOURCE_SHORTAGE');
      expect(shortage?.message).toMatch(`reading client.pem: this process is short of resources (${code}). `);
      expect(shortage?.message).toMatch(/\. [A-Z].+\.$/);
    },
  );

  test.each([coded('ENOENT'), coded('EACCES'), coded('ECONNREFUSED'), new Error('a bug'), undefined, 'EMFILE'])(
    'is not %s',
    (error) => {
      expect(shortageOf(error, 'reading client.pem')).toBeUndefined();
    },
  );

  test('stays the one it is when it is passed on', () => {
    const shortage = new ResourceShortageError('first');
    expect(shortageOf(shortage, 'second')).toBe(shortage);
  });
});

describe('descriptors', () => {
  test('are there in a process that has some', () => {
    expect(descriptorShortage('this test')).toBeUndefined();
  });

  test.each([
    ['Max open files            1024                 524288               files     \n', 1024],
    [
      'Max processes             7                    7                  processes\nMax open files            64   64   files\n',
      64,
    ],
    ['Max open files            unlimited            unlimited            files     \n', Number.POSITIVE_INFINITY],
    ['nothing of the kind', 1024],
  ])('have the soft limit that the system states', (text, limit) => {
    expect(descriptorLimit(() => text)).toBe(limit);
  });

  test.each([
    [64, 16],
    [160, 16],
    [256, 64],
    [1024, 448],
    [1150, 511],
    [1152, 512],
    [Number.POSITIVE_INFINITY, 512],
  ])('with a limit of %d leave %d sockets each for HTTP clients and for handshakes', (limit, share) => {
    expect(socketShare(512, limit)).toBe(share);
  });

  test('are taken for 1,024 where the system does not say', () => {
    const unknown = () => {
      throw coded('ENOENT');
    };
    expect(descriptorLimit(unknown)).toBe(1024);
  });
});

describe('the loop', () => {
  describe('that turns', () => {
    /** A clock and a loop that stand still when the test says so, and not when this machine is busy. */
    async function watching() {
      vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
      let [stood, last] = [0, 0];
      vi.spyOn(performance, 'now').mockImplementation(() => last + stood);
      const turn = (ms: number) => {
        for (let each = 0; each < ms; each += 10) {
          last += 10;
          vi.advanceTimersByTime(10);
        }
      };
      const stand = (ms: number) => {
        stood += ms;
      };
      // Other watches of this process go by the real clock.
      vi.resetModules();
      const { watchLoop } = await import('../../src/shortage/loop.ts');
      return { watchLoop, turn, stand };
    }
    afterEach(() => {
      vi.useRealTimers();
      vi.restoreAllMocks();
    });

    test('has not stood still', async () => {
      const { watchLoop, turn } = await watching();
      const loop = watchLoop();
      turn(200);
      expect(loop.stalledMs()).toBe(0);
      loop.stop();
    });

    test('has not for those who came when all was over', async () => {
      const { watchLoop, turn, stand } = await watching();
      const before = watchLoop();
      turn(20);
      stand(400);
      const later = watchLoop();
      turn(100);
      expect(before.stalledMs()).toBeGreaterThan(300);
      expect(later.stalledMs()).toBeLessThan(100);
      for (const loop of [before, later]) loop.stop();
    });
  });

  test('that was blocked has stood still for as long, seen at once and afterwards, by everyone who was watching', async () => {
    const [one, other] = [watchLoop(), watchLoop()];
    await sleep(20);
    block(400);
    expect(one.stalledMs()).toBeGreaterThan(300);
    await sleep(100);
    expect(one.stalledMs()).toBeGreaterThan(300);
    expect(other.stalledMs()).toBeGreaterThan(300);
    for (const loop of [one, other]) loop.stop();
  });

  test('is at fault when the other side had less than half of its time, and not at half', () => {
    const at = (stalledMs: number) => loopShortage('a phase', { allowedMs: 1000, elapsedMs: 1000, stalledMs });
    expect(at(501)).toBeInstanceOf(ResourceShortageError);
    expect(at(500)).toBeUndefined();
    // The other side had its whole second, and the deadline was only noticed late.
    expect(loopShortage('a phase', { allowedMs: 1000, elapsedMs: 9000, stalledMs: 8000 })).toBeUndefined();
  });
});
