/** One `Store` for all sources with the same settings, for the life of the process, so that what is read once serves all of them. */
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

/** Secrets print themselves all alike; settings with another secret are other settings. */
function withSecrets(this: Record<string, unknown>, name: string, value: unknown): unknown {
  const secret = this[name];
  return secret instanceof Secret ? createHmac('sha256', hashKey).update(secret.reveal()).digest('hex') : value;
}
