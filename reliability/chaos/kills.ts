/** Kills at points that chance picks: a time after the start, or a piece of what is said to the mail server. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Dice } from '../../conformance/random/dice.ts';
import type { Liveness } from '../liveness.ts';
import { judge, type RunFigures } from './run.ts';
import { Stage } from './stage.ts';

/** Of one estate, before it is judged. */
const killsInARow = 6;
/** Three conversations have about sixty pieces. */
const mostPieces = 60;
const mostMs = 1_500;

export async function killRun(seed: number, liveness: Liveness, figures: RunFigures): Promise<void> {
  const dice = new Dice(seed);
  const stage = await Stage.set(liveness);
  try {
    for (let number = 0; number < killsInARow; number++) await startAndKill(stage, dice, figures);
    await judge(stage, seed, figures);
  } finally {
    await stage.strike();
  }
}

async function startAndKill(stage: Stage, dice: Dice, figures: RunFigures): Promise<void> {
  const { promise: said, resolve } = Promise.withResolvers<void>();
  const byPiece = dice.oneIn(2);
  if (byPiece) Object.assign(stage.mail, { mood: 'cuts', cutAfter: 1 + dice.below(mostPieces / 3) });
  stage.mail.onCut = () => {
    stage.expectAnswers(false);
    stage.service?.child.kill('SIGKILL');
    resolve();
  };
  const service = await stage.start().catch(() => undefined);
  // It may have been killed before it said that it was serving.
  if (service) await Promise.race([byPiece ? said : sleep(dice.below(mostMs)), sleep(mostMs)]);
  await stage.kill();
  figures.kills += 1;
  delete stage.mail.onCut;
  stage.mail.mood = 'fine';
}
