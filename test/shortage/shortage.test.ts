import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
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
  test('that turns has not stood still', async () => {
    const loop = watchLoop();
    await sleep(200);
    expect(loop.stalledMs()).toBeLessThan(100);
    loop.stop();
  });

  test('that was blocked has stood still for as long, seen at once and afterwards, by everyone who was watching', async () => {
    const [one, other] = [watchLoop(), watchLoop()];
    await sleep(20);
    block(400);
    const later = watchLoop();
    expect(one.stalledMs()).toBeGreaterThan(300);
    await sleep(100);
    expect(one.stalledMs()).toBeGreaterThan(300);
    expect(other.stalledMs()).toBeGreaterThan(300);
    // It came when all was over.
    expect(later.stalledMs()).toBeLessThan(100);
    for (const loop of [one, other, later]) loop.stop();
  });

  test('is at fault when the other side had less than half of its time, and not at half', () => {
    const at = (stalledMs: number) => loopShortage('a phase', { allowedMs: 1000, elapsedMs: 1000, stalledMs });
    expect(at(501)).toBeInstanceOf(ResourceShortageError);
    expect(at(500)).toBeUndefined();
    // The other side had its whole second, and the deadline was only noticed late.
    expect(loopShortage('a phase', { allowedMs: 1000, elapsedMs: 9000, stalledMs: 8000 })).toBeUndefined();
  });
});
