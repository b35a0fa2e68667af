/**
 * Damaged and hostile inputs to every reader of the product. docs/reliability.md says what is held and shows the figures.
 *
 *   npm run fuzz -- [--inputs 100000] [--seed 1] [--only REGEXP] [--keep DIRECTORY] [--json] [--write]
 *
 * `--keep` writes what broke a property into the directory. SIGTERM ends it after the round. Exit status: 0 if every property held, 1 if not, 2 for wrong options.
 */
import './work.ts';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeFigures } from '../figures.ts';
import { orUsage, wholeNumber } from '../options.ts';
import type { Reader } from './reader.ts';
import type { Fault, ReaderFigures } from './run.ts';

const mostGrowthBytes = 100_000_000;
/** Every reader has its turn in each, so that a run that is ended early has tried all of them. */
const rounds = 40;
const seedsOfARound = 1_000;

const options = orUsage(() => optionsOf(process.argv.slice(2)));
// Only now, so that all of the product is counted from its first line.
const { makeMaterial } = await import('./material.ts');
const { allReaders } = await import('./readers/all.ts');
const { fuzz, memory } = await import('./run.ts');

const readers = await allReaders(await makeMaterial());
const wanted = readers.filter(({ name }) => new RegExp(options.only, 'i').test(name));
const shares = wanted.reduce((sum, { share }) => sum + share, 0);
const figures = new Map<string, ReaderFigures>();
const faults: Fault[] = [];
let early = 0;
let isOver = false;
process.once('SIGTERM', () => {
  isOver = true;
});
for (let round = 0; round < rounds && !isOver; round++) {
  for (const reader of wanted) await one(reader, round);
  // The first round fills caches and compiles.
  if (round === 0) early = await memory();
  if (!options.json)
    console.log(`round ${round + 1} of ${rounds}: ${inputsIn(figures)} inputs, ${faults.length} faults`);
}
const grownBytes = (await memory()) - early;
for (const { close } of readers) await close?.();

const all = [...figures.values()];
if (options.json) {
  const what = faults.map(({ reader, what: said }) => `${reader}: ${said}`);
  console.log(JSON.stringify({ grownBytes, readers: all, what }));
} else for (const each of all) console.log(each);
if (options.write)
  writeFigures('fuzz', `fuzz -- --inputs ${options.inputs} --seed ${options.seed}`, {
    ...Object.fromEntries(
      all.map(({ reader, inputs, accepted }) => [`${reader}: inputs (taken for good)`, `${inputs} (${accepted})`]),
    ),
    'inputs in all': inputsIn(figures),
    'properties broken': faults.length,
    'most work of one input in the main thread, in executed blocks': Math.max(
      ...all.map(({ mostBlocks }) => mostBlocks),
    ),
    'growth of memory': `${(grownBytes / 1e6).toFixed(1)} MB`,
  });
process.exitCode = faults.length > 0 || grownBytes > mostGrowthBytes ? 1 : 0;

async function one(reader: Reader, round: number): Promise<void> {
  const share = Math.ceil((options.inputs * reader.share) / shares / rounds);
  const before = figures.get(reader.name) ?? { inputs: 0, accepted: 0, mostBlocks: 0 };
  const result = await fuzz(reader, share, options.seed + round * seedsOfARound, (fault) => {
    faults.push(fault);
    console.error(`${fault.reader}: ${fault.what}`);
    if (options.keep) keep(options.keep, fault);
  });
  figures.set(reader.name, {
    reader: reader.name,
    inputs: before.inputs + result.inputs,
    accepted: before.accepted + result.accepted,
    mostBlocks: Math.max(before.mostBlocks, result.mostBlocks),
  });
}

function inputsIn(counted: ReadonlyMap<string, ReaderFigures>): number {
  return [...counted.values()].reduce((sum, { inputs }) => sum + inputs, 0);
}

function keep(directory: string, { reader, what, bytes }: Fault): void {
  mkdirSync(directory, { recursive: true });
  const name = `${reader.replace(/\W+/g, '-').toLowerCase()}-${faults.length}`;
  writeFileSync(join(directory, name), bytes);
  writeFileSync(join(directory, `${name}.txt`), `${what}\n`);
}

function optionsOf(args: string[]) {
  const { values } = parseArgs({
    args,
    options: {
      inputs: { type: 'string', default: '100000' },
      seed: { type: 'string', default: '1' },
      only: { type: 'string', default: '' },
      keep: { type: 'string' },
      json: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
    },
  });
  return { ...values, inputs: wholeNumber('inputs', values.inputs), seed: wholeNumber('seed', values.seed) };
}
