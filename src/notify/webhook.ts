/**
 * Tells one receiver of changes. What is sent is the difference between what is known now and what was told last, so there is no queue that can grow:
 * while the receiver is away, the changes of an environment become one.
 */
import type { Configuration } from '../config/index.ts';
import { readSecret, SourceError, type Variables } from '../sources/index.ts';
import type { EnvironmentStatus } from '../status/index.ts';
import { minuteMs, secondMs } from '../time/index.ts';
import { type Current, named } from './current.ts';
import type { NoticeMemory } from './memory.ts';
import { post } from './post.ts';
import { bodyOf, causeOf, isNews, isSettled, type LastTold, signatureHeaders } from './transition.ts';

export type WebhookSettings = NonNullable<NonNullable<Configuration['notify']>['webhook']>;

export interface NoticeLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

const firstPauseMs = 10 * secondMs;
const longestPauseMs = 30 * minuteMs;

export class Webhook {
  readonly #memory: NoticeMemory;
  readonly #env: Variables;
  readonly #log: NoticeLog;
  readonly #stopping: AbortSignal;
  /** What is on disk, so that an estate of thousands is not read from it at every look. */
  readonly #told = new Map<string, LastTold | undefined>();
  #pauseMs = 0;
  #notBefore = new Date(0);

  constructor(memory: NoticeMemory, env: Variables, log: NoticeLog, stopping: AbortSignal) {
    this.#memory = memory;
    this.#env = env;
    this.#log = log;
    this.#stopping = stopping;
  }

  /** Sends what is new, one after the other, until something fails. Then it waits: 10 seconds, doubling up to half an hour. */
  async tell(current: Current, now: () => Date): Promise<void> {
    for (const each of current().estate.environments) {
      if (this.#stopping.aborted || now() < this.#notBefore) return;
      if (!isSettled(each)) continue;
      if (isNews(each, this.#last(each.name))) {
        if (!(await this.#tellOf(each.name, current, now))) return;
      } else if (!this.#last(each.name)) this.#record(each, now());
    }
  }

  /** @returns whether the next one may be sent. */
  async #tellOf(name: string, current: Current, now: () => Date): Promise<boolean> {
    const { configuration, estate } = current();
    const settings = configuration.notify?.webhook;
    if (!settings) return false;
    const status = named(estate.environments, name);
    if (!status || !isSettled(status) || !isNews(status, this.#last(name))) return true;
    const problem = await this.#send(status, estate.name, settings, now());
    if (problem !== undefined) {
      this.#pause(problem, now());
      return false;
    }
    this.#resume();
    this.#record(status, now());
    return true;
  }

  #record(status: EnvironmentStatus, at: Date): void {
    const told = { status: status.status, cause: causeOf(status), at };
    this.#memory.tell(status.name, told);
    this.#told.set(status.name, told);
  }

  #last(name: string): LastTold | undefined {
    if (!this.#told.has(name)) this.#told.set(name, this.#memory.lastTold(name));
    return this.#told.get(name);
  }

  async #send(
    status: EnvironmentStatus,
    estate: string | undefined,
    settings: WebhookSettings,
    now: Date,
  ): Promise<string | undefined> {
    const from = this.#last(status.name);
    try {
      const url = URL.parse((await readSecret(settings.url, this.#env)).reveal());
      if (!url || !/^https?:$/.test(url.protocol)) return 'has an address that is not an http or https URL';
      const secret = settings.secret && (await readSecret(settings.secret, this.#env));
      const transition = { status, ...(from ? { from } : {}), ...(estate === undefined ? {} : { estate }) };
      const body = bodyOf(transition, settings.format, now);
      const answer = await post(
        url,
        body,
        secret ? signatureHeaders(body, secret, now) : {},
        this.#env,
        this.#stopping,
      );
      return answer.delivered ? undefined : answer.problem;
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      return `cannot be called: ${error.message}`;
    }
  }

  #pause(problem: string, now: Date): void {
    if (this.#stopping.aborted) return;
    // Once for each interruption, not for each attempt.
    if (this.#pauseMs === 0) this.#log.warn({ problem: `the webhook ${problem}` }, 'webhook fails; trying again');
    this.#pauseMs = Math.min(Math.max(2 * this.#pauseMs, firstPauseMs), longestPauseMs);
    this.#notBefore = new Date(now.getTime() + this.#pauseMs);
  }

  #resume(): void {
    if (this.#pauseMs > 0) this.#log.info({}, 'webhook works again');
    this.#pauseMs = 0;
  }
}
