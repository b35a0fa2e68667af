/** The whole service in one process: monitor, schedule, renewals and HTTP, started together and stopped side by side. */
import { type Configuration, networksOf, type Variables } from '../config/index.ts';
import { benchInThreads, lookInThread } from '../examine/index.ts';
import { type Build, Exposition, ProcessMetrics } from '../metrics/index.ts';
import {
  type Actions,
  type LastSuccesses,
  type Log,
  Monitor,
  openLastSuccesses,
  type Schedule,
  startSchedule,
} from '../monitor/index.ts';
import { createNotifier, type Notifier } from '../notify/index.ts';
import { createRenewals, type Renewals, readRenewalFiles, StoreError } from '../renewal/index.ts';
import { ResourceShortageError } from '../shortage/index.ts';
import type { EstateStatus } from '../status/index.ts';
import { createApp, listen, type Pages, pages, type Shown, type WebServer } from '../web/index.ts';
import { createActions } from './actions.ts';
import { watchFile } from './configuration-watch.ts';
import { stillRunning } from './ending.ts';
import { gateOf, listenOptions, needsRestart, reportTo } from './http.ts';
import { describe } from './problems.ts';
import { repeat } from './repeat.ts';

export interface ServiceOptions {
  /** @throws {ConfigurationError} */
  readonly load: (how?: { readonly apart: boolean }) => Promise<Configuration>;
  readonly env: Variables;
  readonly now: () => Date;
  readonly log: Log;
  readonly build: Build;
  /** For tests: what web shows in addition to health and metrics. */
  readonly pages?: (shown: Shown) => Pages;
  /** For tests. */
  readonly actions?: (renewals: Renewals) => Actions;
}

export interface Service {
  readonly url: string;
  readonly estate: () => EstateStatus;
  /** @returns whether the new configuration is now in use. If not, the log says why, and the current one stays. */
  reload(): Promise<boolean>;
  /**
   * Starts nothing new and waits for running work, for up to 8 s.
   * @returns what has not ended by then. The process then has to be ended by force.
   */
  stop(): Promise<readonly string[]>;
}

const lookAtConfigurationEveryMs = 2_000;
/** Between scrapes, so that none of them finds much to write. */
const refreshMetricsEveryMs = 1_000;
/** Nobody waits for these messages, and looking whether there is one costs little. */
const tellEveryMs = 5_000;
const answersMayTakeMs = 5_000;
const workMayTakeMs = 8_000;
/** After a shortage in this process prevented a configuration from being read. */
const loadAgainAfterMs = 30_000;

/**
 * Loads the configuration, locks the state directory, starts listening, and starts monitoring.
 * @throws {ServiceProblem} Nothing is left running then.
 * @example
 * const load = () => loadConfiguration('config.yaml');
 * const service = await startService({ load, env: process.env, now: () => new Date(), log, build });
 * process.once('SIGTERM', () => service.stop());
 */
export async function startService(options: ServiceOptions): Promise<Service> {
  const configuration = await options.load();
  const { env, now, log } = options;
  const renewals = createRenewals(configuration, env, log, now());
  const running = new RunningService(configuration, renewals, options);
  try {
    await running.start();
    return running;
  } catch (error) {
    await running.stop();
    throw error;
  }
}

class RunningService implements Service {
  readonly #options: ServiceOptions;
  readonly #renewals: Renewals;
  readonly #successes: LastSuccesses;
  readonly #monitor: Monitor;
  readonly #bench = benchInThreads();
  readonly #notifier: Notifier;
  readonly #look = lookInThread();
  readonly #report: ReturnType<typeof reportTo>;
  readonly #exposition: Exposition;
  #configuration: Configuration;
  #server: WebServer | undefined;
  #schedule: Schedule | undefined;
  #stopWatching = () => {};
  #stopRefreshing = () => {};
  #stopTelling = () => {};
  #loadAgain: NodeJS.Timeout | undefined;
  #firstCycle: Promise<void> = Promise.resolve();
  #reloading: Promise<unknown> = Promise.resolve();
  readonly #told = Promise.withResolvers<undefined>();
  #stopped: Promise<readonly string[]> | undefined;

  constructor(configuration: Configuration, renewals: Renewals, options: ServiceOptions) {
    const { env, now, log } = options;
    const actions = options.actions?.(renewals) ?? createActions(env, now, renewals, this.#bench, this.#look);
    this.#options = options;
    this.#report = reportTo(log);
    this.#exposition = new Exposition(options.build, {
      work: () => this.#monitor.work(),
      process: new ProcessMetrics(),
    });
    this.#configuration = configuration;
    this.#renewals = renewals;
    this.#notifier = createNotifier({ stateDir: configuration.stateDir, env, now, log });
    this.#successes = openLastSuccesses(configuration.stateDir, log);
    this.#monitor = new Monitor(configuration, { actions, now, log, successes: this.#successes });
  }

  readonly estate = () => this.#monitor.estate();

  get url(): string {
    return this.#server?.url ?? '';
  }

  async start(): Promise<void> {
    const { log, build } = this.#options;
    const { path, contentHash, environments, http } = this.#configuration;
    this.#server = await listen(this.#app(), {
      ...(await listenOptions(http, this.#options.env)),
      report: (cuts) => log.warn(cuts, 'HTTP clients were cut off'),
      isProxy: (address) => networksOf(this.#configuration.http.trustedProxies ?? [])(address),
    });
    const { stop } = watchFile(path, {
      seen: contentHash,
      everyMs: lookAtConfigurationEveryMs,
      changed: () => void this.reload(),
    });
    this.#stopWatching = stop;
    this.#begin();
    this.#stopRefreshing = repeat(() => this.#exposition.refresh(this.estate()), {
      everyMs: refreshMetricsEveryMs,
      failed: (error) => this.#report(error, 'the metrics could not be written'),
    });
    this.#stopTelling = repeat(() => this.#notifier.look(this.estate(), this.#configuration), {
      everyMs: tellEveryMs,
      failed: (error) => this.#report(error, 'nobody could be told of a change or an expiry'),
    });
    log.info({ url: this.url, version: build.version, environments: environments.length }, 'serving');
    this.#warn();
  }

  reload(): Promise<boolean> {
    const done = this.#reloading.then(() => this.#reload());
    this.#reloading = done;
    return done;
  }

  stop(): Promise<readonly string[]> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<readonly string[]> {
    this.#told.resolve(undefined);
    this.#stopWatching();
    this.#stopRefreshing();
    this.#stopTelling();
    clearTimeout(this.#loadAgain);
    // First, so that a mail server that hangs does not delay the shutdown.
    this.#renewals.breakOff();
    this.#look.stop();
    const { log } = this.#options;
    const running = await stillRunning(
      {
        HTTP: Promise.resolve(this.#server?.close(answersMayTakeMs)),
        reload: this.#reloading,
        checks: Promise.all([this.#schedule?.stop(), this.#firstCycle]),
        'handshakes and renewals': this.#monitor.stop(),
        messages: this.#notifier.stop(),
        // Also in the middle of a check.
        threads: this.#bench.stop(),
      },
      workMayTakeMs,
    );
    if (running.length > 0) {
      log.error({ running }, 'stopped, though not everything has ended');
      return running;
    }
    await this.#monitor.settled();
    this.#successes.close();
    await this.#renewals.close();
    log.info({}, 'stopped');
    return [];
  }

  #app() {
    const { now, build, env } = this.#options;
    const draw = this.#options.pages ?? pages;
    const gate = gateOf(() => this.#configuration.http, env);
    const told = { estate: this.estate, build, exposition: this.#exposition, now, report: this.#report };
    return createApp({ ...told, ...gate, ...draw(this.#shown()) });
  }

  #shown(): Shown {
    const stateDir = () => this.#configuration.stateDir;
    return {
      estate: this.estate,
      now: this.#options.now,
      renewals: () => this.#recordOfRenewals(),
      renewalFiles: (record) => readRenewalFiles(stateDir(), record),
      stateDir,
    };
  }

  #recordOfRenewals() {
    try {
      return this.#renewals.records();
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#report(error, 'the record of renewals cannot be read');
      return undefined;
    }
  }

  /** Runs the first cycle now and the others on schedule. */
  #begin(): void {
    const { log } = this.#options;
    const failed = (error: unknown) => log.error(describe(error), 'a round did not end');
    this.#firstCycle = this.#monitor.checkAll().catch(failed);
    this.#schedule = startSchedule(this.#configuration.schedule, {
      // A scheduled run during the first cycle would find every environment busy, end at once, and mark the service as ready.
      check: () => this.#firstCycle.then(() => this.#monitor.checkAll()),
      handshake: () => this.#monitor.handshakeAll(),
      failed,
    });
  }

  async #reload(): Promise<boolean> {
    const { log, load, env } = this.#options;
    const before = this.#configuration;
    try {
      // Nobody waits for a file that takes long to read, once the service is told to stop.
      const next = await Promise.race([load({ apart: true }), this.#told.promise]);
      if (next === undefined || this.#stopped) return false;
      this.#renewals.reconfigure(next);
      this.#configuration = next;
      const { tls } = await listenOptions(next.http, env);
      if (tls) this.#server?.renewTls(tls);
    } catch (error) {
      this.#configuration = before;
      this.#renewals.reconfigure(before);
      this.#refuse(error);
      return false;
    }
    await Promise.all([this.#schedule?.stop(), this.#firstCycle]);
    if (this.#stopped) return false;
    this.#monitor.adopt(this.#configuration);
    this.#begin();
    log.info({ environments: this.#configuration.environments.length }, 'configuration loaded');
    this.#warn(before);
    return true;
  }

  #refuse(error: unknown): void {
    const { log } = this.#options;
    if (error instanceof ResourceShortageError) {
      log.error(describe(error), 'configuration not loaded; trying again soon');
      clearTimeout(this.#loadAgain);
      this.#loadAgain = setTimeout(() => void this.reload(), loadAgainAfterMs).unref();
      return;
    }
    this.#monitor.refuse();
    log.error(describe(error), 'configuration refused; the previous one stays in force');
  }

  #warn(before?: Configuration): void {
    const { http, warnings } = this.#configuration;
    for (const warning of warnings) this.#options.log.warn({ warning }, 'configuration');
    for (const change of before ? needsRestart(before.http, http) : [])
      this.#options.log.warn({ url: this.url }, change);
  }
}
