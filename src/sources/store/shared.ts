/** One `Store` for all sources with the same settings, for the life of the process, so that what is read once serves all of them. */
import type { Store } from './store.ts';

const stores = new Map<string, Store>();

export function sharedStore(kind: string, settings: object, make: () => Store): Store {
  const key = `${kind} ${JSON.stringify(settings)}`;
  const known = stores.get(key);
  if (known) return known;
  const store = make();
  stores.set(key, store);
  return store;
}
