/** One `Store` for all sources with the same settings, as long as any are named, so that what is read once serves all of them. */
import { createHmac, randomBytes } from 'node:crypto';
import { Secret } from '../secret.ts';
import type { Store } from './store.ts';

const stores = new Map<string, Store>();
const hashKey = randomBytes(32);

export function sharedStore(kind: string, settings: object, make: () => Store): Store {
  const key = `${kind} ${JSON.stringify(settings, withSecrets)}`;
  const known = stores.get(key);
  if (known) return known;
  const store = make();
  stores.set(key, store);
  return store;
}

/** Forgets everything else, because it is secret. */
export function keepOnly(places: readonly { readonly store: Store; readonly name: string }[]): void {
  const kept = Map.groupBy(places, ({ store }) => store);
  for (const [key, store] of stores) {
    const names = kept.get(store);
    if (names) store.keepOnly(new Set(names.map(({ name }) => name)));
    else stores.delete(key);
  }
}

/** Secrets print themselves all alike; settings with another secret are other settings. */
function withSecrets(this: Record<string, unknown>, name: string, value: unknown): unknown {
  const secret = this[name];
  return secret instanceof Secret ? createHmac('sha256', hashKey).update(secret.reveal()).digest('hex') : value;
}
