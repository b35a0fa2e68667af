/** Real stores that tests start, where they are installed. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const said = new Set<string>();

/** A program below `.tools`, which `.ci/run` fills; under CI it must be there. */
export function storeTool(variable: string, ...path: readonly string[]): string | undefined {
  const program = process.env[variable] ?? join(import.meta.dirname, '..', '..', '..', '.tools', ...path);
  if (existsSync(program)) return program;
  if (process.env.CI === 'true') throw new Error(`${program} is not installed, and CI needs it`);
  if (!said.has(variable)) process.stderr.write(`skipped: tests that need ${program}, which is not installed\n`);
  said.add(variable);
  return undefined;
}
