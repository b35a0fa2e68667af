/** One run: a service that starts well, things that go wrong at the same time, an end, and what must be so afterwards. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Dice } from '../../conformance/random/dice.ts';
import type { Liveness } from '../liveness.ts';
import { type Fault, faults, fullDisk, onSmallDisk } from './faults.ts';
import { Stage } from './stage.ts';

export interface RunFigures {
  /** By name, how often each fault has been begun. */
  readonly faults: Record<string, number>;
  kills: number;
  requests: number;
  /** Requests that are reported as uncertain, or that wait with an alarm. */
  reported: number;
  readonly broken: string[];
}

export const noFigures = (): RunFigures => ({ faults: {}, kills: 0, requests: 0, reported: 0, broken: [] });

/** One run in five has its state directory on a disk that can fill up. */
const smallDiskEvery = 5;

export async function chaosRun(
  seed: number,
  liveness: Liveness,
  figures: RunFigures,
  mayMount: boolean,
): Promise<void> {
  const dice = new Dice(seed);
  liveness.during(`seed ${seed}, before any fault`);
  const stage = await Stage.set(liveness);
  const unmount = mayMount && seed % smallDiskEvery === 0 ? await onSmallDisk(stage) : undefined;
  try {
    await stage.start();
    await sleep(dice.below(1_500));
    const elsewhere = faults.filter(({ name }) => !isAboutTheDirectory(name));
    const chosen = unmount ? [fullDisk, dice.pick(elsewhere)] : dice.shuffled(faults).slice(0, 1 + dice.below(3));
    liveness.during(`seed ${seed}, ${chosen.map(({ name }) => name).join(', ')}`);
    await suffer(stage, dice, chosen, figures);
    liveness.during(`seed ${seed}, after the faults`);
    if (dice.oneIn(2)) {
      await stage.kill();
      figures.kills += 1;
    } else {
      const ended = await stage.end();
      if (ended !== 0) figures.broken.push(`seed ${seed}: ended with ${ended} after SIGTERM`);
    }
    await judge(stage, seed, figures);
  } finally {
    await stage.kill();
    unmount?.();
    await stage.strike();
  }
}

const isAboutTheDirectory = (name: string) => name.startsWith('state directory');

/** Faults that begin one after the other, and end in the opposite order: two may be about the same directory. */
async function suffer(stage: Stage, dice: Dice, chosen: readonly Fault[], figures: RunFigures): Promise<void> {
  const mending: (() => Promise<unknown>)[] = [];
  const directories = chosen.filter(({ name }) => isAboutTheDirectory(name));
  for (const fault of chosen) {
    if (directories.indexOf(fault) > 0) continue;
    figures.faults[fault.name] = (figures.faults[fault.name] ?? 0) + 1;
    mending.unshift(await fault.begin(stage, dice));
    await sleep(dice.below(800));
  }
  await sleep(500 + dice.below(2_000));
  for (const mend of mending) await mend();
  await sleep(dice.below(1_000));
}

/** A fresh start in calm: everybody is asked for once, or an alarm says what is the matter. */
export async function judge(stage: Stage, seed: number, figures: RunFigures): Promise<void> {
  stage.mail.mood = 'fine';
  await stage.start();
  for (const name of await stage.settled())
    figures.broken.push(`seed ${seed}: ${name} was not asked for, and no alarm says so`);
  const ended = await stage.end();
  if (ended !== 0) figures.broken.push(`seed ${seed}: ended with ${ended} after SIGTERM in calm`);
  const records = stage.records();
  for (const name of stage.names) {
    const asked = stage.requestsFor(name);
    const state = records.find(({ environment }) => environment === name)?.state;
    figures.requests += asked;
    if (asked > 1) figures.broken.push(`seed ${seed}: the desk was asked ${asked} times for ${name}`);
    if (asked === 0 && state === 'requested')
      figures.broken.push(`seed ${seed}: ${name} is on record as asked for, but was not`);
    if (asked === 0 || state !== 'requested') figures.reported += 1;
  }
}
