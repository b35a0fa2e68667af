/** The module of the thread that looks at files. It loads almost nothing, and reads synchronously: that is what costs least. */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { type Mark, markOfKeyed } from './mark.ts';

export interface LookThreadData {
  readonly key: Uint8Array;
  /** Which path of the job it is at. The other side watches whether it moves. */
  readonly at: Int32Array;
  readonly mostBytes: number;
}

const { key, at, mostBytes } = workerData as LookThreadData;
const room = Buffer.allocUnsafeSlow(key.length + mostBytes + 1);
room.set(key);

parentPort?.on('message', (paths: readonly string[]) => {
  parentPort?.postMessage(
    paths.map((path, index) => {
      Atomics.store(at, 0, index);
      return look(path);
    }),
  );
});

/** Undefined if there is no regular file of a permitted size that can be read: the caller reads it as usual, and finds out why. */
function look(path: string): Mark | undefined {
  let descriptor: number | undefined;
  try {
    // O_NONBLOCK: opening a FIFO without a writer would wait for ever. O_NOCTTY: do not become the owner of a terminal.
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    const facts = fstatSync(descriptor);
    if (!facts.isFile()) return undefined;
    let end = key.length;
    for (;;) {
      const bytesRead = readSync(descriptor, room, end, room.length - end, null);
      if (bytesRead === 0) break;
      end += bytesRead;
      if (end === room.length) return undefined;
    }
    return markOfKeyed(room.subarray(0, end), facts.mode & 0o777);
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
