import type { SecureContext } from 'node:tls';

/** Of a large estate not every context can be kept: one takes as much memory as the rest of an environment. */
const most = 32;

interface Entry {
  readonly settings: string;
  readonly context: SecureContext;
}

/**
 * The contexts that were used last, for making one costs as much as a handshake. A credential that is read anew is another object, so a key that
 * was replaced is never used again.
 */
export class Contexts {
  readonly #entries = new Map<object, Entry>();

  /** @throws what `make` throws. */
  get(credential: object, settings: string, make: () => SecureContext): SecureContext {
    const known = this.#entries.get(credential);
    const entry = known?.settings === settings ? known : { settings, context: make() };
    // The one used last is the last.
    this.#entries.delete(credential);
    this.#entries.set(credential, entry);
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= most) break;
      this.#entries.delete(oldest);
    }
    return entry.context;
  }
}
