import { join } from 'node:path';
import type { Plugin } from 'vitest/config';

/** Gives whoever imports the room `installation` the places of what has been bundled for the tests. */
export const startBundled: Plugin = {
  name: 'start what is bundled',
  enforce: 'pre',
  resolveId: (id, importer) =>
    id === './places.ts' && importer?.endsWith('/src/installation/index.ts')
      ? join(import.meta.dirname, 'places.ts')
      : undefined,
};
