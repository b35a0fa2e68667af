import type { IncomingMessage } from 'node:http';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { connectionArrived, turnsOf } from '../../../src/web/answers/turns.ts';

const request = { socket: { remoteAddress: '192.0.2.1' } } as unknown as IncomingMessage;

/** Turns of the event loop until a response gets its turn, while a connection arrives in each of the first `arriving`. */
async function waited(arriving: number): Promise<number> {
  const turn = turnsOf(request);
  await turn();
  let given = false;
  const promise = turn().then(() => {
    given = true;
  });
  let turns = 0;
  for (; !given; turns += 1) {
    if (turns < arriving) connectionArrived();
    await nextTurn();
  }
  await promise;
  return turns;
}

/** Arriving connections go first for 50 ms only, which may pass in fewer turns on a machine that is busy, and then responses do. */
async function mostWaited(arriving: number): Promise<number> {
  let most = 0;
  for (let attempt = 0; attempt < 20; attempt += 1) {
    most = Math.max(most, await waited(arriving));
    await sleep(10);
  }
  return most;
}

test('while connections arrive, of which one is accepted in each turn of the loop, responses wait', async () => {
  expect(await waited(0)).toBeLessThanOrEqual(2);
  expect(await mostWaited(10)).toBeGreaterThanOrEqual(10);
});

test('but not for ever', async () => {
  expect(await waited(Number.POSITIVE_INFINITY)).toBeGreaterThan(0);
});

test('who connects without end holds up a response of many pieces for half of the time, and not at every piece', async () => {
  const turns: number[] = [];
  for (let piece = 0; piece < 40; piece += 1) turns.push(await waited(Number.POSITIVE_INFINITY));
  expect(turns.filter((count) => count <= 2).length).toBeGreaterThan(30);
});
