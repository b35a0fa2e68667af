/** The program and the packages that it uses, in a few files: loading 500 small ones takes longer than most commands. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type OutputChunk, type Plugin, rolldown } from 'rolldown';
import { bundledName } from '../../src/installation/index.ts';
import { leanBuiltins } from './lean-builtins.ts';

/** Modules that are started by themselves: see `startedModule`. */
export const startedModules = ['config/parse-worker', 'examine/thread', 'marks/thread', 'mesh/network/lookup-process'];

/** Installed by whoever wants what they are for. */
const { optionalDependencies, peerDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
const external = Object.keys({ ...optionalDependencies, ...peerDependencies });

const sources = join(import.meta.dirname, '..', '..', 'src');
const inputs = (paths: readonly string[]) =>
  Object.fromEntries(paths.map((path) => [bundledName(path).slice(0, -'.js'.length), join(sources, `${path}.ts`)]));

/** The order in which the files of a bundle are run is not that of the imports in our sources, and this package wants to be second. */
const polyfillFirst: Plugin = {
  name: 'polyfill first',
  transform: (code, id) =>
    /\/tsyringe\/.*\/index\.js$/.test(id) ? { code: `import 'reflect-metadata';${code}`, map: null } : undefined,
};

/** Express loads its parsers of request bodies, and with them tables of all the world's character sets, for whoever calls `express.json()`. We do not. */
const withoutBodyParser: Plugin = {
  name: 'without body-parser',
  resolveId: (id) => (id === 'body-parser' ? `\0${id}` : undefined),
  load: (id) => (id === '\0body-parser' ? { code: 'module.exports = {};' } : undefined),
};

/**
 * One curly quote in a file makes V8 keep all of it in memory with two bytes for each character, and our sentences are full of them. In
 * strings, templates, patterns and comments an escape means the same.
 * @throws {Error} for a raw template, where it does not.
 */
function inAscii(code: string): string {
  const raw = /\braw`[^`]*\P{ASCII}[^`]*`/u.exec(code)?.[0];
  if (raw !== undefined) throw new Error(`a raw template cannot be written in ASCII: ${raw}`);
  const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return code.replace(/\P{ASCII}/gu, (each) => each.split('').map(escaped).join(''));
}

/**
 * @param entries - modules below `src`, without extension
 * @returns the paths of all modules in the bundle.
 */
export async function writeBundle(folder: string, entries: readonly string[]): Promise<string[]> {
  const bundle = await rolldown({
    input: inputs(entries),
    external,
    platform: 'node',
    plugins: [leanBuiltins, polyfillFirst, withoutBodyParser],
    // Of packages that still have both kinds of module, the kind of which what nobody uses can be left out.
    resolve: { mainFields: ['module', 'main'] },
    transform: { target: 'es2024' },
    // What a module of ours does when it is loaded concerns nobody but those who use something from it.
    treeshake: { moduleSideEffects: (id) => !id.startsWith(sources) },
  });
  const { output } = await bundle.write({
    dir: folder,
    format: 'esm',
    chunkFileNames: '[name].js',
    sourcemap: true,
    sourcemapExcludeSources: true,
  });
  await bundle.close();
  const chunks = output.filter((file): file is OutputChunk => file.type === 'chunk');
  for (const { fileName, code } of chunks) writeFileSync(join(folder, fileName), inAscii(code));
  const deep = chunks.find(({ fileName }) => fileName.includes('/'));
  // src/installation/places.ts relies on it.
  if (deep) throw new Error(`${deep.fileName} is not in the folder itself`);
  return chunks.flatMap(({ moduleIds }) => moduleIds);
}
