import { describe, expect, test } from 'vitest';
import { Cuts } from '../../../src/web/connections/cuts.ts';
import { isTooSlow, startDrain, watchDrain } from '../../../src/web/connections/drain.ts';
import { limits } from '../../../src/web/connections/limits.ts';
import { clientAddress, peerOf } from '../../../src/web/connections/peer.ts';
import { type Candidate, type Phase, victimOf } from '../../../src/web/connections/victim.ts';

describe('a peer', () => {
  test.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0db8:0001:0002::9', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
  ])('%s counts as %s', (address, peer) => {
    expect(peerOf(address)).toBe(peer);
  });

  test.each([
    ['192.0.2.7', '203.0.113.9', '192.0.2.7'],
    ['10.0.0.1', '203.0.113.9', '203.0.113.9'],
    ['::ffff:10.0.0.1', '203.0.113.9', '203.0.113.9'],
    ['10.0.0.1', '198.51.100.1, 203.0.113.9', '203.0.113.9'],
    ['10.0.0.1', '198.51.100.1, 203.0.113.9, 10.0.0.2', '203.0.113.9'],
    ['10.0.0.1', '198.51.100.1, nonsense', '10.0.0.1'],
    ['10.0.0.1', '10.0.0.3, 10.0.0.2', '10.0.0.3'],
    ['10.0.0.1', undefined, '10.0.0.1'],
  ])('at %s, forwarded for %s, is %s where 10.0.0.0/8 are trusted proxies', (remoteAddress, forwarded, client) => {
    const request = { socket: { remoteAddress }, headers: { 'x-forwarded-for': forwarded } };
    expect(clientAddress(request as never, (address) => address.startsWith('10.'))).toBe(client);
  });
});

describe('reading an answer', () => {
  /** A client that takes `perSecond` bytes of as much as there is, looked at every second until it is too slow or `seconds` are over. */
  function cutAfter(perSecond: number, seconds: number, waitingBytes = 1): number | undefined {
    let drain = startDrain({ takenBytes: 0, waitingBytes: 0 }, 0);
    for (let at = 1; at <= seconds; at += 1) {
      drain = watchDrain(drain, { takenBytes: at * perSecond, waitingBytes }, at * 1000);
      if (isTooSlow(drain)) return at;
    }
    return undefined;
  }

  test('nothing at all is too slow after the grace', () => {
    expect(cutAfter(0, 60)).toBe(limits.stallMs / 1000 + 1);
  });

  test('a byte now and then is too slow soon after', () => {
    expect(cutAfter(1, 60)).toBe(limits.stallMs / 1000 + 1);
  });

  test('just the least that is asked for is enough, and a little less is not', () => {
    expect(cutAfter(limits.leastBytesPerSecond, 300)).toBeUndefined();
    expect(cutAfter(limits.leastBytesPerSecond * 0.9, 300)).toBeGreaterThan(60);
  });

  test('a client that has taken all there is waits for us, and is not too slow', () => {
    expect(cutAfter(0, 300, 0)).toBeUndefined();
  });

  test('no answer takes longer than the longest time', () => {
    expect(cutAfter(0, 1000, 0)).toBe(limits.answerMs / 1000 + 1);
  });
});

describe('who goes first', () => {
  const one = (peer: string, phase: Phase, sinceMs: number, stalledSinceMs?: number): Candidate => ({
    peer,
    phase,
    sinceMs,
    stalledSinceMs,
  });

  test('is one of the peer that has the most', () => {
    const flood = [one('flood', 'head', 5), one('flood', 'head', 6)];
    expect(victimOf([one('honest', 'idle', 0), ...flood])).toBe(flood[0]);
  });

  test('is at what most of them are at, whatever is older', () => {
    const asking = one('same', 'head', 0);
    const flood = [one('same', 'idle', 7), one('same', 'idle', 8)];
    expect(victimOf([asking, ...flood])).toBe(flood[0]);
    const silent = [one('same', 'handshake', 7), one('same', 'handshake', 8)];
    expect(victimOf([one('same', 'answering', 0), ...silent])).toBe(silent[0]);
  });

  test('reads nothing of its answer, the longest', () => {
    const stalled = [one('same', 'answering', 9, 20), one('same', 'answering', 8, 10)];
    expect(victimOf([one('same', 'answering', 0), ...stalled])).toBe(stalled[1]);
  });

  test('is nobody where there is nobody', () => {
    expect(victimOf([])).toBeUndefined();
  });
});

test('what was cut is one report for all, and the next begins at nothing', () => {
  const cuts = new Cuts();
  expect(cuts.take()).toBeUndefined();
  for (const peer of ['a', 'b', 'b']) cuts.add('too many connections', peer);
  cuts.add('idle', 'a');
  cuts.add('too slow to read', 'b');
  expect(cuts.take()).toEqual({
    cut: { 'too many connections': 3, idle: 1, 'too slow to read': 1 },
    mostOf: 'b',
  });
  expect(cuts.take()).toBeUndefined();
});
