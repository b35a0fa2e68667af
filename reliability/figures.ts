/** The figures of the last long runs, which `npm run docs` writes into docs/reliability.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';

/** What one command counted, by what was counted. Values are numbers or short words. */
export type Counted = Readonly<Record<string, number | string>>;

export interface Run {
  readonly date: string;
  readonly machine: string;
  /** As it was typed after `npm run`. */
  readonly command: string;
  readonly counted: Counted;
}

export const figuresFile = 'reliability/figures.json';
const file = join(import.meta.dirname, '..', figuresFile);

export const readFigures = (): Readonly<Record<string, Run>> => JSON.parse(readFileSync(file, 'utf8'));

/** The other runs stay as they are. */
export function writeFigures(name: string, command: string, counted: Counted): void {
  const [cpu, ...others] = cpus();
  const machine = `${others.length + 1} × ${cpu?.model ?? 'unknown processor'}, Node ${process.versions.node}`;
  const run: Run = { date: new Date().toISOString().slice(0, 10), machine, command, counted };
  writeFileSync(file, `${JSON.stringify({ ...readFigures(), [name]: run }, null, 2)}\n`);
}
