import { type Read, readByLibrary } from './library.ts';
import { readPlain } from './plain.ts';
import { unsure } from './scalars.ts';

/** JSON is valid YAML. `<<` merges a mapping, so that environments can share settings. */
export function parseYaml(text: string): Read {
  const value = readPlain(text);
  return value === unsure ? readByLibrary(text) : { value };
}
