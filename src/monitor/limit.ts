import { MonitorError } from '../errors/index.ts';
import { socketShare } from '../shortage/index.ts';

/** Runs `work` for every item, at most `atOnce` at a time, in the order of the items. Rejects with the first failure. */
export async function forEachLimited<T>(
  items: AsyncGenerator<T>,
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const worker = async () => {
    for await (const item of items) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

/** The work did not end in time; it may still be running. */
export class DeadlineError extends MonitorError {
  override readonly code = 'ERR_DEADLINE';
}

/** @throws {DeadlineError} */
export async function withDeadline<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new DeadlineError(`not done after ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Handshakes mostly wait, so sockets limit their number, not work. */
export const handshakesAtOnce = socketShare(512);

export type Limit = <T>(work: () => Promise<T>) => Promise<T>;

/** Limits work from any number of callers to `atOnce` at a time. */
export function createLimit(atOnce: number): Limit {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
