import type { SecureContext } from 'node:tls';

/** A large estate cannot keep every context: one takes as much memory as the rest of an environment. */
const most = 32;

interface Entry {
  readonly settings: string;
  readonly context: SecureContext;
}

/**
 * The most recently used contexts, because making one costs as much as a handshake. A credential that is read again is a new object, so a
 * replaced key is never used again.
 */
export class Contexts {
  readonly #entries = new Map<object, Entry>();

  /** @throws what `make` throws. */
  get(credential: object, settings: string, make: () => SecureContext): SecureContext {
    const known = this.#entries.get(credential);
    const entry = known?.settings === settings ? known : { settings, context: make() };
    // The most recently used goes to the end.
    this.#entries.delete(credential);
    this.#entries.set(credential, entry);
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= most) break;
      this.#entries.delete(oldest);
    }
    return entry.context;
  }
}
