import { setImmediate as loopTurn } from 'node:timers/promises';
import express, { type RequestHandler } from 'express';
import { afterEach, describe, expect, test } from 'vitest';
import { jsonList, sendPieces, sendTagged } from '../../../src/web/answers/pieces.ts';
import { turnsOf } from '../../../src/web/answers/turns.ts';
import { listen, type WebServer } from '../../../src/web/server.ts';

const from = (remoteAddress: string) => turnsOf({ socket: { remoteAddress } as never });

describe('turns', () => {
  /** Writes `pieces` pieces, and its name into `order` for each. */
  async function write(name: string, turn: () => Promise<void>, order: string[], pieces: number): Promise<void> {
    for (let piece = 0; piece < pieces; piece += 1) {
      await turn();
      order.push(name);
    }
  }

  test('of a peer go to its latest request, until that is done', async () => {
    const order: string[] = [];
    const [first, second] = [from('192.0.2.1'), from('192.0.2.1')];
    await Promise.all([write('first', first, order, 2), write('second', second, order, 3)]);
    expect(order).toEqual(['second', 'second', 'second', 'first', 'first']);
  });

  test('are taken in rotation by peers, however many requests one of them has', async () => {
    const order: string[] = [];
    const flood = Array.from({ length: 50 }, () => write('flood', from('192.0.2.1'), order, 2));
    await Promise.all([...flood, write('honest', from('192.0.2.2'), order, 3)]);
    expect(order.slice(0, 6).filter((name) => name === 'honest')).toHaveLength(3);
    expect(order).toHaveLength(103);
  });

  test('are one in each turn of the loop, and others have theirs between', async () => {
    const order: string[] = [];
    const writing = Promise.all(['192.0.2.1', '192.0.2.2'].map((peer) => write('piece', from(peer), order, 3)));
    for (let others = 0; others < 6; others += 1) {
      await loopTurn();
      order.push('other');
    }
    await writing;
    for (const at of order.keys()) if (at > 0) expect([order[at - 1], order[at]]).not.toEqual(['piece', 'piece']);
  });
});

describe('an answer in pieces', () => {
  let server: WebServer | undefined;
  afterEach(async () => {
    await server?.close(0);
    server = undefined;
  });
  async function serve(handler: RequestHandler) {
    const app = express().disable('etag').use(handler);
    server = await listen(app, { host: '127.0.0.1', port: 0 });
    const { url } = server;
    return (init?: RequestInit) => fetch(url, init);
  }

  test('is a list with commas in the right places, whatever its length', () => {
    for (const length of [0, 1, 100, 101, 350]) {
      const list = Array.from({ length }, (_, index) => index);
      expect(JSON.parse(`[${[...jsonList(list, String)].join('')}]`)).toEqual(list);
    }
  });

  test('is whole, and HEAD has none of it', async () => {
    let made = 0;
    const ask = await serve((request, response) =>
      sendPieces(
        request,
        response,
        (function* () {
          made += 1;
          yield* ['one ', 'two ', 'three'];
        })(),
      ),
    );
    expect(await (await ask()).text()).toBe('one two three');
    expect(await (await ask({ method: 'HEAD' })).text()).toBe('');
    expect(made).toBe(1);
  });

  test.each([
    ['short', 3, 1],
    ['long', 3000, 2],
  ])('that is %s has one ETag for one content, and 304 for who has it', async (_, count, timesMade) => {
    let [made, content] = [0, 'x'];
    const ask = await serve((request, response) =>
      sendTagged(request, response, () => {
        made += 1;
        return Array<string>(count).fill(content.repeat(1000));
      }),
    );
    const first = await ask();
    const etag = first.headers.get('etag') ?? '';
    expect(await first.text()).toBe('x'.repeat(count * 1000));
    expect(made).toBe(timesMade);
    const known = await ask({ headers: { 'if-none-match': etag } });
    expect([known.status, await known.text(), made]).toEqual([304, '', timesMade + 1]);
    content = 'y';
    const changed = await ask({ headers: { 'if-none-match': etag } });
    expect([changed.status, (await changed.text())[0]]).toEqual([200, 'y']);
    expect(changed.headers.get('etag')).not.toBe(etag);
  });

  test('that nobody reads to its end is not written to its end', async () => {
    let pieces = 0;
    const abort = new AbortController();
    const ask = await serve((request, response) =>
      sendPieces(
        request,
        response,
        (function* () {
          for (; pieces < 100_000; pieces += 1) yield 'x'.repeat(64 * 1024);
        })(),
      ),
    );
    const response = await ask({ signal: abort.signal });
    expect(response.status).toBe(200);
    abort.abort();
    let before = -1;
    await expect
      .poll(() => {
        const still = pieces === before;
        before = pieces;
        return still;
      })
      .toBe(true);
    expect(pieces).toBeLessThan(100_000);
  });
});
