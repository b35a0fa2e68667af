/** The types of the package's public face. Compiling checks all of src/. */
import { execFile } from 'node:child_process';
import { globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

/** Writes `index.d.ts` and what it refers to, in `types/`. @throws with the compiler's errors. */
export async function writeDeclarations(folder: string): Promise<void> {
  const types = join(folder, 'types');
  const args = ['-p', 'tsconfig.build.json', '--outDir', types];
  await promisify(execFile)('node_modules/.bin/tsc', args).catch(({ stdout }: { stdout: string }) => {
    throw new Error(stdout);
  });
  const needed = reachable(join(types, 'index.d.ts'));
  for (const file of globSync(join(types, '**', '*.d.ts'))) if (!needed.has(file)) rmSync(file);
  writeFileSync(join(folder, 'index.d.ts'), "export * from './types/index.js';\n");
}

function reachable(entry: string): ReadonlySet<string> {
  const found = new Set([entry]);
  for (const file of found) {
    for (const [, specifier = ''] of readFileSync(file, 'utf8').matchAll(
      /(?:from |import\()['"](\.[^'"]+)\.[jt]sx?['"]/g,
    ))
      found.add(join(dirname(file), `${specifier}.d.ts`));
  }
  return found;
}
