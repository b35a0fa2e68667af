/** `&anchor`, `*alias` and `<<`, as far as it is certain that the library would accept them. */
import { unsure } from './scalars.ts';

/** Enough aliases for thousands of environments to share a contact, but far fewer than an alias bomb creates. */
export const maxAliasCount = 20_000;

export type Mapping = Record<string, unknown>;

export class Anchors {
  readonly #known = new Map<string, { readonly value: unknown; uses: number }>();
  /** Anchors whose value is being read. */
  #open = 0;

  /** `read` reads the value of the anchor. Each name once: which of several is meant depends on where they are. */
  define(name: string, read: () => unknown): unknown {
    this.#open += 1;
    const value = read();
    this.#open -= 1;
    if (this.#known.has(name)) return unsure;
    this.#known.set(name, { value, uses: 0 });
    return value;
  }

  /** An alias inside the value of an anchor is how bombs are made, and how a value comes to contain itself. */
  use(name: string): unknown {
    const anchor = this.#known.get(name);
    if (!anchor || this.#open > 0) return unsure;
    anchor.uses += 1;
    return anchor.uses > maxAliasCount ? unsure : anchor.value;
  }
}

/** A mapping that is being read: each key once, and those that are merged in (`<<`) give way to its own. */
export class Entries {
  readonly mapping: Mapping = {};
  #merged: Set<string> | undefined;
  #hasMerged = false;

  /** @returns false if that is not certain to be right. */
  add(key: string, value: unknown): boolean {
    if (value === unsure) return false;
    if (key === '<<') return this.#merge(value);
    if (key === '__proto__') return false;
    if (Object.hasOwn(this.mapping, key) && !this.#merged?.delete(key)) return false;
    this.mapping[key] = value;
    return true;
  }

  #merge(value: unknown): boolean {
    if (this.#hasMerged || typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    this.#hasMerged = true;
    this.#merged = new Set();
    for (const [key, each] of Object.entries(value)) {
      if (Object.hasOwn(this.mapping, key)) continue;
      this.mapping[key] = each;
      this.#merged.add(key);
    }
    return true;
  }
}
