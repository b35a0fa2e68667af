import type { Configuration } from '../config/index.ts';
import {
  type Actions,
  type LastSuccesses,
  type Log,
  Monitor,
  openLastSuccesses,
  openStateMemory,
  type Schedule,
  type StateMemory,
  startSchedule,
} from '../monitor/index.ts';
import { describe } from './problems.ts';

interface RoundsOptions {
  readonly actions: Actions;
  readonly now: () => Date;
  readonly log: Log;
}

/** The environments under watch: the monitor that knows them, and the schedule by which it makes its rounds. */
export class Rounds {
  readonly #log: Log;
  readonly #successes: LastSuccesses;
  readonly #states: StateMemory;
  readonly #monitor: Monitor;
  #schedule: Schedule | undefined;
  #firstCycle: Promise<void> = Promise.resolve();

  private constructor(monitor: Monitor, successes: LastSuccesses, states: StateMemory, log: Log) {
    this.#log = log;
    this.#successes = successes;
    this.#states = states;
    this.#monitor = monitor;
  }

  /** Nothing is checked before `begin`. */
  static async over(configuration: Configuration, { actions, now, log }: RoundsOptions): Promise<Rounds> {
    const successes = openLastSuccesses(configuration.stateDir, log);
    const states = openStateMemory(configuration.stateDir, log);
    const monitor = await Monitor.gradually(configuration, { actions, now, log, successes, states });
    return new Rounds(monitor, successes, states, log);
  }

  readonly estate = () => this.#monitor.estate();

  /** The states that an environment has been in. */
  readonly past: StateMemory['past'] = (environment, now) => this.#states.past(environment, now);

  /** What is waiting, and how long the last cycle took. */
  work(): ReturnType<Monitor['work']> {
    return this.#monitor.work();
  }

  /** Runs the first cycle now, or after something that has to come first, and the others on schedule. @param first - never rejects. */
  begin({ schedule }: Configuration, first: Promise<void> = Promise.resolve()): void {
    const failed = (error: unknown) => this.#log.error(describe(error), 'a round did not end');
    this.#firstCycle = first.then(() => this.#monitor.checkAll()).catch(failed);
    this.#schedule = startSchedule(schedule, {
      // A scheduled run during the first cycle would find every environment busy, end at once, and mark the service as ready.
      check: () => this.#firstCycle.then(() => this.#monitor.checkAll()),
      handshake: () => this.#monitor.handshakeAll(),
      failed,
    });
  }

  /** Begins no further round. Resolves when the checks of the last one have ended. */
  async pause(): Promise<void> {
    await Promise.all([this.#schedule?.stop(), this.#firstCycle]);
  }

  /** After `pause`. */
  adopt(configuration: Configuration): void {
    this.#monitor.adopt(configuration);
    this.begin(configuration);
  }

  /** The new configuration cannot be used, so the current one stays. */
  refuse(): void {
    this.#monitor.refuse();
  }

  /** Aborts handshakes, and waits for renewals that are being sent. */
  stop(): Promise<void> {
    return this.#monitor.stop();
  }

  /** When nothing is running any more. */
  async close(): Promise<void> {
    await this.#monitor.settled();
    this.#successes.close();
    this.#states.close();
  }
}
