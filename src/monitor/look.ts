/** The cheap part of a cycle: finds out for many environments at once that nothing about them has changed. */
import type { ResolvedEnvironment } from '../config/index.ts';
import type { Examination } from '../examine/index.ts';
import type { Entry, Run } from './entry.ts';

/** Enough that a message to a thread costs little for each, and few enough that what follows it holds nobody up. */
const atOnce = 256;

interface Examined {
  readonly environment: ResolvedEnvironment;
  readonly examination: Examination;
}

export interface Look {
  readonly names: readonly string[];
  /** Undefined for one that cannot be looked at now. */
  readonly entryOf: (name: string) => Entry | undefined;
  readonly areUnchanged: (examined: readonly Examined[], now: Date) => Promise<readonly boolean[]>;
  readonly now: () => Date;
  readonly nextRunAfter: (endedAt: Date) => Date;
  readonly unchanged: (name: string, run: Run) => void;
}

/** @returns the names of all others, which have to be checked. */
export async function lookAtAll({
  names,
  entryOf,
  areUnchanged,
  now,
  nextRunAfter,
  unchanged,
}: Look): Promise<string[]> {
  const others: string[] = [];
  for (let from = 0; from < names.length; from += atOnce) {
    const asked: { readonly name: string; readonly examined: Examined }[] = [];
    for (const name of names.slice(from, from + atOnce)) {
      const { environment, examination } = entryOf(name)?.memory ?? {};
      if (environment && examination) asked.push({ name, examined: { environment, examination } });
      else others.push(name);
    }
    if (asked.length === 0) continue;
    const startedAt = now();
    const answers = await areUnchanged(
      asked.map(({ examined }) => examined),
      startedAt,
    );
    const endedAt = now();
    const run = { startedAt, endedAt, nextRunAt: nextRunAfter(endedAt) };
    for (const [index, { name, examined }] of asked.entries()) {
      const entry = entryOf(name);
      // Meanwhile it may have been checked, or configured differently.
      const isSame = entry?.memory.examination === examined.examination;
      if (isSame && answers[index]) unchanged(name, run);
      else others.push(name);
    }
  }
  return others;
}
