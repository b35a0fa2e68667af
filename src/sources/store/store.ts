import { MonitorError } from '../../errors/index.ts';
import { type CallOptions, Calls, callsAtOnce, defaultCallOptions } from './calls.ts';
import { type Item, type StoreDriver, type StoreProblem, StoreUnavailableError } from './driver.ts';
import { chunked, packed } from './pack.ts';

/** What is known of an item. */
export interface Known {
  /** The last answer. Undefined if there never was one. */
  readonly item?: Exclude<Item, { problem: StoreProblem }>;
  /** Why the last attempt brought no answer. `item` is then from an earlier one. */
  readonly problem?: StoreProblem;
}

interface Entry {
  known: Known;
  readAtMs: number;
}

/** An item that was read longer ago is read again when it is wanted. Cycles come more often. */
const freshMs = 10 * 60_000;
/** One that could not be read, sooner. */
const triedAgainMs = 30_000;

/**
 * One store: what was read of it, and what is being read. What several callers want at the same time is read in one call, and what was
 * read stays until it is read again, so that a cycle reads each item once.
 */
export class Store {
  readonly #driver: StoreDriver;
  readonly #calls: Calls;
  readonly #entries = new Map<string, Entry>();
  readonly #pending = new Map<string, Promise<void>>();
  #gathering: { readonly names: Set<string>; readonly read: Promise<void> } | undefined;
  #asksVersions = true;

  constructor(driver: StoreDriver, options: Partial<CallOptions> = {}) {
    this.#driver = driver;
    this.#calls = new Calls({ ...defaultCallOptions, ...options });
  }

  /**
   * As it was read last, in this cycle. Never throws because of the store.
   * @throws {ResourceShortageError}
   */
  async get(name: string): Promise<Known> {
    const entry = this.#entries.get(name);
    if (entry && isFresh(entry) && !this.#pending.has(name)) return entry.known;
    await (this.#pending.get(name) ?? this.#gather(name));
    return this.#entries.get(name)?.known ?? {};
  }

  /**
   * Reads them again now. What is being read already is waited for first, because it may be from before. Never throws because of the store; a
   * shortage is thrown to who needs an item for which there is no fresh answer.
   * @param groups names that belong together: they are read in one call if that costs no more calls
   */
  refresh(groups: readonly (readonly string[])[]): Promise<void> {
    const names = [...new Set(groups.flat())];
    const before = names.map((name) => this.#pending.get(name));
    const read = Promise.allSettled(before).then(() => this.#refresh(groups, names));
    return this.#track(names, read).catch((error: unknown) => {
      if (!isShortage(error)) throw error;
    });
  }

  /** Forgets every other item. */
  keepOnly(names: ReadonlySet<string>): void {
    for (const name of this.#entries.keys()) if (!names.has(name)) this.#entries.delete(name);
  }

  /** With everything else that is wanted in this turn of the loop. */
  #gather(name: string): Promise<void> {
    if (!this.#gathering) {
      const names = new Set<string>();
      const read = new Promise<void>((resolve) => setImmediate(resolve)).then(async () => {
        this.#gathering = undefined;
        await this.#readAll([[...names]], [...names]);
      });
      this.#gathering = { names, read };
    }
    this.#gathering.names.add(name);
    return this.#track([name], this.#gathering.read);
  }

  #track(names: readonly string[], work: Promise<void>): Promise<void> {
    for (const name of names) this.#pending.set(name, work);
    return work.finally(() => {
      for (const name of names) if (this.#pending.get(name) === work) this.#pending.delete(name);
    });
  }

  async #refresh(groups: readonly (readonly string[])[], names: readonly string[]): Promise<void> {
    const unchanged = await this.#unchanged(names);
    const wanted = names.filter((name) => !unchanged.has(name));
    const nowMs = performance.now();
    for (const name of unchanged) {
      const { item } = this.#entries.get(name)?.known ?? {};
      if (item) this.#entries.set(name, { known: { item }, readAtMs: nowMs });
    }
    await this.#readAll(groups, wanted);
  }

  /** Those whose version is the one that was read. Without an answer: none, so that all are read. */
  async #unchanged(names: readonly string[]): Promise<ReadonlySet<string>> {
    const { versions } = this.#driver;
    const known = names.filter((name) => this.#versionOf(name) !== undefined);
    if (!versions || !this.#asksVersions || known.length === 0) return new Set();
    try {
      const answers = await Promise.all(
        chunked(known, versions.asksAtOnce).map((chunk) => this.#calls.run((signal) => versions.ask(chunk, signal))),
      );
      const now = new Map(answers.flatMap((answer) => [...answer]));
      return new Set(known.filter((name) => now.get(name) === this.#versionOf(name)));
    } catch (error) {
      // Not everyone may ask, and nothing is lost but the saving. Repeating it would only fill the store's audit log.
      if (error instanceof StoreUnavailableError && error.problem.kind === 'denied') this.#asksVersions = false;
      return new Set();
    }
  }

  #versionOf(name: string): string | undefined {
    const item = this.#entries.get(name)?.known.item;
    return item && 'version' in item ? item.version : undefined;
  }

  async #readAll(groups: readonly (readonly string[])[], wanted: readonly string[]): Promise<void> {
    const isWanted = new Set(wanted);
    const left = groups.map((group) => group.filter((name) => isWanted.has(name)));
    const calls = packed(left, this.#driver.readsAtOnce).values();
    const round = { splits: true };
    const worker = async () => {
      for (const names of calls) await this.#readOnce(names, round);
    };
    await Promise.all(Array.from({ length: callsAtOnce }, worker));
  }

  /** A store that refuses one item refuses the whole call. Halves are asked for until the others are read. */
  async #readOnce(names: readonly string[], round: { splits: boolean }): Promise<boolean> {
    try {
      const items = await this.#calls.run((signal) => this.#driver.read(names, signal));
      for (const name of names) this.#remember(name, items.get(name) ?? { refused: 'does not exist', isMissing: true });
      return true;
    } catch (error) {
      const problem = this.#problemOf(error);
      const isAboutItems = problem.kind === 'denied' || problem.kind === 'failed';
      if (!isAboutItems || names.length === 1 || !round.splits) {
        for (const name of names) this.#remember(name, { problem });
        return false;
      }
      // A driver may have found out that it may not read as many at once.
      const size = Math.min(Math.ceil(names.length / 2), this.#driver.readsAtOnce);
      const read = await Promise.all(chunked(names, size).map((part) => this.#readOnce(part, round)));
      // Nothing of it is allowed: the same will be true of the rest.
      if (!read.includes(true)) round.splits = false;
      return read.includes(true);
    }
  }

  /** What a driver did not expect concerns the names it was asked for, and no others. Its message may repeat what the store said. */
  #problemOf(error: unknown): StoreProblem {
    // That is about this process, and never becomes a finding.
    if (isShortage(error)) throw error;
    if (error instanceof StoreUnavailableError) return error.problem;
    return { ...this.#driver.named, errorClass: error instanceof Error ? error.name : 'unknown', kind: 'failed' };
  }

  #remember(name: string, item: Item): void {
    const readAtMs = performance.now();
    if (!('problem' in item)) {
      this.#entries.set(name, { known: { item }, readAtMs });
      return;
    }
    const before = this.#entries.get(name)?.known.item;
    this.#entries.set(name, { known: { ...(before && { item: before }), problem: item.problem }, readAtMs });
  }
}

const isShortage = (error: unknown): boolean => error instanceof MonitorError && error.code === 'ERR_RESOURCE_SHORTAGE';

const isFresh = ({ known, readAtMs }: Entry): boolean =>
  performance.now() - readAtMs < (known.problem ? triedAgainMs : freshMs);
