/** The figures of the last full runs: `figures.json`, from which docs/conformance.md is rendered. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Row } from './table.ts';

interface Run {
  /** `YYYY-MM-DD`. */
  readonly date: string;
  /** As printed by `openssl version`. */
  readonly openssl: string;
}

export interface SuiteFigures extends Run {
  readonly rows: readonly Row[];
  readonly leftOut: readonly LeftOut[];
}

/** Cases about something other than the path. */
export interface LeftOut {
  readonly suite: string;
  readonly remark: string;
  readonly cases: number;
}

export interface RandomFigures extends Run {
  readonly paths: number;
  readonly seed: number;
  /** By both. */
  readonly accepted: number;
  readonly refused: number;
  /** By the name of the rule that explains the difference. A path with two reasons counts for each. */
  readonly explained: Readonly<Record<string, number>>;
  readonly unexplained: number;
}

export interface Figures {
  readonly suites?: SuiteFigures;
  readonly random?: RandomFigures;
}

const file = join(import.meta.dirname, 'figures.json');

export const readFigures = (): Figures => JSON.parse(readFileSync(file, 'utf8')) as Figures;

export function writeFigures(figures: Figures): void {
  writeFileSync(file, `${JSON.stringify({ ...readFigures(), ...figures }, undefined, 2)}\n`);
}
