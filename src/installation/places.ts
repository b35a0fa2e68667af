import { extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Whether this runs from `src/`, or from the bundle that the build makes of it: one flat folder, `dist/`. */
const fromSources = extname(import.meta.filename) !== '.js';
const program = fromSources ? join(import.meta.dirname, '..') : import.meta.dirname;

/** The folder of the package, with `package.json`. */
export const packageFolder = join(program, '..');

/**
 * A module that is started by itself, in a thread or a process. `scripts/build.ts` has the list of them.
 * @param path - below `src`, without extension
 * @example
 * new Worker(startedModule('examine/thread'));
 */
export function startedModule(path: string): URL {
  return pathToFileURL(join(program, fromSources ? `${path}.ts` : bundledName(path)));
}

/** `examine/thread` → `examine-thread.js` */
export const bundledName = (path: string): string => `${path.replaceAll('/', '-')}.js`;

/** A folder with files that are served as they are, at the same place below `src` and `dist`: `web/assets` */
export const servedFolder = (path: string): string => join(program, path);
