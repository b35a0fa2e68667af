/** A shortage in this process is not a fault of MESH: the handshake did not finish. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { Phases, PhaseTimeoutError, untilAborted } from '../../src/mesh/deadline.ts';
import type { Circumstances } from '../../src/mesh/diagnosis/circumstances.ts';
import { failureOf } from '../../src/mesh/diagnosis/failure.ts';
import { handshake } from '../../src/mesh/handshake.ts';
import { NoAddressAnsweredError } from '../../src/mesh/network/connect.ts';
import { ResourceShortageError } from '../../src/shortage/error.ts';
import { block } from '../support/block.ts';
import { limitedNode } from '../support/exhaust.ts';
import { amplyMs, endpoint } from '../support/mesh/handshake-pki.ts';
import { fullBacklog, listening } from '../support/mesh/servers.ts';

const coded = (code: string) => Object.assign(new Error(code), { code });

describe('descriptors', () => {
  const peer = { address: '192.0.2.1', family: 4, port: 443 } as const;
  const proxy = { url: new URL('http://proxy.example:3128') } as unknown as Circumstances['proxy'] & {};

  test.each([
    ['EMFILE', coded('EMFILE'), []],
    ['ENOBUFS', coded('ENOBUFS'), []],
    ['one address of several', new NoAddressAnsweredError('none'), [coded('ECONNREFUSED'), coded('EMFILE')]],
  ])('failure: %s is thrown, because no reason of the closed list fits', (_, error, errors) => {
    const circumstances: Circumstances = {
      phase: 'connect',
      host: 'mesh.example',
      port: 443,
      nameServers: [],
      attempts: errors.map((each) => ({ ...peer, error: each })),
      negotiated: false,
      httpStatus: 0,
      now: new Date(0),
    };
    expect(() => failureOf(error, circumstances)).toThrow(ResourceShortageError);
    expect(() => failureOf(error, { ...circumstances, proxy })).toThrow(ResourceShortageError);
  });

  // The resolver then cannot open its own files, and reports that the name is unknown.
  test.each(['https://127.0.0.1:1', 'https://localhost:1'])(
    'a handshake with %s that finds none left does not finish',
    async (url) => {
      const root = join(import.meta.dirname, '..', '..');
      const script = `
        import { exhaustDescriptors } from '${root}/test/support/exhaust.ts';
        import { handshake } from '${root}/src/mesh/handshake.ts';
        import { amplyMs, endpoint } from '${root}/test/support/mesh/handshake-pki.ts';
        const options = { now: () => new Date(), env: {} };
        const mesh = endpoint(${JSON.stringify(url)});
        const before = await handshake({ mesh }, undefined, options);
        const release = exhaustDescriptors();
        const during = await handshake({ mesh }, undefined, options).catch((error) => error);
        release();
        const after = await handshake({ mesh }, undefined, options);
        console.log(JSON.stringify([before.reason, String(during), after.reason]));`;
      const [command, args] = limitedNode(64, ['--input-type=module', '--eval', script]);
      const output = await new Promise<string>((resolve, reject) => {
        execFile(command, args, { cwd: root }, (error, stdout) => (error ? reject(error) : resolve(stdout)));
      });
      const [before, during, after] = JSON.parse(output) as string[];
      expect(before).toBe('connection_refused');
      expect(during).toMatch(/^ResourceShortageError: a handshake: .*EMFILE/);
      expect(after).toBe('connection_refused');
    },
  );
});

describe('hosts with many silent addresses', () => {
  test('take no more descriptors than handshakes have, and the address that answers is still reached', async () => {
    const silent = await fullBacklog();
    const { port } = new URL(silent.url);
    const answering = createServer().listen(Number(port), '127.0.0.2');
    await once(answering, 'listening');
    const root = join(import.meta.dirname, '..', '..');
    const script = `
      import { connectToFirst } from '${root}/src/mesh/network/connect.ts';
      import { Sockets } from '${root}/src/mesh/network/sockets.ts';
      const addresses = [...Array(7).fill('127.0.0.1'), '127.0.0.2'].map((address) => ({ address, family: 4 }));
      const reached = Array.from({ length: 12 }, async () => {
        const sockets = new Sockets();
        const { peer } = await connectToFirst(addresses, ${port}, AbortSignal.timeout(20_000), sockets);
        await sockets.close();
        return peer.address;
      });
      console.log(JSON.stringify((await Promise.allSettled(reached)).map(({ value, reason }) => value ?? String(reason))));`;
    const [command, args] = limitedNode(64, ['--input-type=module', '--eval', script]);
    const output = await new Promise<string>((resolve, reject) => {
      execFile(command, args, { cwd: root }, (error, stdout) => (error ? reject(error) : resolve(stdout)));
    });
    await silent.stop();
    answering.close();
    expect(JSON.parse(output)).toEqual(Array(12).fill('127.0.0.2'));
  });
});

describe('a blocked event loop', () => {
  const silent = (limitMs: number) =>
    new Phases(10_000, undefined).run('tls', limitMs, (signal) => untilAborted<void>(signal, () => undefined));

  test('takes nothing from the other side’s time: an answer after it still counts', async () => {
    setTimeout(() => block(600), 20);
    const phases = new Phases(400, undefined);
    const answered = phases.run('tls', 300, async (signal) => {
      await sleep(20 + 600 + 100);
      signal.throwIfAborted();
      return 'answered';
    });
    await expect(answered).resolves.toBe('answered');
  });

  test('nor does it take anything from the phases that follow', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const { now } = performance;
    let blockedMs = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => now.call(performance) + blockedMs);
    const answerAfter = (ms: number) => async (signal: AbortSignal) => {
      await new Promise((resolve) => setTimeout(resolve, ms));
      signal.throwIfAborted();
      return 'answered';
    };
    const phases = new Phases(900, undefined);
    const first = phases.run('tls', 300, answerAfter(400));
    setTimeout(() => {
      blockedMs = 600;
    }, 20);
    await vi.advanceTimersByTimeAsync(400);
    await expect(first).resolves.toBe('answered');
    // By the clock, the time for everything was over 100 ms ago.
    const next = phases.run('request', 300, answerAfter(100));
    await vi.advanceTimersByTimeAsync(100);
    await expect(next).resolves.toBe('answered');
  });

  test('that is blocked again and again is not the other side’s timeout', async () => {
    // So long that the pauses of a busy machine between them, which do not count, are not half of the time.
    const blocking = setInterval(() => block(1500), 20);
    onTestFinished(() => clearInterval(blocking));
    await expect(silent(800)).rejects.toThrow(/^the phase tls of a handshake: this process itself was blocked for/);
  });

  test('once does not hide a silent peer for longer than it was blocked', async () => {
    setTimeout(() => block(200), 20);
    const startedAt = performance.now();
    await expect(silent(300)).rejects.toBeInstanceOf(PhaseTimeoutError);
    expect(performance.now() - startedAt).toBeGreaterThan(450);
  });

  test('only after the other side had its time is: that deadline was merely noticed late', async () => {
    setTimeout(() => block(600), 250);
    await expect(silent(300)).rejects.toBeInstanceOf(PhaseTimeoutError);
  });

  test('that turns leaves a timeout what it is', async () => {
    await expect(silent(300)).rejects.toBeInstanceOf(PhaseTimeoutError);
  });

  test.each([
    [1200, ResourceShortageError],
    [0, Error],
  ])('for %d ms, and a peer that hangs up then: it is our fault only where we kept it waiting', async (ms, kind) => {
    // The loop of a busy machine may be held up as well, and no time passes here but what is asked for.
    if (ms === 0) vi.spyOn(performance, 'now').mockReturnValue(performance.now());
    const error = await new Phases(10_000, undefined)
      .run('tls', 5000, async () => {
        await sleep(60);
        block(ms);
        throw coded('ECONNRESET');
      })
      .catch((reason: Error) => reason);
    expect(error.constructor).toBe(kind);
  });

  test('a whole handshake does not end, and leaves nothing open', async () => {
    // It accepts, and says nothing; and then we stop listening.
    let blocking: NodeJS.Timeout | undefined;
    const server = await listening(
      createServer((socket) => {
        socket.resume();
        blocking = setInterval(() => block(1500), 20);
      }),
    );
    const mesh = endpoint(server.url, { timeouts: { connectMs: amplyMs, tlsMs: 800, requestMs: 800 } });
    const done = handshake({ mesh }, undefined, { now: () => new Date(), env: {} });
    await expect(done).rejects.toBeInstanceOf(ResourceShortageError);
    clearInterval(blocking);
    await server.stop();
  });
});
