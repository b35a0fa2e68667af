// Writes everything that is generated from the sources: the marked blocks in docs/*.md, and whole files that users load. With --check
// it writes nothing, and fails if a committed file is out of date.
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fill } from './docs/blocks.ts';
import { pages } from './docs/pages.ts';
import { products } from './docs/products.ts';

const check = process.argv.includes('--check');
const stale: string[] = [];
const problems: string[] = [];

for (const page of globSync('docs/*.md').sort()) {
  const filled = fill(page, readFileSync(page, 'utf8'), pages[page] ?? {});
  problems.push(...filled.problems);
  if (filled.problems.length === 0) put(page, filled.text);
}
for (const [path, content] of Object.entries(products())) put(path, content);

for (const problem of problems) console.error(problem);
if (stale.length > 0) console.error(`out of date: ${stale.join(', ')}\nrun: npm run docs`);
if (problems.length + stale.length > 0) process.exitCode = 1;

function put(path: string, content: string): void {
  if (read(path) === content) return;
  if (check) {
    stale.push(path);
  } else {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    console.log(`wrote ${path}`);
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
