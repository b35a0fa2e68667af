/** The renewals of one configuration, as used by the service and `renew`: the one process that may send. */
import type { Configuration, ResolvedEnvironment, Variables } from '../config/index.ts';
import { minuteMs } from '../time/index.ts';
import { ClockWatch } from './clock.ts';
import { viewRenewal } from './conclude.ts';
import { advanceRenewal } from './engine.ts';
import { createMailer } from './mail/mailer.ts';
import { recoverInterrupted } from './recover.ts';
import { keyIsGoneFrom } from './request/pending-key.ts';
import { retryNow } from './resolve.ts';
import { configured, type EngineDeps, type RenewalInput, type RenewalLog, type RenewalStep } from './step.ts';
import { openStore, type RenewalStore, StoreError } from './store/store.ts';
import type { RenewalRecords, StoredRenewal } from './types.ts';

export interface Renewals {
  /** One step for one environment; several can run at once. The state of the world never makes it throw. */
  step(input: RenewalInput, now: Date): Promise<RenewalStep>;
  /** What can be said before the first step: does nothing, sends nothing, records nothing. Undefined if the record cannot be read at once. */
  view(input: RenewalInput, now: Date): Pick<RenewalStep, 'status' | 'findings'> | undefined;
  /**
   * What every step depends on besides its input: the record, also as other processes change it, the clock, the settings. A text that is the
   * same while all of that is. To be asked at the beginning of each cycle, also so that a clock that is set is noticed.
   */
  circumstances(now: Date): string;
  /** Why this machine's clock cannot be trusted yet; undefined if it can. */
  clockDoubt(now: Date): string | undefined;
  /** See `retryNow` in resolve.ts. @throws {StoreError} */
  retryNow(
    environment: ResolvedEnvironment,
    fingerprintSha256: string,
    asked: { readonly reason?: string },
    now: Date,
  ): Promise<StoredRenewal | undefined>;
  /** @throws {StoreError} */
  records(): RenewalRecords;
  /**
   * Takes sender, mail server and contacts from a reloaded configuration. @throws
   * {StoreError} when it names another `state_dir`: that needs a restart, because the record of what was sent is in the old one.
   */
  reconfigure(configuration: Configuration): void;
  /** Stops what has not been handed over to a mail server; what has is given a moment for the answer. Nothing is sent afterwards. */
  breakOff(): void;
  /** Stops sending, waits for running steps, then releases the directory. */
  close(): Promise<void>;
}

/**
 * Holds the state directory's lock until `close`. A request that an earlier process left in `sending` becomes `uncertain`, or due if
 * its message had not been begun.
 * @param monotonicMs a clock that nobody can set; default: the process's own.
 * @throws {StoreError} another instance is running on the directory, or it cannot be used.
 * @example
 * const renewals = createRenewals(configuration, process.env, log, new Date());
 * const { status, findings } = await renewals.step({ environment, assessment, credential }, new Date());
 * await renewals.close();
 */
export function createRenewals(
  configuration: Configuration,
  env: Variables,
  log: RenewalLog,
  now: Date,
  monotonicMs: () => number = () => performance.now(),
): Renewals {
  const { stateDir } = configuration;
  const store = openStore(stateDir, { exclusive: true });
  let clock: ClockWatch;
  try {
    for (const { environment } of recoverInterrupted(store, now))
      log.warn(
        { environment },
        'a request was interrupted while it was being sent; it is not known whether it arrived',
      );
    clock = new ClockWatch(store.clock(), now, monotonicMs());
    store.waitBriefly();
  } catch (error) {
    store.close();
    throw error;
  }

  const stopping = new AbortController();
  const memory = {
    unsaved: new Map(),
    lastKnown: new Map(),
    unrecorded: new Map(),
    deployed: new Map(),
    making: new Set<string>(),
    clock,
    signal: stopping.signal,
  };
  let deps: EngineDeps = { ...engineDeps(configuration, env, log, store), ...memory };
  const underWay = new Set<Promise<RenewalStep>>();
  const keep = keeperOf(store, clock);
  /** Goes up when something has changed that shows nowhere else. */
  let changes = 0;
  return {
    circumstances(at) {
      clock.look(at, monotonicMs());
      keep(at);
      const version = versionOf(store);
      if (version === undefined || memory.unsaved.size > 0) changes += 1;
      return JSON.stringify([version, clock.doubt, clock.step, changes]);
    },
    step(input, at) {
      clock.look(at, monotonicMs());
      if (input.handshake) clock.hear(input.environment.name, input.handshake, at);
      // A request by hand is sent whatever the clock says, and says nothing about the clock.
      if (!input.asked) keep(at);
      const step = advanceRenewal(input, deps, at).finally(() => underWay.delete(step));
      underWay.add(step);
      return step;
    },
    clockDoubt(at) {
      clock.look(at, monotonicMs());
      return clock.doubt;
    },
    view: (input, at) => unlessUnreadable(() => viewRenewal(input, store, deps, at)),
    retryNow: (environment, fingerprintSha256, asked, at) =>
      retryNow(
        store,
        environment,
        { fingerprintSha256, asked, stateDir, keyIsGone: keyIsGoneFrom(environment, env) },
        at,
      ),
    records: () => ({
      count: store.count(),
      slice: (from, most) => store.slice(from, most),
      of: (environment) => store.list(environment),
    }),
    reconfigure(next) {
      if (next.stateDir !== stateDir)
        throw new StoreError(`${next.stateDir}: state_dir cannot change while the service runs; restart it`);
      deps = { ...engineDeps(next, env, log, store), ...memory };
      changes += 1;
    },
    breakOff: () => stopping.abort(),
    async close() {
      stopping.abort();
      await Promise.allSettled(underWay);
      store.close();
    },
  };
}

const versionOf = (store: RenewalStore): string | undefined =>
  unlessUnreadable(() => {
    store.assertInPlace();
    return store.version();
  });

/** Undefined while the record cannot be used: each step then says so. */
function unlessUnreadable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof StoreError) return undefined;
    throw error;
  }
}

const keepEveryMs = 5 * minuteMs;

/** Keeps on disk how far the clock can be trusted. Whatever fails here also fails in the step, which reports it. */
function keeperOf(store: RenewalStore, clock: ClockWatch): (now: Date) => void {
  let kept: { readonly at: Date; readonly believed: boolean } | undefined;
  return (now) => {
    const believed = clock.doubt === undefined;
    const isFresh = kept && Math.abs(now.getTime() - kept.at.getTime()) < keepEveryMs;
    if (isFresh && kept?.believed === believed) return;
    try {
      store.noteClock(clock.row);
      kept = { at: now, believed };
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
    }
  };
}

/** Without an email section, messages are drafted in the contact's own name. */
export function senderOf({ email, contact }: Configuration): string {
  return email?.from ?? contact.email;
}

type Remembered = 'unsaved' | 'lastKnown' | 'unrecorded' | 'deployed' | 'making' | 'clock' | 'signal';

function engineDeps(
  configuration: Configuration,
  env: Variables,
  log: RenewalLog,
  store: RenewalStore,
): Omit<EngineDeps, Remembered> {
  const { email, stateDir } = configuration;
  return {
    store,
    mailer: createMailer(email, stateDir, env),
    from: senderOf(configuration),
    ...(email?.smtp ? { server: email.smtp } : {}),
    stateDir,
    env,
    log,
    ...configured(configuration),
  };
}
