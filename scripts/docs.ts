// Writes the generated reference pages; with --check, fails when a committed page differs from its catalogue.
// Each file in scripts/docs/ exports `pages`: path → content.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export type Pages = Record<string, string>;

const check = process.argv.includes('--check');
const stale: string[] = [];

for (const file of readdirSync(new URL('./docs/', import.meta.url)).sort()) {
  const { pages } = (await import(`./docs/${file}`)) as { pages: () => Pages | Promise<Pages> };
  for (const [path, content] of Object.entries(await pages())) {
    if (read(path) === content) continue;
    if (check) {
      stale.push(path);
    } else {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
      console.log(`wrote ${path}`);
    }
  }
}

if (stale.length > 0) {
  console.error(`out of date: ${stale.join(', ')}\nrun: npm run docs`);
  process.exitCode = 1;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
