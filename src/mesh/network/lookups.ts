import { type LookupAddress, lookup } from 'node:dns';
import { promisify } from 'node:util';
import { untilAborted } from '../deadline.ts';
import { type Family, LookupHelper, LookupHelperError } from './lookup-helper.ts';

export type Ask = (host: string, family: Family) => Promise<LookupAddress[]>;

interface Shared {
  readonly answer: Promise<LookupAddress[]>;
  waiters: number;
}

/** Long enough for a helper to serve one round of handshakes, but not to live until the next. */
const lingerMs = 10_000;

/**
 * Lookups through the system, each starting when it is requested: a silent resolver does not delay lookups of other names, and does not keep the
 * process alive. Simultaneous requests for the same name share one lookup.
 */
export class Lookups {
  readonly #ask: Ask;
  readonly #shared = new Map<string, Shared>();
  readonly #helpers: LookupHelper[] = [];
  #waiters = 0;
  #lingering: NodeJS.Timeout | undefined;

  /** @param ask - replaces the system, for tests. */
  constructor(ask?: Ask) {
    this.#ask = ask ?? ((host, family) => this.#askHelper(host, family));
  }

  /** @throws what getaddrinfo says, with its code, or the signal's reason. */
  addresses(host: string, signal: AbortSignal): Promise<LookupAddress[]> {
    const name = host.toLowerCase();
    const shared = this.#shared.get(name) ?? this.#begin(name);
    shared.waiters += 1;
    this.#waiters += 1;
    clearTimeout(this.#lingering);
    return untilAborted(signal, (settle) => {
      shared.answer.then(settle.resolve, settle.reject);
      return () => this.#leave(name, shared);
    });
  }

  #begin(name: string): Shared {
    const shared = { answer: eitherFamily((family) => this.#ask(name, family)), waiters: 0 };
    this.#shared.set(name, shared);
    const forget = () => this.#forget(name, shared);
    shared.answer.then(forget, forget);
    return shared;
  }

  /** A lookup that nothing waits for is forgotten, so that the next request asks again: the resolver may have recovered. */
  #leave(name: string, shared: Shared): void {
    shared.waiters -= 1;
    this.#waiters -= 1;
    if (shared.waiters === 0) this.#forget(name, shared);
    if (this.#waiters > 0) return;
    this.#lingering = setTimeout(() => this.#endHelpers(), lingerMs).unref();
  }

  #forget(name: string, shared: Shared): void {
    if (this.#shared.get(name) === shared) this.#shared.delete(name);
  }

  #endHelpers(): void {
    for (const helper of this.#helpers.splice(0)) helper.kill();
  }

  async #askHelper(host: string, family: Family): Promise<LookupAddress[]> {
    const helper = this.#helpers.find(({ free }) => free) ?? this.#startHelper();
    try {
      return await helper.ask(host, family);
    } catch (error) {
      if (!(error instanceof LookupHelperError)) throw error;
      this.#helpers.splice(0, this.#helpers.length, ...this.#helpers.filter((each) => each !== helper));
      // If no process can be started, a slow lookup is better than none.
      return promisify(lookup)(host, { family, all: true });
    }
  }

  #startHelper(): LookupHelper {
    const helper = new LookupHelper();
    this.#helpers.push(helper);
    return helper;
  }
}

/** RFC 8305 §3: how long the answer for one family waits for the other. Most networks here work over IPv4. */
const graceMs: Readonly<Record<Family, number>> = { 4: 50, 6: 1000 };

/** Both families, IPv6 first. One that stays silent does not hold up the other. If both fail, the error is IPv4's. */
export function eitherFamily(ask: (family: Family) => Promise<LookupAddress[]>): Promise<LookupAddress[]> {
  return new Promise((resolve, reject) => {
    const found = new Map<Family, LookupAddress[]>();
    const errors = new Map<Family, unknown>();
    let timer: NodeJS.Timeout | undefined;
    const conclude = () => {
      clearTimeout(timer);
      const addresses = [...(found.get(6) ?? []), ...(found.get(4) ?? [])];
      if (addresses.length > 0) resolve(addresses);
      else reject(errors.get(4) ?? errors.get(6));
    };
    const heard = (family: Family) => {
      if (found.size + errors.size === 2) conclude();
      else if (found.size === 1) timer = setTimeout(conclude, graceMs[family]).unref();
    };
    for (const family of [4, 6] as const) {
      ask(family)
        .then(
          (addresses) => found.set(family, addresses),
          (error: unknown) => errors.set(family, error),
        )
        .then(() => heard(family));
    }
  });
}
