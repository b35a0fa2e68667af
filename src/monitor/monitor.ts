/** Monitors a set of environments: checks each one, remembers the results, and keeps failures separate. */
import type { Configuration, ResolvedEnvironment } from '../config/index.ts';
import type { FilesAhead } from '../credential/index.ts';
import { type Examination, needsStore } from '../examine/index.ts';
import type { RenewalStep } from '../renewal/index.ts';
import { ResourceShortageError } from '../shortage/index.ts';
import { causeOf, type EstateStatus, isSettled } from '../status/index.ts';
import { secondMs } from '../time/index.ts';
import { turns } from '../turns/index.ts';
import type { MonitorOptions } from './actions.ts';
import { type Entry, entryOf, noteStep, noteUnchanged, type Run, renew, wouldStepTheSame } from './entry.ts';
import {
  type EnvironmentMemory,
  newMemory,
  rememberExamination,
  rememberHandshake,
  rememberRecalled,
  rememberReload,
  rememberRenewal,
  rememberStuckRenewal,
  statusFrom,
} from './environment-memory.ts';
import { firstSpreadOf, inTurnMs, jitterMs, leastGapOf, spreadOf } from './jitter.ts';
import { noSuccesses } from './last-successes.ts';
import { createLimit, forEachLimited, handshakesAtOnce, withDeadline } from './limit.ts';
import { changes } from './log.ts';
import { lookAtAll } from './look.ts';
import { noStates } from './past-states.ts';
import { Planner } from './planner.ts';
import { noFiles, withFiles } from './read-ahead.ts';
import { handshakeIntervalMs, nextCheckAfter } from './schedule.ts';
import { Wall, type Work } from './wall.ts';

const checksAtOnce = 8;
const renewalsAtOnce = 4;

/**
 * Remembers the state of each environment and acts through `Actions`. It starts nothing by itself: a schedule calls it.
 * @example
 * const monitor = new Monitor(configuration, { actions, now: () => new Date(), log });
 * await monitor.checkAll();
 * const { environments } = monitor.estate();
 * await monitor.stop();
 */
export class Monitor {
  readonly #options: Required<MonitorOptions>;
  readonly #startedAt: Date;
  readonly #memories = new Map<string, Entry>();
  readonly #wall: Wall;
  readonly #checks = new Planner((name) => this.#track(this.#check(name)));
  readonly #handshakes = new Planner((name) => this.#track(this.#handshake(name)));
  readonly #underWay = new Set<Promise<void>>();
  readonly #handshakeLimit = createLimit(handshakesAtOnce);
  readonly #renewalLimit = createLimit(renewalsAtOnce);
  readonly #stopping = new AbortController();
  /** Of the estate. */
  #name: string | undefined;
  #handshakeIntervalMs = 0;
  #nextCheckAfter: (now: Date) => Date = (now) => now;
  /** Of renewals, as of the last cycle. */
  #circumstances: string | undefined;
  #reload: EstateStatus['configuration'];
  #ready = false;
  /** Checks of the cycle that is under way, those included that have begun. */
  #toCheck = 0;
  #cycleSeconds = 0;
  /** The last result of `estate`. Undefined when something has changed since. */
  #estate: EstateStatus | undefined;

  constructor(configuration: Configuration, options: MonitorOptions, adopts = true) {
    this.#options = {
      checkDeadlineMs: 30_000,
      retryAfterMs: 30_000,
      successes: noSuccesses,
      states: noStates,
      ...options,
    };
    this.#startedAt = options.now();
    this.#wall = new Wall(options.log, this.#stopping.signal, (work, name) => this.#afterShortage(work, name));
    this.#reload = { file: configuration.path, lastReloadSuccessful: true, lastReloadSuccessAt: this.#startedAt };
    if (adopts) this.adopt(configuration);
  }

  /** A monitor of many environments, made in many turns of the event loop, so that who asks meanwhile is answered. */
  static async gradually(configuration: Configuration, options: MonitorOptions): Promise<Monitor> {
    const monitor = new Monitor(configuration, options, false);
    const turn = turns();
    for (const _ of monitor.#adopting(configuration)) await turn();
    return monitor;
  }

  /** The current state, in the order of the configuration. Cheap: nothing is checked, and it is the same object until something changes. */
  estate(): EstateStatus {
    this.#estate ??= {
      ...(this.#name === undefined ? {} : { name: this.#name }),
      environments: [...this.#memories.values()].map(({ status }) => status),
      startedAt: this.#startedAt,
      ready: this.#ready,
      configuration: this.#reload,
    };
    return this.#estate;
  }

  /** What is waiting or under way, and how long the last cycle took. */
  work(): { queues: Record<'checks' | 'handshakes' | 'renewals', number>; cycleSeconds: number } {
    const checks = Math.max(this.#toCheck, this.#wall.count('check'));
    return {
      queues: { checks, handshakes: this.#wall.count('handshake'), renewals: this.#wall.count('renewal') },
      cycleSeconds: this.#cycleSeconds,
    };
  }

  /** Switches to a new configuration. What is known about an environment stays with its name. */
  adopt(configuration: Configuration): void {
    for (const _ of this.#adopting(configuration));
  }

  /** Stops after each environment. */
  *#adopting(configuration: Configuration): Generator<void> {
    const now = this.#options.now();
    const before = new Map(this.#memories);
    this.#name = configuration.estate;
    this.#handshakeIntervalMs = handshakeIntervalMs(configuration.schedule);
    this.#nextCheckAfter = nextCheckAfter(configuration.schedule);
    this.#reload = { file: configuration.path, lastReloadSuccessful: true, lastReloadSuccessAt: now };
    this.#memories.clear();
    const count = configuration.environments.length;
    const spreadMs = firstSpreadOf(this.#handshakeIntervalMs, count);
    for (const [place, environment] of configuration.environments.entries()) {
      const { name } = environment;
      const memory = before.get(name)?.memory;
      const next = memory
        ? rememberReload(memory, environment)
        : newMemory(environment, {
            configurationFile: configuration.path,
            watchingSince: now,
            lastSuccessAt: this.#options.successes.last(name, now),
          });
      this.#memories.set(name, entryOf(next, now));
      if (JSON.stringify(memory?.environment.mesh) !== JSON.stringify(environment.mesh))
        this.#planHandshake(name, inTurnMs(place, count, name, spreadMs));
      before.delete(name);
      yield;
    }
    this.#estate = undefined;
    for (const name of before.keys()) {
      this.#handshakes.cancel(name);
      this.#checks.cancel(name);
    }
    this.#wall.forgetShortages();
  }

  /** The new configuration cannot be used, so the current one stays. */
  refuse(): void {
    this.#reload = { ...this.#reload, lastReloadSuccessful: false };
    this.#estate = undefined;
  }

  /** One cycle: checks every environment's files, each within its deadline. Renewals may still be running when it returns. */
  async checkAll(): Promise<void> {
    const { actions, now, states } = this.#options;
    const begun = performance.now();
    states.watched(() => this.#memories.keys(), now());
    const recalled = this.#ready ? undefined : await this.#recall();
    this.#circumstances = actions.circumstances?.(now());
    const names = [...this.#memories.keys()];
    this.#toCheck = names.length;
    // First come those of which nothing is known: once they have been checked, something is known of all.
    await this.#checkThese(recalled ? names.filter((name) => !recalled.has(name)) : []);
    this.#ready = true;
    this.#estate = undefined;
    await this.#checkThese(recalled ? names.filter((name) => recalled.has(name)) : names);
    this.#toCheck = 0;
    this.#cycleSeconds = (performance.now() - begun) / 1000;
    this.#estate = undefined;
  }

  async #checkThese(names: readonly string[]): Promise<void> {
    const { actions } = this.#options;
    const environments = this.#environmentsOf(names);
    const fromStores = environments.filter(needsStore);
    const ahead = fromStores.length > 0 ? actions.readAhead?.(fromStores) : undefined;
    const check = async ([name, files]: readonly [string, FilesAhead]) => {
      await this.#check(name, files);
      this.#toCheck -= 1;
    };
    const checkNow = (these: readonly string[]) => forEachLimited(this.#withFiles(these), checksAtOnce, check);
    // A store that is slow holds up nobody else.
    const others = ahead ? environments.filter((each) => !needsStore(each)) : environments;
    await Promise.all([
      this.#changed(others.map(({ name }) => name)).then(checkNow),
      ahead?.then(() => checkNow(fromStores.map(({ name }) => name))),
    ]);
  }

  /** Says what an earlier process knew, before anything is examined. @returns the names of those of which something was known */
  async #recall(): Promise<ReadonlySet<string>> {
    const { actions, log, now } = this.#options;
    const known = new Set<string>();
    const { recall } = actions;
    if (!recall) return known;
    const turn = turns();
    try {
      for await (const [name, files] of this.#withFiles([...this.#memories.keys()])) {
        const { memory } = this.#memories.get(name) ?? {};
        if (!memory || this.#stopping.signal.aborted) continue;
        const { credential } = memory.environment;
        const found = credential && (await recall(memory.environment, now(), files));
        if (found && !this.#memories.get(name)?.memory.examination)
          this.#update(name, (current) => rememberRecalled(current, found));
        if (found) known.add(name);
        await turn();
      }
    } catch (error) {
      log.error({ error: String(error) }, 'what was known could not be recalled');
    }
    return known;
  }

  #environmentsOf(names: readonly string[]): ResolvedEnvironment[] {
    return names.flatMap((name) => this.#memories.get(name)?.memory.environment ?? []);
  }

  /** Each one with its files, if those can be read for many at once. */
  #withFiles(names: readonly string[]): AsyncGenerator<readonly [name: string, files: FilesAhead]> {
    const { actions, log } = this.#options;
    let { readFiles } = actions;
    return withFiles(names, async (lot) => {
      try {
        return (await readFiles?.(this.#environmentsOf(lot))) ?? noFiles;
      } catch (error) {
        log.error({ error: String(error) }, 'the files could not be read together; each is read by itself');
        readFiles = undefined;
        return noFiles;
      }
    });
  }

  /** The environments that have to be checked. The others have been found unchanged. */
  async #changed(names: readonly string[]): Promise<readonly string[]> {
    const { actions, log, now } = this.#options;
    if (!actions.areUnchanged) return names;
    const unchanged = new Set<string>();
    try {
      return await lookAtAll({
        names,
        entryOf: (name) => (this.#wall.isAt('check', name) ? undefined : this.#memories.get(name)),
        areUnchanged: actions.areUnchanged,
        now,
        nextRunAfter: this.#nextCheckAfter,
        unchanged: (name, entry, run) => {
          unchanged.add(name);
          this.#noteUnchanged(name, entry, run);
        },
      });
    } catch (error) {
      log.error({ error: String(error) }, 'the files could not be looked at together; each is read by itself');
      return names.filter((name) => !unchanged.has(name));
    }
  }

  #noteUnchanged(name: string, entry: Entry, run: Run): void {
    const before = entry.status;
    this.#toCheck -= 1;
    this.#estate = undefined;
    if (noteUnchanged(entry, run)) this.#tell(before, entry);
    this.#planHandshakeAfterChange(name, entry.memory.examination);
    if (!wouldStepTheSame(entry, this.#circumstances, run.endedAt))
      this.#track(this.#renew(name, entry.memory.examination));
  }

  /** One round: plans a handshake for every environment, spread over time. */
  async handshakeAll(): Promise<void> {
    const spreadMs = spreadOf(this.#handshakeIntervalMs);
    const names = [...this.#memories.keys()];
    for (const [place, name] of names.entries())
      this.#planHandshake(name, inTurnMs(place, names.length, name, spreadMs));
  }

  /** Starts nothing new, aborts handshakes, and waits for renewals that are being sent. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error('the service is stopping'));
    this.#handshakes.cancelAll();
    this.#checks.cancelAll();
    await this.settled();
  }

  /** Resolves when everything that is running has ended. Planned handshakes can still start later. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  async #check(name: string, files: FilesAhead = noFiles): Promise<void> {
    const memory = this.#memories.get(name)?.memory;
    if (!memory || this.#stopping.signal.aborted) return;
    const { actions, now, checkDeadlineMs } = this.#options;
    await this.#wall.alone('check', name, async (hold) => {
      const startedAt = now();
      const examination = await withDeadline(
        hold(actions.examine(memory.environment, memory.examination, startedAt, files)),
        checkDeadlineMs,
      );
      const endedAt = now();
      const nextRunAt = this.#nextCheckAfter(endedAt);
      this.#update(name, (current) => rememberExamination(current, examination, startedAt, endedAt, nextRunAt));
      this.#planHandshakeAfterChange(name, examination);
      this.#track(this.#renew(name, examination));
    });
  }

  /** A changed credential gets a handshake soon, not in an hour. */
  #planHandshakeAfterChange(name: string, examination: Examination | undefined): void {
    const memory = this.#memories.get(name)?.memory;
    const isFirst = memory?.renewal.first !== undefined && examination?.credential.certificate !== undefined;
    if (!memory || !(memory.handshake.last || isFirst)) return;
    if (memory.handshakeContentHash === examination?.credential.contentHash) return;
    this.#planHandshake(name, jitterMs(name, firstSpreadOf(this.#handshakeIntervalMs, 1)));
  }

  async #renew(name: string, examination: Examination | undefined): Promise<void> {
    const entry = this.#memories.get(name);
    if (!entry || this.#stopping.signal.aborted) return;
    const { memory } = entry;
    const { actions, now } = this.#options;
    const circumstances = this.#circumstances ?? '';
    entry.stepped = undefined;
    await this.#wall.alone('renewal', name, async (hold) => {
      const { environment, handshake } = memory;
      const input = {
        environment,
        ...(examination ? { assessment: examination.assessment, credential: examination.credential } : {}),
        ...(handshake.last ? { handshake: handshake.last } : {}),
        diagnose: (step: Pick<RenewalStep, 'status' | 'findings'>) =>
          statusFrom(rememberRenewal(this.#memories.get(name)?.memory ?? memory, { ...step, emailed: [] }), now())
            .diagnosis,
      };
      const at = now();
      const stepping = hold(this.#renewalLimit(() => actions.renew(input, now())));
      const step = await stepping.catch((error: unknown) => {
        // A shortage passes. Anything else would stop every renewal of this environment, and only the log would say so.
        if (!(error instanceof ResourceShortageError || this.#stopping.signal.aborted))
          this.#update(name, rememberStuckRenewal);
        throw error;
      });
      this.#update(name, (current) => rememberRenewal(current, step));
      const about = { environment, judged: examination?.judged, handshake: handshake.last, circumstances };
      noteStep(entry, step, { ...about, at: at.getTime() });
    });
  }

  /** `delayMs` from now, or later if the last handshake was too recent, or MESH asked for a longer pause (RFC 9110 §10.2.3). */
  #planHandshake(name: string, delayMs: number): void {
    if (this.#stopping.signal.aborted) return;
    const { startedAt, retryAfterSeconds = 0 } = this.#memories.get(name)?.memory.handshake.last ?? {};
    const ageMs = this.#options.now().getTime() - (startedAt?.getTime() ?? Number.NEGATIVE_INFINITY);
    const gapMs = Math.max(leastGapOf(this.#handshakeIntervalMs), retryAfterSeconds * secondMs);
    // A negative age means that the clock was set back, which is not a reason to wait.
    const tooFreshMs = ageMs < 0 ? 0 : gapMs - ageMs;
    this.#handshakes.plan(name, Math.max(delayMs, tooFreshMs));
  }

  async #handshake(name: string): Promise<void> {
    const { actions } = this.#options;
    const { signal } = this.#stopping;
    await this.#wall.alone('handshake', name, async (hold) => {
      const done = await hold(
        this.#handshakeLimit(async () => {
          const memory = this.#memories.get(name)?.memory;
          if (!memory || signal.aborted) return undefined;
          return actions.handshake(memory.environment, memory.examination?.credential, signal);
        }),
      );
      if (!done) return;
      const { result, contentHash } = done;
      // Without a certificate there is none to make yet.
      const waits = this.#memories.get(name)?.memory.renewal.first !== undefined;
      if (waits && result.reason === 'credential_unusable') return;
      if (result.outcome === 'success') this.#options.successes.note(name, result.startedAt);
      this.#update(name, (current) => rememberHandshake(current, result, contentHash));
      this.#moveRenewalOn(name);
    });
  }

  /** A renewal may be waiting for what a handshake says: that MESH accepts the new certificate, or what the time is. */
  #moveRenewalOn(name: string): void {
    const memory = this.#memories.get(name)?.memory;
    if (memory && memory.renewal.state !== 'not_due') this.#track(this.#renew(name, memory.examination));
  }

  #afterShortage(work: Work, name: string): void {
    const { retryAfterMs } = this.#options;
    const delayMs = retryAfterMs + jitterMs(name, retryAfterMs);
    if (work === 'handshake') this.#planHandshake(name, delayMs);
    else this.#checks.plan(name, delayMs);
  }

  #update(name: string, change: (memory: EnvironmentMemory) => EnvironmentMemory): void {
    const entry = this.#memories.get(name);
    if (!entry) return; // removed from the configuration meanwhile
    const before = entry.status;
    renew(entry, change(entry.memory), this.#options.now());
    this.#estate = undefined;
    this.#tell(before, entry);
  }

  #tell(before: Entry['status'], { status }: Entry): void {
    const { log, now, states } = this.#options;
    for (const { level, fields, message } of changes(before, status)) log[level](fields, message);
    if (isSettled(status)) states.note(status.name, status.status, causeOf(status), now());
  }

  #track(work: Promise<void>): void {
    this.#underWay.add(work);
    work.finally(() => this.#underWay.delete(work));
  }
}
