/** The renewals of one configuration, as the service and `renew` use them: the one process that may send. */
import type { Configuration, Variables } from '../config/index.ts';
import { advanceRenewal, type EngineDeps, type RenewalInput, type RenewalLog, type RenewalStep } from './engine.ts';
import { createMailer } from './mail/mailer.ts';
import { retryNow } from './resolve.ts';
import { recoverInterrupted } from './send.ts';
import { openStore, StoreError } from './store/store.ts';
import type { RenewalRecords, RequestKey, StoredRenewal } from './types.ts';

export interface Renewals {
  /** One step for one environment; several may run at once. Does not throw for the state of the world. */
  step(input: RenewalInput, now: Date): Promise<RenewalStep>;
  /** As of `retryNow` in resolve.ts. @throws {StoreError} */
  retryNow(key: RequestKey, now: Date): StoredRenewal | undefined;
  /** @throws {StoreError} */
  records(): RenewalRecords;
  /**
   * Takes over sender, mail server and contacts of a reloaded configuration.
   * @throws {StoreError} when it names another `state_dir`: that needs a restart, for the record of what was sent is in the old one.
   */
  reconfigure(configuration: Configuration): void;
  /** Waits for the steps under way, then gives the directory free. */
  close(): Promise<void>;
}

/**
 * Holds the state directory's lock until `close`. A request that an earlier process left in `sending` is `uncertain` from here on.
 * @throws {StoreError} another instance is running on the directory, or it cannot be used.
 * @example
 * const renewals = createRenewals(configuration, process.env, log, new Date());
 * const { status, findings } = await renewals.step({ environment, assessment, credential }, new Date());
 * await renewals.close();
 */
export function createRenewals(configuration: Configuration, env: Variables, log: RenewalLog, now: Date): Renewals {
  const { stateDir } = configuration;
  const store = openStore(stateDir, { exclusive: true });
  try {
    for (const { environment } of recoverInterrupted(store, now))
      log.warn(
        { environment },
        'a request was interrupted while it was being sent; it is not known whether the desk has it',
      );
  } catch (error) {
    store.close();
    throw error;
  }

  let deps = engineDeps(configuration, env, log, store);
  const underWay = new Set<Promise<RenewalStep>>();
  return {
    step(input, at) {
      const step = advanceRenewal(input, deps, at).finally(() => underWay.delete(step));
      underWay.add(step);
      return step;
    },
    retryNow: (key, at) => retryNow(store, key, at),
    records: () => ({
      count: store.count(),
      slice: (from, most) => store.slice(from, most),
      of: (environment) => store.list(environment),
    }),
    reconfigure(next) {
      if (next.stateDir !== stateDir)
        throw new StoreError(`${next.stateDir}: state_dir cannot change while the service runs; restart it`);
      deps = { ...engineDeps(next, env, log, store), unsaved: deps.unsaved, lastKnown: deps.lastKnown };
    },
    async close() {
      await Promise.allSettled(underWay);
      store.close();
    },
  };
}

/** Without an e-mail section messages are drafted in the contact's own name. */
export function senderOf({ email, contact }: Configuration): string {
  return email?.from ?? contact.email;
}

function engineDeps(
  configuration: Configuration,
  env: Variables,
  log: RenewalLog,
  store: EngineDeps['store'],
): EngineDeps {
  const { email, stateDir } = configuration;
  const mailer = createMailer(email, stateDir, env);
  return { store, mailer, from: senderOf(configuration), stateDir, env, log, unsaved: new Map(), lastKnown: new Map() };
}
