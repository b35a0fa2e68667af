/** In place of `src/installation/places.ts`, so that tests start what `bundle.ts` has bundled. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundledName } from '../../../src/installation/places.ts';
import { folder } from './folder.ts';

export { bundledName, packageFolder, servedFolder } from '../../../src/installation/places.ts';
export const startedModule = (path: string): URL => pathToFileURL(join(folder, bundledName(path)));
