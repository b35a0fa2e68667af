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

export interface LookRequest {
  readonly kind: 'marks' | 'files';
  readonly paths: readonly string[];
}

export interface HandedOver {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly mode: number;
  readonly mark: Mark;
}

/** Longer files are few, and would be many bytes at once: who wants one reads it by itself. */
const mostHandedOver = 64 * 1024;

const { key, at, mostBytes } = workerData as LookThreadData;
const room = Buffer.allocUnsafeSlow(key.length + mostBytes + 1);
room.set(key);

parentPort?.on('message', ({ kind, paths }: LookRequest) => {
  parentPort?.postMessage(
    paths.map((path, index) => {
      Atomics.store(at, 0, index);
      return kind === 'marks' ? look(path, markOfFound) : look(path, copyOfFound);
    }),
  );
});

const markOfFound = (end: number, mode: number): Mark => markOfKeyed(room.subarray(0, end), mode);

/** A `MarkedFile`, except that its bytes are not a Buffer yet. They have memory of their own, because all of that crosses. */
function copyOfFound(end: number, mode: number): HandedOver | undefined {
  if (end - key.length > mostHandedOver) return undefined;
  return { bytes: new Uint8Array(room.subarray(key.length, end)), mode, mark: markOfFound(end, mode) };
}

/** Undefined if there is no regular file of a permitted size that can be read: the caller reads it as usual, and finds out why. */
function look<T>(path: string, found: (end: number, mode: number) => T): T | undefined {
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
    return found(end, facts.mode & 0o777);
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
