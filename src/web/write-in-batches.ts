import { setImmediate as nextTurn } from 'node:timers/promises';

const atOnce = 100;

/** Writes each element, and yields to other requests from time to time, so that a list of thousands does not delay `/health/live`. */
export async function writeInBatches<Element>(
  elements: readonly Element[],
  write: (element: Element) => string,
): Promise<string[]> {
  const written: string[] = [];
  for (const [index, element] of elements.entries()) {
    if (index > 0 && index % atOnce === 0) await nextTurn();
    written.push(write(element));
  }
  return written;
}
