/** Takes every measurement, one after the other, and prints them. */
import { blackboxFigures } from './blackbox.ts';
import { coldFigures } from './cold.ts';
import { cycleFigures } from './cycle.ts';
import { type Estate, writeEstate } from './estate.ts';
import { type Figure, growth, machine, table } from './figures.ts';
import { probeFigures } from './handshake.ts';
import { serviceFigures } from './service.ts';
import { commandFigures, configurationFigures } from './start.ts';

export interface TableOptions {
  readonly sizes: readonly number[];
  readonly json: boolean;
}

const probes = 200;

export async function runTable({ sizes, json }: TableOptions): Promise<void> {
  const figures: Figure[] = [];
  const take = async (what: string, work: () => Promise<Figure[]>) => {
    const begun = performance.now();
    figures.push(...(await work()));
    console.error(`${what}: ${((performance.now() - begun) / 1000).toFixed(0)} s`);
  };
  for (const size of sizes) {
    let estate: Estate | undefined;
    await take(`an estate of ${size}`, async () => {
      estate = await writeEstate(size);
      return [];
    });
    if (!estate) continue;
    const { config } = estate;
    try {
      const own = estate;
      await take(`configuration of ${size}`, () => configurationFigures(config, size));
      await take(`service with ${size}`, () => serviceFigures(own, size));
      await take(`cycles of ${size}`, () => cycleFigures(own));
      if (size !== Math.max(...sizes)) continue;
      await take('cold assessment', () => coldFigures(own));
      await take('commands', () => commandFigures(own));
    } finally {
      estate.remove();
    }
  }
  await take('probes', () => probeFigures(probes));
  await take('probes beside blackbox_exporter', () => blackboxFigures(probes));
  const [from, to] = sizes.slice(-2);
  if (from !== undefined && to !== undefined) figures.push(...growth(figures, from, to));
  if (json) console.log(JSON.stringify({ machine: machine(), figures }, undefined, 2));
  else console.log(`${machine()}\n\n${table(figures)}`);
}
