/** The figures of a run in docs/conformance.md, each block between two comments. */
import { readFileSync, writeFileSync } from 'node:fs';

const page = 'docs/conformance.md';

/** @throws {Error} when the page has no such block */
export function writeBlock(name: string, content: string): void {
  const [begin, end] = [`<!-- ${name} -->\n`, `<!-- end of ${name} -->`];
  const text = readFileSync(page, 'utf8');
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`${page} has no block ${name}`);
  writeFileSync(page, `${text.slice(0, from + begin.length)}${content}${text.slice(to)}`);
}
