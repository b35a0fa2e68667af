/**
 * Damaged and hostile inputs to every reader of the product. docs/reliability.md says what is held and shows the figures.
 *
 *   npm run fuzz -- [--inputs 100000] [--seed 1] [--only REGEXP] [--keep DIRECTORY] [--json] [--write]
 *
 * `--keep` writes what broke a property into the directory. Exit status: 0 if every property held, 1 if not, 2 for wrong options.
 */
import './work.ts';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeFigures } from '../figures.ts';
import type { Reader } from './reader.ts';
import type { Fault, ReaderFigures } from './run.ts';

/** Bytes by which one reader may grow, of the 100 MB that all of them may. */
const mostGrowthBytes = 100_000_000;

const options = optionsOf(process.argv.slice(2));
// Only now, so that all of the product is counted from its first line.
const { makeMaterial } = await import('./material.ts');
const { allReaders } = await import('./readers/all.ts');
const { fuzz } = await import('./run.ts');

const readers = await allReaders(await makeMaterial());
const wanted = readers.filter(({ name }) => new RegExp(options.only, 'i').test(name));
const shares = wanted.reduce((sum, { share }) => sum + share, 0);
const figures: ReaderFigures[] = [];
const faults: Fault[] = [];
for (const reader of wanted) figures.push(await one(reader));
for (const { close } of readers) await close?.();

const grownBytes = figures.reduce((sum, each) => sum + Math.max(0, each.grownBytes), 0);
const summary = { inputs: figures.reduce((sum, each) => sum + each.inputs, 0), faults: faults.length, grownBytes };
if (options.json)
  console.log(
    JSON.stringify({ ...summary, readers: figures, what: faults.map(({ reader, what }) => `${reader}: ${what}`) }),
  );
else console.log(`${summary.inputs} inputs, ${faults.length} faults, grown by ${megabytes(grownBytes)}`);
if (options.write)
  writeFigures('fuzz', `fuzz -- --inputs ${options.inputs} --seed ${options.seed}`, {
    ...Object.fromEntries(
      figures.map(({ reader, inputs, accepted }) => [`${reader}: inputs (taken for good)`, `${inputs} (${accepted})`]),
    ),
    'inputs in all': summary.inputs,
    'properties broken': faults.length,
    'most work of one input in the main thread, in executed blocks': Math.max(
      ...figures.map(({ mostBlocks }) => mostBlocks),
    ),
    'growth of memory': megabytes(grownBytes),
  });
process.exitCode = faults.length > 0 || grownBytes > mostGrowthBytes ? 1 : 0;

async function one(reader: Reader): Promise<ReaderFigures> {
  const share = Math.ceil((options.inputs * reader.share) / shares);
  const result = await fuzz(reader, share, options.seed, (fault) => {
    faults.push(fault);
    console.error(`${fault.reader}: ${fault.what}`);
    if (options.keep) keep(options.keep, fault);
  });
  const { inputs, accepted, mostBlocks, grownBytes: grown } = result;
  if (!options.json)
    console.log(
      `${reader.name}: ${inputs} inputs, ${accepted} accepted, at most ${mostBlocks} blocks, grown by ${megabytes(grown)}`,
    );
  return result;
}

function keep(directory: string, { reader, what, bytes }: Fault): void {
  mkdirSync(directory, { recursive: true });
  const name = `${reader.replace(/\W+/g, '-').toLowerCase()}-${faults.length}`;
  writeFileSync(join(directory, name), bytes);
  writeFileSync(join(directory, `${name}.txt`), `${what}\n`);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

function optionsOf(args: string[]) {
  try {
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
    for (const name of ['inputs', 'seed'] as const)
      if (!/^\d+$/.test(values[name])) throw new Error(`--${name} is not a whole number`);
    return { ...values, inputs: Number(values.inputs), seed: Number(values.seed) };
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(2);
  }
}
