/** The whole service in one process: monitor, schedule, renewals and HTTP, started together and stopped in the opposite order. */
import {
  type Configuration,
  ConfigurationError,
  readSecret,
  readSource,
  SourceError,
  type Variables,
} from '../config/index.ts';
import type { Build } from '../metrics/index.ts';
import {
  type Actions,
  type LastSuccesses,
  type Log,
  Monitor,
  openLastSuccesses,
  type Schedule,
  startSchedule,
} from '../monitor/index.ts';
import { createRenewals, type Renewals, readRenewalFiles, StoreError } from '../renewal/index.ts';
import { ResourceShortageError } from '../shortage/index.ts';
import type { EstateStatus } from '../status/index.ts';
import {
  type BasicAuth,
  createApp,
  ListenError,
  type ListenOptions,
  listen,
  type Pages,
  pages,
  type Shown,
  type WebServer,
} from '../web/index.ts';
import { createActions } from './actions.ts';
import { watchFile } from './configuration-watch.ts';

export interface ServiceOptions {
  /** @throws {ConfigurationError} */
  readonly load: () => Promise<Configuration>;
  readonly env: Variables;
  readonly now: () => Date;
  readonly log: Log;
  readonly build: Build;
  /** Instead of the real ones: what web shows besides health and metrics. */
  readonly pages?: (shown: Shown) => Pages;
  /** Instead of the real ones. */
  readonly actions?: (renewals: Renewals) => Actions;
}

export interface Service {
  readonly url: string;
  readonly estate: () => EstateStatus;
  /** @returns whether the configuration was taken over; if not, the log says why, and the old one stays in force. */
  reload(): Promise<boolean>;
  stop(): Promise<void>;
}

const lookAtConfigurationEveryMs = 2_000;
const answersMayTakeMs = 5_000;

/** What an operator can mend. Everything else that is thrown is a bug. */
export type ServiceProblem = ConfigurationError | StoreError | SourceError | ListenError | ResourceShortageError;

export function isServiceProblem(error: unknown): error is ServiceProblem {
  const problems = [ConfigurationError, StoreError, SourceError, ListenError, ResourceShortageError];
  return problems.some((kind) => error instanceof kind);
}

/** @throws {ServiceProblem} Nothing is left running then. */
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
  #configuration: Configuration;
  #server: WebServer | undefined;
  #schedule: Schedule | undefined;
  #stopWatching = () => {};
  #firstCycle: Promise<void> = Promise.resolve();
  #reloading: Promise<unknown> = Promise.resolve();
  #stopped: Promise<void> | undefined;

  constructor(configuration: Configuration, renewals: Renewals, options: ServiceOptions) {
    const { env, now, log } = options;
    const actions = options.actions?.(renewals) ?? createActions(env, now, renewals);
    this.#options = options;
    this.#configuration = configuration;
    this.#renewals = renewals;
    this.#successes = openLastSuccesses(configuration.stateDir, log);
    this.#monitor = new Monitor(configuration, { actions, now, log, successes: this.#successes });
  }

  readonly estate = () => this.#monitor.estate();

  get url(): string {
    return this.#server?.url ?? '';
  }

  async start(): Promise<void> {
    const { log, build } = this.#options;
    const { path, contentHash, environments } = this.#configuration;
    this.#server = await listen(this.#app(), await this.#listenOptions());
    const { stop } = watchFile(path, {
      seen: contentHash,
      everyMs: lookAtConfigurationEveryMs,
      changed: () => void this.reload(),
    });
    this.#stopWatching = stop;
    this.#begin();
    log.info({ url: this.url, version: build.version, environments: environments.length }, 'serving');
    this.#warn();
  }

  reload(): Promise<boolean> {
    const done = this.#reloading.then(() => this.#reload());
    this.#reloading = done;
    return done;
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    this.#stopWatching();
    await this.#reloading;
    const monitorStopped = this.#monitor.stop();
    await Promise.all([this.#schedule?.stop(), this.#firstCycle, monitorStopped]);
    await this.#monitor.settled();
    await this.#server?.close(answersMayTakeMs);
    this.#successes.close();
    await this.#renewals.close();
    this.#options.log.info({}, 'stopped');
  }

  #app() {
    const { now, build, log } = this.#options;
    const draw = this.#options.pages ?? pages;
    return createApp({
      estate: this.estate,
      build,
      now,
      basicAuth: this.#basicAuth,
      report: (error) => log.error(describe(error), 'a request could not be answered'),
      ...draw(this.#shown()),
    });
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
      this.#options.log.error(describe(error), 'the record of renewals cannot be read');
      return undefined;
    }
  }

  readonly #basicAuth: BasicAuth = async () => {
    const { basicAuth } = this.#configuration.http;
    if (!basicAuth) return undefined;
    return { username: basicAuth.username, password: await readSecret(basicAuth.password, this.#options.env) };
  };

  async #listenOptions(): Promise<ListenOptions> {
    const { host, port, tls } = this.#configuration.http;
    const { env, log } = this.#options;
    const report: ListenOptions['report'] = (cuts) => log.warn(cuts, 'HTTP clients were cut off');
    if (!tls) return { host, port, report };
    const [cert, key] = await Promise.all([readSource(tls.certificate, env), readSource(tls.privateKey, env)]);
    const passphrase = tls.passphrase && (await readSecret(tls.passphrase, env)).reveal();
    return { host, port, report, tls: { cert, key, ...(passphrase === undefined ? {} : { passphrase }) } };
  }

  /** The first cycle now, the others by the clock. */
  #begin(): void {
    const { log } = this.#options;
    const failed = (error: unknown) => log.error(describe(error), 'a round did not end');
    this.#firstCycle = this.#monitor.checkAll().catch(failed);
    this.#schedule = startSchedule(this.#configuration.schedule, {
      // A tick during the first cycle would find every environment busy, end at once, and call the service ready.
      check: () => this.#firstCycle.then(() => this.#monitor.checkAll()),
      handshake: () => this.#monitor.handshakeAll(),
      failed,
    });
  }

  async #reload(): Promise<boolean> {
    const { log, load } = this.#options;
    const before = this.#configuration;
    try {
      const next = await load();
      this.#renewals.reconfigure(next);
      this.#configuration = next;
      const { tls } = await this.#listenOptions();
      if (tls) this.#server?.renewTls(tls);
    } catch (error) {
      this.#configuration = before;
      this.#renewals.reconfigure(before);
      this.#monitor.refuse();
      log.error(describe(error), 'configuration refused; the one before it stays in force');
      return false;
    }
    await Promise.all([this.#schedule?.stop(), this.#firstCycle]);
    this.#monitor.adopt(this.#configuration);
    this.#begin();
    log.info({ environments: this.#configuration.environments.length }, 'configuration loaded');
    this.#warn(before);
    return true;
  }

  #warn(before?: Configuration): void {
    const { http, warnings } = this.#configuration;
    for (const warning of warnings) this.#options.log.warn({ warning }, 'configuration');
    const socket = ({ host, port, tls }: Configuration['http']) => JSON.stringify([host, port, tls !== undefined]);
    if (before && socket(before.http) !== socket(http))
      this.#options.log.warn({ url: this.url }, 'http.listen has changed; it needs a restart');
  }
}

/** What the log may know of an error: a stack only where it is a bug. */
function describe(error: unknown): Record<string, unknown> {
  if (error instanceof ConfigurationError) return { problems: error.problems };
  if (isServiceProblem(error)) return { error: error.message };
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  return { error: `${name}: ${message}`, stack };
}
