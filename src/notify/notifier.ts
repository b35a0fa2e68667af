/** Tells contacts by email and one receiver by webhook what the service knows, beside the checks and never in their way. */
import type { Variables } from '../sources/index.ts';
import { minuteMs } from '../time/index.ts';
import type { Current } from './current.ts';
import { tellOfExpiry } from './expiry-mails.ts';
import { type NoticeMemory, openNoticeMemory } from './memory.ts';
import { type NoticeLog, Webhook } from './webhook.ts';

/** Each way has a loop of its own, because a mail server may take hours for a whole estate. They reject only because of a fault in this program or the disk. */
export interface Notifier {
  /** Sends by webhook what has changed. Waits for a call of it that is under way. */
  tellChanges(current: Current): Promise<void>;
  /** Sends the messages about an expiry that are due. Waits for a call of it that is under way. */
  tellExpiries(current: Current): Promise<void>;
  /** Sends nothing new, and ends what has not been handed over. */
  stop(): Promise<void>;
}

export interface NotifierOptions {
  readonly stateDir: string;
  readonly env: Variables;
  readonly now: () => Date;
  readonly log: NoticeLog;
  /** Why this machine's clock cannot be trusted yet, if it cannot; default: it can. No message about an expiry is sent until then. */
  readonly clockDoubt?: () => string | undefined;
}

/**
 * Opens nothing until there is something configured to tell.
 * @example
 * const notifier = createNotifier({ stateDir, env: process.env, now: () => new Date(), log });
 * await notifier.tellChanges(() => ({ estate: monitor.estate(), configuration }));
 * await notifier.stop();
 */
export function createNotifier({ env, log, now, stateDir, clockDoubt = () => undefined }: NotifierOptions): Notifier {
  const stopping = new AbortController();
  const { signal } = stopping;
  let memory: NoticeMemory | undefined;
  let webhook: Webhook | undefined;
  let mailsLookedAt: Date | undefined;
  let waitsForClock = false;
  const openMemory = () => {
    memory ??= openNoticeMemory(stateDir);
    return memory;
  };

  async function byWebhook(current: Current): Promise<void> {
    if (!current().configuration.notify?.webhook) return;
    webhook ??= new Webhook(openMemory(), env, log, signal);
    await webhook.tell(current, now);
  }

  function clockIsTrusted(): boolean {
    const doubt = clockDoubt();
    if (doubt !== undefined && !waitsForClock) log.info({ reason: doubt }, 'expiry messages wait for the clock');
    waitsForClock = doubt !== undefined;
    return !waitsForClock;
  }

  async function byMail(current: Current): Promise<void> {
    const { email, notify } = current().configuration;
    if (!notify || !email?.smtp) return;
    if (mailsLookedAt && Math.abs(now().getTime() - mailsLookedAt.getTime()) < minuteMs) return;
    mailsLookedAt = now();
    await tellOfExpiry(current, { stateDir, env, memory: openMemory(), log, stopping: signal, clockIsTrusted }, now);
  }

  const changes = oneAfterTheOther(signal, byWebhook);
  const expiries = oneAfterTheOther(signal, byMail);
  return {
    tellChanges: changes.run,
    tellExpiries: expiries.run,
    async stop() {
      stopping.abort();
      await Promise.all([changes.ended(), expiries.ended()]);
      memory?.close();
      memory = undefined;
    },
  };
}

function oneAfterTheOther(stopping: AbortSignal, work: (current: Current) => Promise<void>) {
  let underWay: Promise<unknown> = Promise.resolve();
  return {
    run(current: Current): Promise<void> {
      const run = underWay.then(() => (stopping.aborted ? undefined : work(current)));
      underWay = run.catch(() => {});
      return run;
    },
    ended: () => underWay,
  };
}
