/** The program and the packages that it uses, in a few files: loading 500 small ones takes longer than most commands. */
import { readFileSync } from 'node:fs';
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

/**
 * @param entries - modules below `src`, without extension
 * @returns the paths of all modules in the bundle.
 */
export async function writeBundle(folder: string, entries: readonly string[]): Promise<string[]> {
  const bundle = await rolldown({
    input: inputs(entries),
    external,
    platform: 'node',
    plugins: [leanBuiltins, polyfillFirst],
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
  const deep = chunks.find(({ fileName }) => fileName.includes('/'));
  // src/installation/places.ts relies on it.
  if (deep) throw new Error(`${deep.fileName} is not in the folder itself`);
  return chunks.flatMap(({ moduleIds }) => moduleIds);
}
