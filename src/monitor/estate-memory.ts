/** What is remembered of every environment, and the estate that everybody reads. */
import type { Configuration, ResolvedEnvironment } from '../config/index.ts';
import { causeOf, type EstateStatus, isSettled } from '../status/index.ts';
import type { MonitorOptions } from './actions.ts';
import { type Entry, entryOf, renew } from './entry.ts';
import { type EnvironmentMemory, newMemory, rememberReload } from './environment-memory.ts';
import { changes } from './log.ts';

type Options = Required<Pick<MonitorOptions, 'log' | 'now' | 'states' | 'successes'>>;

/** An environment that a configuration has. */
export interface Adopted {
  readonly name: string;
  /** Whether MESH is asked in another way than before. */
  readonly hasOtherMesh: boolean;
}

/** Starts nothing. Whoever changes what is remembered of an environment does it here, and the log and the history of states are told. */
export class EstateMemory {
  readonly #options: Options;
  readonly #startedAt: Date;
  readonly #entries = new Map<string, Entry>();
  #name: string | undefined;
  #reload: EstateStatus['configuration'];
  #isReady = false;
  /** The last result of `estate`. Undefined when something has changed since. */
  #estate: EstateStatus | undefined;

  constructor(file: Configuration['path'], options: Options) {
    this.#options = options;
    this.#startedAt = options.now();
    this.#reload = { file, lastReloadSuccessful: true, lastReloadSuccessAt: this.#startedAt };
  }

  /** In the order of the configuration. The same object until something changes. */
  estate(): EstateStatus {
    this.#estate ??= {
      ...(this.#name === undefined ? {} : { name: this.#name }),
      environments: [...this.#entries.values()].map(({ status }) => status),
      startedAt: this.#startedAt,
      ready: this.#isReady,
      configuration: this.#reload,
    };
    return this.#estate;
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  /** Something is known of every environment. */
  becomeReady(): void {
    this.#isReady = true;
    this.#estate = undefined;
  }

  get names(): string[] {
    return [...this.#entries.keys()];
  }

  entry(name: string): Entry | undefined {
    return this.#entries.get(name);
  }

  /** Undefined for an environment that was removed from the configuration meanwhile. */
  of(name: string): EnvironmentMemory | undefined {
    return this.#entries.get(name)?.memory;
  }

  environmentsOf(names: readonly string[]): ResolvedEnvironment[] {
    return names.flatMap((name) => this.of(name)?.environment ?? []);
  }

  update(name: string, change: (memory: EnvironmentMemory) => EnvironmentMemory): void {
    this.changeEntry(name, (entry) => {
      renew(entry, change(entry.memory), this.#options.now());
      return true;
    });
  }

  /** @param change - returns whether more than times may have changed. */
  changeEntry(name: string, change: (entry: Entry) => boolean): void {
    const entry = this.#entries.get(name);
    if (!entry) return;
    const before = entry.status;
    const mayDiffer = change(entry);
    this.#estate = undefined;
    if (mayDiffer) this.#tell(before, entry);
  }

  /** Switches to a new configuration, and stops after each environment. @returns the names that it does not have any more */
  *adopting(configuration: Configuration): Generator<Adopted, readonly string[]> {
    const { now: clock, successes } = this.#options;
    const now = clock();
    const before = new Map(this.#entries);
    this.#name = configuration.estate;
    this.#reload = { file: configuration.path, lastReloadSuccessful: true, lastReloadSuccessAt: now };
    this.#entries.clear();
    for (const environment of configuration.environments) {
      const { name } = environment;
      const memory = before.get(name)?.memory;
      const next = memory
        ? rememberReload(memory, environment)
        : newMemory(environment, {
            configurationFile: configuration.path,
            watchingSince: now,
            lastSuccessAt: successes.last(name, now),
          });
      this.#entries.set(name, entryOf(next, now));
      before.delete(name);
      yield { name, hasOtherMesh: JSON.stringify(memory?.environment.mesh) !== JSON.stringify(environment.mesh) };
    }
    this.#estate = undefined;
    return [...before.keys()];
  }

  /** The new configuration cannot be used, so the current one stays. */
  refuse(): void {
    this.#reload = { ...this.#reload, lastReloadSuccessful: false };
    this.#estate = undefined;
  }

  #tell(before: Entry['status'], { status }: Entry): void {
    const { log, now, states } = this.#options;
    for (const { level, fields, message } of changes(before, status)) log[level](fields, message);
    if (isSettled(status)) states.note(status.name, status.status, causeOf(status), now());
  }
}
