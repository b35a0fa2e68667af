/** The whole service in one process: monitor, schedule, renewals and HTTP, started together and stopped side by side. */
import { type Configuration, networksOf, retainSources, storeSourcesOf } from '../config/index.ts';
import { benchInThreads, lookInThread, openVerdicts, type Verdicts } from '../examine/index.ts';
import { inspectDropped } from '../inspect/index.ts';
import { Exposition, ProcessMetrics } from '../metrics/index.ts';
import { createNotifier, type Notifier } from '../notify/index.ts';
import { createRenewals, type Renewals, readRenewalFiles, StoreError } from '../renewal/index.ts';
import { ResourceShortageError } from '../shortage/index.ts';
import type { EstateStatus } from '../status/index.ts';
import { createApp, listen, pages, type Shown, type WebServer } from '../web/index.ts';
import { createActions } from './actions.ts';
import { watchFile } from './configuration-watch.ts';
import { stillRunning } from './ending.ts';
import { gateOf, listenOptions, needsRestart, reportTo } from './http.ts';
import { describe } from './problems.ts';
import { repeat } from './repeat.ts';
import { Rounds } from './rounds.ts';
import type { Service, ServiceOptions } from './types.ts';

const lookAtConfigurationEveryMs = 2_000;
/** Between scrapes, so that none of them finds much to write. More often, and the neighbours of what changes would be written many times. */
const refreshMetricsEveryMs = 5_000;
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

/** What can be said of the environments before anything is known of them. */
const notKnownYet = ({ estate, path }: Configuration, startedAt: Date): EstateStatus => ({
  ...(estate === undefined ? {} : { name: estate }),
  environments: [],
  startedAt,
  ready: false,
  configuration: { file: path, lastReloadSuccessful: true, lastReloadSuccessAt: startedAt },
});

class RunningService implements Service {
  readonly #options: ServiceOptions;
  readonly #renewals: Renewals;
  readonly #startedAt: Date;
  /** Resolves when the environments are known; rejects if the service is stopped before. */
  readonly #begun = Promise.withResolvers<void>();
  #rounds: Rounds | undefined;
  readonly #bench = benchInThreads();
  readonly #notifier: Notifier;
  readonly #look = lookInThread();
  readonly #verdicts: Verdicts;
  readonly #report: ReturnType<typeof reportTo>;
  readonly #exposition: Exposition;
  #configuration: Configuration;
  #server: WebServer | undefined;
  #stopWatching = () => {};
  #stopRefreshing = () => {};
  #stopTelling = () => {};
  #loadAgain: NodeJS.Timeout | undefined;
  #reloading: Promise<unknown> = Promise.resolve();
  readonly #told = Promise.withResolvers<undefined>();
  #stopped: Promise<readonly string[]> | undefined;

  constructor(configuration: Configuration, renewals: Renewals, options: ServiceOptions) {
    this.#options = options;
    const { build, env, now, log } = options;
    this.#startedAt = now();
    this.#report = reportTo(log);
    this.#exposition = new Exposition(build, {
      work: () => this.#rounds?.work(),
      process: new ProcessMetrics(),
    });
    this.#configuration = configuration;
    this.#renewals = renewals;
    const program = `${build.version} Node.js ${process.version} OpenSSL ${process.versions.openssl}`;
    this.#verdicts = openVerdicts(configuration.stateDir, program, (problem) =>
      log.warn(problem, 'what is known of files cannot be kept across a restart'),
    );
    this.#notifier = createNotifier({
      stateDir: configuration.stateDir,
      env,
      now,
      log,
      clockDoubt: () => renewals.clockDoubt(now()),
    });
    this.#begun.promise.catch(() => {});
  }

  readonly estate = () => this.#rounds?.estate() ?? notKnownYet(this.#configuration, this.#startedAt);

  get url(): string {
    return this.#server?.url ?? '';
  }

  /** Listens first: an orchestrator wants to know that the process is alive, and many environments take a moment. */
  async start(): Promise<void> {
    const { log, build } = this.#options;
    const { path, contentHash, environments, http } = this.#configuration;
    this.#server = await listen(this.#app(), {
      ...(await listenOptions(http, this.#options.env)),
      report: (cuts) => log.warn(cuts, 'HTTP clients were cut off'),
      isProxy: (address) => networksOf(this.#configuration.http.trustedProxies ?? [])(address),
    });
    this.#rounds = await this.#newRounds();
    this.#begun.resolve();
    const { stop } = watchFile(path, {
      seen: contentHash,
      everyMs: lookAtConfigurationEveryMs,
      changed: () => void this.reload(),
    });
    this.#stopWatching = stop;
    const refreshing = {
      everyMs: refreshMetricsEveryMs,
      failed: (error: unknown) => this.#report(error, 'the metrics could not be written'),
    };
    const refresh = () => this.#exposition.refresh(this.estate());
    // The first time is the longest, and the first scrape waits for it: beside a cycle it would take several times as long.
    const written = refresh().then(() => {}, refreshing.failed);
    this.#rounds.begin(this.#configuration, written);
    this.#stopRefreshing = repeat(refresh, refreshing);
    const current = () => ({ estate: this.estate(), configuration: this.#configuration });
    const often = {
      everyMs: tellEveryMs,
      failed: (error: unknown) => this.#report(error, 'nobody could be told of a change or an expiry'),
    };
    const stopChanges = repeat(() => this.#notifier.tellChanges(current), often);
    const stopExpiries = repeat(() => this.#notifier.tellExpiries(current), often);
    this.#stopTelling = () => {
      stopChanges();
      stopExpiries();
    };
    log.info({ url: this.url, version: build.version, environments: environments.length }, 'serving');
    this.#warn();
  }

  #newRounds(): Promise<Rounds> {
    const { env, now, log, actions } = this.#options;
    return Rounds.over(this.#configuration, {
      actions:
        actions?.(this.#renewals) ?? createActions(env, now, this.#renewals, this.#bench, this.#look, this.#verdicts),
      now,
      log,
    });
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
    this.#begun.reject(new Error('the service is stopping'));
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
        checks: Promise.resolve(this.#rounds?.pause()),
        'handshakes and renewals': Promise.resolve(this.#rounds?.stop()),
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
    await this.#rounds?.close();
    this.#verdicts.close();
    await this.#renewals.close();
    log.info({}, 'stopped');
    return [];
  }

  #app() {
    const { now, build, env } = this.#options;
    const draw = this.#options.pages ?? pages;
    const gate = gateOf(() => this.#configuration.http, env);
    const told = {
      estate: this.estate,
      begun: this.#begun.promise,
      build,
      exposition: this.#exposition,
      now,
      report: this.#report,
    };
    return createApp({ ...told, ...gate, ...draw(this.#shown()) });
  }

  #shown(): Shown {
    const stateDir = () => this.#configuration.stateDir;
    return {
      estate: this.estate,
      now: this.#options.now,
      past: (environment, now) => this.#rounds?.past(environment, now),
      renewals: () => this.#recordOfRenewals(),
      renewalFiles: (record) => readRenewalFiles(stateDir(), record),
      stateDir,
      inspect: (files, now) => inspectDropped(files, now, this.#bench),
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
    await this.#rounds?.pause();
    if (this.#stopped) return false;
    this.#rounds?.adopt(this.#configuration);
    await retainSources(storeSourcesOf(this.#configuration), env);
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
    this.#rounds?.refuse();
    log.error(describe(error), 'configuration refused; the previous one stays in force');
  }

  #warn(before?: Configuration): void {
    const { http, warnings } = this.#configuration;
    for (const warning of warnings) this.#options.log.warn({ warning }, 'configuration');
    for (const change of before ? needsRestart(before.http, http) : [])
      this.#options.log.warn({ url: this.url }, change);
  }
}
