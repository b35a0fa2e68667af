/** Tells contacts by email and one receiver by webhook what the service knows, beside the checks and never in their way. */
import type { Configuration } from '../config/index.ts';
import { createMailer, senderOf } from '../renewal/index.ts';
import type { Variables } from '../sources/index.ts';
import type { EstateStatus } from '../status/index.ts';
import { minuteMs } from '../time/index.ts';
import { tellOfExpiry } from './expiry-mails.ts';
import { type NoticeMemory, openNoticeMemory } from './memory.ts';
import { type NoticeLog, Webhook } from './webhook.ts';

export interface Notifier {
  /** Whatever is new and due. Waits for a look that is under way. It rejects only because of a fault in this program or the disk. */
  look(estate: EstateStatus, configuration: Configuration): Promise<void>;
  /** Sends nothing new, and ends what has not been handed over. */
  stop(): Promise<void>;
}

export interface NotifierOptions {
  readonly stateDir: string;
  readonly env: Variables;
  readonly now: () => Date;
  readonly log: NoticeLog;
}

/**
 * Opens nothing until there is something configured to tell.
 * @example
 * const notifier = createNotifier({ stateDir, env: process.env, now: () => new Date(), log });
 * await notifier.look(monitor.estate(), configuration);
 * await notifier.stop();
 */
export function createNotifier({ env, log, now, stateDir }: NotifierOptions): Notifier {
  const stopping = new AbortController();
  const { signal } = stopping;
  let memory: NoticeMemory | undefined;
  let webhook: Webhook | undefined;
  let mailsLookedAt: Date | undefined;
  let underWay: Promise<unknown> = Promise.resolve();

  async function tell(estate: EstateStatus, configuration: Configuration): Promise<void> {
    const { email, notify } = configuration;
    if (!notify || signal.aborted) return;
    memory ??= openNoticeMemory(stateDir);
    const opened = memory;
    const byWebhook = async () => {
      webhook ??= new Webhook(opened, env, log, signal);
      if (notify.webhook) await webhook.tell(estate, notify.webhook, now);
    };
    const byMail = async () => {
      // Without a mail server nobody would read it: an outbox is for requests that a person sends on.
      if (!email?.smtp || (mailsLookedAt && Math.abs(now().getTime() - mailsLookedAt.getTime()) < minuteMs)) return;
      mailsLookedAt = now();
      const mailer = createMailer(email, stateDir, env);
      const from = senderOf(configuration);
      await tellOfExpiry(estate, configuration, { mailer, from, memory: opened, log, stopping: signal }, now);
    };
    const ended = await Promise.allSettled([byWebhook(), byMail()]);
    for (const each of ended) if (each.status === 'rejected') throw each.reason;
  }

  return {
    look(estate, configuration) {
      const look = underWay.then(() => tell(estate, configuration));
      underWay = look.catch(() => {});
      return look;
    },
    async stop() {
      stopping.abort();
      await underWay;
      memory?.close();
      memory = undefined;
    },
  };
}
