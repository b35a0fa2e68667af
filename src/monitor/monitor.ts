/** Monitors a set of environments: checks each one, remembers the results, and keeps failures separate. */
import type { Configuration } from '../config/index.ts';
import type { FilesAhead } from '../credential/index.ts';
import { type Examination, needsStore } from '../examine/index.ts';
import type { RenewalStep } from '../renewal/index.ts';
import { ResourceShortageError } from '../shortage/index.ts';
import type { EstateStatus } from '../status/index.ts';
import { secondMs } from '../time/index.ts';
import { turns } from '../turns/index.ts';
import type { MonitorOptions } from './actions.ts';
import { noteStep, noteUnchanged, type Run, wouldStepTheSame } from './entry.ts';
import {
  type EnvironmentMemory,
  rememberExamination,
  rememberHandshake,
  rememberRecalled,
  rememberRenewal,
  rememberStuckRenewal,
  statusFrom,
} from './environment-memory.ts';
import { EstateMemory } from './estate-memory.ts';
import { firstSpreadOf, inTurnMs, jitterMs, leastGapOf, spreadOf } from './jitter.ts';
import { noSuccesses } from './last-successes.ts';
import { createLimit, forEachLimited, handshakesAtOnce, withDeadline } from './limit.ts';
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
  readonly #memory: EstateMemory;
  readonly #wall: Wall;
  readonly #checks = new Planner((name) => this.#track(this.#check(name)));
  readonly #handshakes = new Planner((name) => this.#track(this.#handshake(name)));
  readonly #underWay = new Set<Promise<void>>();
  readonly #handshakeLimit = createLimit(handshakesAtOnce);
  readonly #renewalLimit = createLimit(renewalsAtOnce);
  readonly #stopping = new AbortController();
  #handshakeIntervalMs = 0;
  #nextCheckAfter: (now: Date) => Date = (now) => now;
  /** Of renewals, as of the last cycle. */
  #circumstances: string | undefined;
  /** Checks of the cycle that is under way, those included that have begun. */
  #toCheck = 0;
  #cycleSeconds = 0;

  constructor(configuration: Configuration, options: MonitorOptions, adopts = true) {
    this.#options = {
      checkDeadlineMs: 30_000,
      retryAfterMs: 30_000,
      successes: noSuccesses,
      states: noStates,
      ...options,
    };
    this.#memory = new EstateMemory(configuration.path, this.#options);
    this.#wall = new Wall(options.log, this.#stopping.signal, (work, name) => this.#afterShortage(work, name));
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
    return this.#memory.estate();
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
    this.#handshakeIntervalMs = handshakeIntervalMs(configuration.schedule);
    this.#nextCheckAfter = nextCheckAfter(configuration.schedule);
    const count = configuration.environments.length;
    const spreadMs = firstSpreadOf(this.#handshakeIntervalMs, count);
    const adopting = this.#memory.adopting(configuration);
    let [place, next] = [0, adopting.next()];
    for (; !next.done; next = adopting.next()) {
      const { name, hasOtherMesh } = next.value;
      if (hasOtherMesh) this.#planHandshake(name, inTurnMs(place, count, name, spreadMs));
      place += 1;
      yield;
    }
    for (const name of next.value) {
      this.#handshakes.cancel(name);
      this.#checks.cancel(name);
    }
    this.#wall.forgetShortages();
  }

  /** The new configuration cannot be used, so the current one stays. */
  refuse(): void {
    this.#memory.refuse();
  }

  /** One cycle: checks every environment's files, each within its deadline. Renewals may still be running when it returns. */
  async checkAll(): Promise<void> {
    const { actions, now, states } = this.#options;
    const begun = performance.now();
    states.watched(() => this.#memory.names, now());
    const recalled = this.#memory.isReady ? undefined : await this.#recall();
    this.#circumstances = actions.circumstances?.(now());
    const { names } = this.#memory;
    this.#toCheck = names.length;
    // First come those of which nothing is known: once they have been checked, something is known of all.
    await this.#checkThese(recalled ? names.filter((name) => !recalled.has(name)) : []);
    this.#memory.becomeReady();
    await this.#checkThese(recalled ? names.filter((name) => recalled.has(name)) : names);
    this.#toCheck = 0;
    this.#cycleSeconds = (performance.now() - begun) / 1000;
  }

  async #checkThese(names: readonly string[]): Promise<void> {
    const { actions } = this.#options;
    const environments = this.#memory.environmentsOf(names);
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
      for await (const [name, files] of this.#withFiles(this.#memory.names)) {
        const { environment } = this.#memory.of(name) ?? {};
        if (!environment?.credential || this.#stopping.signal.aborted) continue;
        const found = await recall(environment, now(), files);
        if (!found) continue;
        known.add(name);
        if (!this.#memory.of(name)?.examination)
          this.#memory.update(name, (current) => rememberRecalled(current, found));
        await turn();
      }
    } catch (error) {
      log.error({ error: String(error) }, 'what was known could not be recalled');
    }
    return known;
  }

  /** Each one with its files, if those can be read for many at once. */
  #withFiles(names: readonly string[]): AsyncGenerator<readonly [name: string, files: FilesAhead]> {
    const { actions, log } = this.#options;
    let { readFiles } = actions;
    return withFiles(names, async (lot) => {
      try {
        return (await readFiles?.(this.#memory.environmentsOf(lot))) ?? noFiles;
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
        entryOf: (name) => (this.#wall.isAt('check', name) ? undefined : this.#memory.entry(name)),
        areUnchanged: actions.areUnchanged,
        now,
        nextRunAfter: this.#nextCheckAfter,
        unchanged: (name, run) => {
          unchanged.add(name);
          this.#noteUnchanged(name, run);
        },
      });
    } catch (error) {
      log.error({ error: String(error) }, 'the files could not be looked at together; each is read by itself');
      return names.filter((name) => !unchanged.has(name));
    }
  }

  #noteUnchanged(name: string, run: Run): void {
    this.#toCheck -= 1;
    this.#memory.changeEntry(name, (entry) => noteUnchanged(entry, run));
    const entry = this.#memory.entry(name);
    if (!entry) return;
    this.#planHandshakeAfterChange(name, entry.memory.examination);
    if (!wouldStepTheSame(entry, this.#circumstances, run.endedAt))
      this.#track(this.#renew(name, entry.memory.examination));
  }

  /** One round: plans a handshake for every environment, spread over time. */
  async handshakeAll(): Promise<void> {
    const spreadMs = spreadOf(this.#handshakeIntervalMs);
    const { names } = this.#memory;
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
    const memory = this.#memory.of(name);
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
      const awaited = this.#viewWithoutCertificate(memory, examination, endedAt);
      this.#memory.update(name, (current) => {
        const examined = rememberExamination(current, examination, startedAt, endedAt, nextRunAt);
        return awaited ? rememberRenewal(examined, { ...awaited, emailed: [] }) : examined;
      });
      this.#planHandshakeAfterChange(name, examination);
      this.#track(this.#renew(name, examination));
    });
  }

  /** A certificate that is not there is critical, or still to come: so as not to say the one for a moment and then the other. */
  #viewWithoutCertificate(memory: EnvironmentMemory, examination: Examination | undefined, now: Date) {
    if (memory.examination || !examination || examination.credential.certificate) return undefined;
    const { assessment, credential } = examination;
    return this.#options.actions.viewRenewal?.({ environment: memory.environment, assessment, credential }, now);
  }

  /** A changed credential gets a handshake soon, not in an hour. */
  #planHandshakeAfterChange(name: string, examination: Examination | undefined): void {
    const memory = this.#memory.of(name);
    const isFirst = memory?.renewal.first !== undefined && examination?.credential.certificate !== undefined;
    if (!memory || !(memory.handshake.last || isFirst)) return;
    if (memory.handshakeContentHash === examination?.credential.contentHash) return;
    this.#planHandshake(name, jitterMs(name, firstSpreadOf(this.#handshakeIntervalMs, 1)));
  }

  async #renew(name: string, examination: Examination | undefined): Promise<void> {
    const entry = this.#memory.entry(name);
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
          statusFrom(rememberRenewal(this.#memory.of(name) ?? memory, { ...step, emailed: [] }), now()).diagnosis,
      };
      const at = now();
      const stepping = hold(this.#renewalLimit(() => actions.renew(input, now())));
      const step = await stepping.catch((error: unknown) => {
        // A shortage passes. Anything else would stop every renewal of this environment, and only the log would say so.
        if (!(error instanceof ResourceShortageError || this.#stopping.signal.aborted))
          this.#memory.update(name, rememberStuckRenewal);
        throw error;
      });
      this.#memory.update(name, (current) => rememberRenewal(current, step));
      const about = { environment, judged: examination?.judged, handshake: handshake.last, circumstances };
      noteStep(entry, step, { ...about, at: at.getTime() });
    });
  }

  /** `delayMs` from now, or later if the last handshake was too recent, or MESH asked for a longer pause (RFC 9110 §10.2.3). */
  #planHandshake(name: string, delayMs: number): void {
    if (this.#stopping.signal.aborted) return;
    const { startedAt, retryAfterSeconds = 0 } = this.#memory.of(name)?.handshake.last ?? {};
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
          const memory = this.#memory.of(name);
          if (!memory || signal.aborted) return undefined;
          return actions.handshake(memory.environment, memory.examination?.credential, signal);
        }),
      );
      if (!done) return;
      const { result, contentHash } = done;
      if (result.reason === 'credential_unusable') {
        const { environment, examination, renewal } = this.#memory.of(name) ?? {};
        // Without a certificate there is none to make yet.
        if (renewal?.first !== undefined) return;
        // The first check finds out whether one is awaited.
        if (environment?.credential && !examination) return this.#planHandshake(name, secondMs);
      }
      if (result.outcome === 'success') this.#options.successes.note(name, result.startedAt);
      this.#memory.update(name, (current) => rememberHandshake(current, result, contentHash));
      this.#moveRenewalOn(name);
    });
  }

  /** A renewal may be waiting for what a handshake says: that MESH accepts the new certificate, or what the time is. */
  #moveRenewalOn(name: string): void {
    const memory = this.#memory.of(name);
    if (memory && memory.renewal.state !== 'not_due') this.#track(this.#renew(name, memory.examination));
  }

  #afterShortage(work: Work, name: string): void {
    const { retryAfterMs } = this.#options;
    const delayMs = retryAfterMs + jitterMs(name, retryAfterMs);
    if (work === 'handshake') this.#planHandshake(name, delayMs);
    else this.#checks.plan(name, delayMs);
  }

  #track(work: Promise<void>): void {
    this.#underWay.add(work);
    work.finally(() => this.#underWay.delete(work));
  }
}
