/** What the contact is told during a renewal. */
import { lastSafeDay } from '../time/index.ts';
import type { Certificate } from '../x509/index.ts';
import { renderClosing, renderReminder, renderUncertain } from './mail/contact-messages.ts';
import { UnsafeMessageFieldError } from './mail/header-safety.ts';
import type { SendResult } from './mail/mailer.ts';
import type { Message } from './mail/request-message.ts';
import type { EngineDeps, RenewalInput } from './step.ts';
import { patiently } from './store/patiently.ts';
import type { NoticeKind, RequestKey, StoredRenewal } from './types.ts';

/** Tells the contact. Recorded first, so that a service that crashes here every time does not tell them every time. */
export async function notify(
  kind: NoticeKind,
  record: StoredRenewal,
  certificate: Certificate | undefined,
  { environment }: RenewalInput,
  deps: EngineDeps,
  now: Date,
): Promise<SendResult | undefined> {
  const { store, mailer, from, log, signal } = deps;
  if (signal?.aborted) return undefined;
  await patiently(() => store.tryNotice(record, kind, record.attempts, now));
  let message: Message;
  try {
    const context = { environment, from, record, now };
    message =
      kind === 'uncertain'
        ? renderUncertain(context)
        : kind === 'reminder'
          ? renderReminder(context, safeDayOf(record, environment))
          : renderClosing(context, certificate, stillDeployedIn(record, deps));
  } catch (error) {
    if (!(error instanceof UnsafeMessageFieldError)) throw error;
    log.warn({ environment: environment.name, problem: error.message }, 'the contact cannot be told');
    return undefined;
  }
  const result = await mailer.send(message, now, signal ? { signal } : {});
  if (result.outcome === 'sent' || result.outcome === 'drafted')
    await patiently(() => store.noticeSent(record, kind, record.attempts, now));
  else log.warn({ environment: environment.name, kind, problem: result.reason }, 'the contact could not be told');
  return result;
}

const safeDayOf = ({ notAfter }: StoredRenewal, { renewal }: RenewalInput['environment']) =>
  notAfter && lastSafeDay(notAfter, renewal.deskWorkingDays);

/** Other environments that use the certificate that was replaced. */
function stillDeployedIn({ environment, fingerprintSha256 }: RequestKey, { deployed, names }: EngineDeps): string[] {
  return [...deployed]
    .filter(([name, seen]) => name !== environment && names.has(name) && seen === fingerprintSha256)
    .map(([name]) => name);
}
