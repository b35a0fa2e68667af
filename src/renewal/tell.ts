/** What the contact is told during a renewal. */
import type { ResolvedEnvironment } from '../config/index.ts';
import { lastSafeDay } from '../time/index.ts';
import type { Certificate } from '../x509/index.ts';
import { renderClosing, renderReminder, renderUncertain, renderUnsent } from './mail/contact-messages.ts';
import { UnsafeMessageFieldError } from './mail/header-safety.ts';
import type { SendResult } from './mail/mailer.ts';
import type { Message } from './mail/request-message.ts';
import { occasionOf } from './notices.ts';
import type { EngineDeps } from './step.ts';
import { patiently } from './store/patiently.ts';
import type { NoticeKind, RequestKey, StoredRenewal, Told } from './types.ts';

interface News {
  readonly environment: ResolvedEnvironment;
  readonly record: StoredRenewal;
  /** Deployed now. */
  readonly certificate: Certificate | undefined;
  readonly told?: Told;
}

/** Tells the contact. Recorded first, so that a service that crashes here every time does not tell them every time. */
export async function notify(
  kind: NoticeKind,
  { certificate, environment, record, told }: News,
  deps: EngineDeps,
  now: Date,
): Promise<SendResult | undefined> {
  const { store, mailer, from, log, signal, configurationFile } = deps;
  if (signal?.aborted) return undefined;
  const occasion = occasionOf(record, kind);
  await patiently(() => store.tryNotice(record, kind, occasion, now));
  let message: Message;
  try {
    const context = { environment, from, record, configurationFile, now, ...(told ? { told } : {}) };
    const render: Readonly<Record<NoticeKind, () => Message>> = {
      uncertain: () => renderUncertain(context),
      unsent: () => renderUnsent(context, safeDayOf(record, environment)),
      reminder: () => renderReminder(context, safeDayOf(record, environment)),
      closing: () => renderClosing(context, certificate, stillDeployedIn(record, deps)),
    };
    message = render[kind]();
  } catch (error) {
    if (!(error instanceof UnsafeMessageFieldError)) throw error;
    log.warn({ environment: environment.name, problem: error.message }, 'the contact cannot be told');
    return undefined;
  }
  const result = await mailer.send(message, now, signal ? { signal } : {});
  if (result.outcome === 'sent' || result.outcome === 'drafted')
    await patiently(() => store.noticeSent(record, kind, occasion, now));
  else {
    if (result.outcome === 'failed' && result.retry) await patiently(() => store.noticeFailed(record, kind, occasion));
    log.warn({ environment: environment.name, kind, problem: result.reason }, 'the contact could not be told');
  }
  return result;
}

const safeDayOf = ({ notAfter }: StoredRenewal, { renewal }: ResolvedEnvironment) =>
  notAfter && lastSafeDay(notAfter, renewal.deskWorkingDays);

/** Other environments that use the certificate that was replaced. */
function stillDeployedIn({ environment, fingerprintSha256 }: RequestKey, { deployed, names }: EngineDeps): string[] {
  return [...deployed]
    .filter(([name, seen]) => name !== environment && names.has(name) && seen === fingerprintSha256)
    .map(([name]) => name);
}
