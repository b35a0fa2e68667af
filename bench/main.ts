// npm run bench -- NAME [arguments]: runs bench/NAME.ts. Without a name, lists the benchmarks.
import { readdirSync } from 'node:fs';

const names = readdirSync(import.meta.dirname)
  .map((file) => file.replace(/\.ts$/, ''))
  .filter((name) => name !== 'main')
  .sort();
const [name, ...args] = process.argv.slice(2);

if (name !== undefined && names.includes(name)) {
  const { run } = (await import(`./${name}.ts`)) as { run: (args: readonly string[]) => Promise<void> };
  await run(args);
} else {
  console.error(`usage: npm run bench -- ${names.join('|')}`);
  process.exitCode = 3;
}
