/**
 * Tells one receiver of changes. What is sent is the difference between what is known now and what was told last, so there is no queue that can grow:
 * while the receiver is away, the changes of an environment become one.
 */
import { setImmediate } from 'node:timers/promises';
import type { Configuration } from '../config/index.ts';
import { readSecret, SourceError, type Variables } from '../sources/index.ts';
import { causeOf, type EnvironmentStatus, isSettled } from '../status/index.ts';
import { minuteMs, secondMs } from '../time/index.ts';
import { type Current, named } from './current.ts';
import type { NoticeMemory } from './memory.ts';
import { type Posted, post } from './post.ts';
import { bodyOf, isNews, type LastTold, signatureHeaders } from './transition.ts';

export type WebhookSettings = NonNullable<NonNullable<Configuration['notify']>['webhook']>;

export interface NoticeLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

const firstPauseMs = 10 * secondMs;
const longestPauseMs = 30 * minuteMs;
/** Environments recorded in one transaction: each transaction waits for the disk. */
const recordedAtOnce = 1000;
/** When so many messages have been refused one after the other, the fault is not in a message. */
const mostRefusedInARow = 10;

/** How long nothing is sent after a failure. */
interface Wait {
  readonly ms: number;
  readonly until: Date;
}
const noWait: Wait = { ms: 0, until: new Date(0) };
/** A wait cannot end later than it lasts: the clock was ahead when it began, and has been corrected since. */
const isOver = ({ ms, until }: Wait, now: Date): boolean => now >= until || until.getTime() - now.getTime() > ms;
const longer = ({ ms }: Wait, now: Date): Wait => {
  const next = Math.min(Math.max(2 * ms, firstPauseMs), longestPauseMs);
  return { ms: next, until: new Date(now.getTime() + next) };
};

const changeOf = (status: EnvironmentStatus): string => `${status.status} ${causeOf(status)}`;
const failed = (problem: string): Posted => ({ delivered: false, problem });

export class Webhook {
  readonly #memory: NoticeMemory;
  readonly #env: Variables;
  readonly #log: NoticeLog;
  readonly #stopping: AbortSignal;
  /** What is on disk. */
  readonly #told: Map<string, LastTold>;
  #wait = noWait;
  /** By environment: the change that the receiver refuses. A later change is another message, and is sent at once. */
  readonly #refused = new Map<string, { readonly change: string; readonly wait: Wait }>();
  #refusedInARow = 0;

  constructor(memory: NoticeMemory, env: Variables, log: NoticeLog, stopping: AbortSignal) {
    this.#memory = memory;
    this.#told = memory.everyTold();
    this.#env = env;
    this.#log = log;
    this.#stopping = stopping;
  }

  /**
   * Sends what is new, one after the other, until something fails. Then it waits: 10 seconds, doubling up to half an hour. A message that the receiver
   * refuses waits alone.
   */
  async tell(current: Current, now: () => Date): Promise<void> {
    const { environments } = current().estate;
    const settled = environments.filter(isSettled);
    await this.#recordUntold(
      settled.filter((each) => !this.#told.has(each.name) && !this.#isNews(each)),
      now,
    );
    const news = settled.filter((each) => this.#isNews(each));
    this.#forgetRefusals(news);
    for (const each of news) {
      if (this.#stopping.aborted || !isOver(this.#wait, now())) return;
      if (!(await this.#tellOf(each.name, current, now))) return;
    }
  }

  /** Nobody is told that an environment is well, but what happens to it later is a change from that. */
  async #recordUntold(well: readonly EnvironmentStatus[], now: () => Date): Promise<void> {
    for (let from = 0; from < well.length && !this.#stopping.aborted; from += recordedAtOnce) {
      this.#record(well.slice(from, from + recordedAtOnce), now());
      await setImmediate();
    }
  }

  #isNews(status: EnvironmentStatus): boolean {
    return isNews(status, this.#told.get(status.name));
  }

  /** @returns whether the next one may be sent. */
  async #tellOf(name: string, current: Current, now: () => Date): Promise<boolean> {
    const { configuration, estate } = current();
    const settings = configuration.notify?.webhook;
    if (!settings) return false;
    const status = named(estate.environments, name);
    if (!status || !isSettled(status) || !this.#isNews(status)) return true;
    if (!isOver(this.#refusalOf(status), now())) return true;
    const answer = await this.#send(status, estate.name, settings, now());
    if (answer.delivered) {
      this.#resume();
      this.#record([status], now());
      return true;
    }
    if (answer.refused) {
      this.#waitAlone(status, answer.problem, now());
      if (this.#refusedInARow < mostRefusedInARow) return true;
    }
    this.#pause(answer.problem, now());
    return false;
  }

  #record(statuses: readonly EnvironmentStatus[], at: Date): void {
    const rows = statuses.map((each) => [each.name, { status: each.status, cause: causeOf(each), at }] as const);
    this.#memory.tell(rows);
    for (const [name, told] of rows) this.#told.set(name, told);
  }

  async #send(
    status: EnvironmentStatus,
    estate: string | undefined,
    settings: WebhookSettings,
    now: Date,
  ): Promise<Posted> {
    const from = this.#told.get(status.name);
    try {
      const url = URL.parse((await readSecret(settings.url, this.#env)).reveal());
      if (!url || !/^https?:$/.test(url.protocol)) return failed('has an address that is not an http or https URL');
      const secret = settings.secret && (await readSecret(settings.secret, this.#env));
      const transition = { status, ...(from ? { from } : {}), ...(estate === undefined ? {} : { estate }) };
      const body = bodyOf(transition, settings.format, now);
      return await post(url, body, secret ? signatureHeaders(body, secret, now) : {}, this.#env, this.#stopping);
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      return failed(`cannot be called: ${error.message}`);
    }
  }

  #pause(problem: string, now: Date): void {
    if (this.#stopping.aborted) return;
    // Once for each interruption, not for each attempt.
    if (this.#wait === noWait) this.#log.warn({ problem: `the webhook ${problem}` }, 'webhook fails; trying again');
    this.#wait = longer(this.#wait, now);
  }

  #waitAlone(status: EnvironmentStatus, problem: string, now: Date): void {
    const { name: environment } = status;
    const before = this.#refusalOf(status);
    if (before === noWait)
      this.#log.warn({ environment, problem: `the webhook ${problem}` }, 'webhook refuses a message; trying again');
    this.#refused.set(environment, { change: changeOf(status), wait: longer(before, now) });
    this.#refusedInARow += 1;
  }

  #refusalOf(status: EnvironmentStatus): Wait {
    const refused = this.#refused.get(status.name);
    return refused?.change === changeOf(status) ? refused.wait : noWait;
  }

  /** Except those of changes that are still to be sent. */
  #forgetRefusals(news: readonly EnvironmentStatus[]): void {
    if (this.#refused.size === 0) return;
    const names = new Set(news.map(({ name }) => name));
    for (const name of this.#refused.keys()) if (!names.has(name)) this.#refused.delete(name);
  }

  #resume(): void {
    if (this.#wait !== noWait) this.#log.info({}, 'webhook works again');
    this.#wait = noWait;
    this.#refusedInARow = 0;
  }
}
