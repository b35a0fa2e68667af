/** What is known and configured at this moment: sending takes long, and what was known when it began may be wrong by now. */
import type { Configuration } from '../config/index.ts';
import type { EstateStatus } from '../status/index.ts';

export type Current = () => { readonly estate: EstateStatus; readonly configuration: Configuration };

const indexes = new WeakMap<readonly object[], ReadonlyMap<string, unknown>>();

/** The one of this name. A list is indexed once, because thousands are looked for in the same one. */
export function named<T extends { readonly name: string }>(list: readonly T[], name: string): T | undefined {
  const index = indexes.get(list) ?? new Map(list.map((each) => [each.name, each]));
  indexes.set(list, index);
  return index.get(name) as T | undefined;
}
