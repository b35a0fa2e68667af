/** Files read for many environments together: a file that is read by itself takes the main thread longer than one that is parsed. */
import type { FilesAhead } from '../credential/index.ts';

/** Few enough that none waits long for its turn. */
const atOnce = 32;
/** For fewer than two lots, the thread takes 10 MiB and more time to start than it saves. */
const fewest = 2 * atOnce;
/** What was read longer ago may have been replaced. */
const freshMs = 2_000;

/**
 * Each name with the files that were read for it a moment ago. While one lot is worked on, the next one is read. Where there are few names,
 * nothing is read for them.
 * @param read of the files of these environments, those that can be read at once
 */
export async function* withFiles(
  names: readonly string[],
  read: (names: readonly string[]) => Promise<FilesAhead>,
): AsyncGenerator<readonly [name: string, files: FilesAhead]> {
  if (names.length < fewest) {
    for (const name of names) yield [name, noFiles];
    return;
  }
  const lots = Array.from({ length: Math.ceil(names.length / atOnce) }, (_, index) =>
    names.slice(index * atOnce, (index + 1) * atOnce),
  );
  const begun = async (lot?: readonly string[]) => ({ files: lot ? await read(lot) : noFiles, at: performance.now() });
  let next = begun(lots[0]);
  for (const [index, lot] of lots.entries()) {
    const { files, at } = await next;
    next = begun(lots[index + 1]);
    for (const name of lot) yield [name, performance.now() - at < freshMs ? files : noFiles];
  }
}

export const noFiles: FilesAhead = new Map();
