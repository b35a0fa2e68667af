/** Tells contacts of an expiry in stages: one message for each stage and certificate, and never a second one. */
import type { ResolvedEnvironment } from '../config/index.ts';
import { createMailer, type ExpiryNotice, renderExpiry, senderOf } from '../renewal/index.ts';
import type { Variables } from '../sources/index.ts';
import type { EnvironmentStatus } from '../status/index.ts';
import { dayMs, hourMs, minuteMs } from '../time/index.ts';
import { type Current, named } from './current.ts';
import type { NoticeMemory, StageRow } from './memory.ts';
import { type DueStage, dueStage } from './stages.ts';
import type { NoticeLog } from './webhook.ts';

export interface ExpiryMailer {
  readonly stateDir: string;
  readonly env: Variables;
  readonly memory: NoticeMemory;
  readonly log: NoticeLog;
  readonly stopping: AbortSignal;
  /** Whether this machine's clock can be trusted: a date ahead would use up the stages that are still to come. */
  clockIsTrusted(): boolean;
}

const mostTries = 8;
const firstPauseMs = 5 * minuteMs;

/** One at a time, so that a mail server is not called for a whole estate at once. */
export async function tellOfExpiry(current: Current, to: ExpiryMailer, now: () => Date): Promise<void> {
  const { configuration, estate } = current();
  const days = configuration.notify?.expiryDays ?? [];
  for (const status of estate.environments) {
    if (to.stopping.aborted || !to.clockIsTrusted()) return;
    if (dueStage(status, days, now())) await tellOfOne(current, status.name, to, now);
  }
}

async function tellOfOne(
  current: Current,
  name: string,
  { env, log, memory, stateDir, stopping }: ExpiryMailer,
  now: () => Date,
): Promise<void> {
  const { configuration, estate } = current();
  const { email, notify } = configuration;
  const status = named(estate.environments, name);
  const environment = named(configuration.environments, name);
  const due = status && dueStage(status, notify?.expiryDays ?? [], now());
  // Without a mail server nobody would read it: an outbox is for requests that a person sends on.
  if (!email?.smtp || !environment || !due) return;
  const { fingerprintSha256 } = due.certificate.certificate;
  const key = { contact: environment.contact.email, fingerprintSha256, stage: due.stage };
  const before = known(memory.stage(key), now());
  if (!mayTry(before, now())) return;
  const tries = (before?.tries ?? 0) + 1;
  const message = renderExpiry(noticeOf(environment, status, due, senderOf(configuration), now()));
  // On disk first. If this process ends before the answer, the row stays as it is, and the message is not sent again.
  memory.keep(key, { state: 'sending', tries, at: now() });
  const mailer = createMailer(email, stateDir, env);
  const { outcome, reason } = await mailer.send(message, now(), { signal: stopping });
  const state = outcome === 'failed' ? 'failed' : 'sent';
  memory.keep(key, { state, tries, at: now() });
  const told = { environment: name, stage: key.stage, outcome, reason };
  if (outcome === 'sent') log.info(told, 'expiry message');
  else log.warn(told, 'expiry message');
}

/** A day is more than any clock is put right by: what is further ahead was recorded by one that was wrong. */
function known(row: StageRow | undefined, now: Date): StageRow | undefined {
  const aheadMs = row ? row.at.getTime() - now.getTime() : 0;
  return aheadMs > (row?.state === 'failed' ? 0 : dayMs) ? undefined : row;
}

/** A message that a mail server refused, or could not be given, has not been sent: it is tried again, after 5 minutes, doubling, eight times in all. */
function mayTry(row: StageRow | undefined, now: Date): boolean {
  if (!row) return true;
  if (row.state !== 'failed' || row.tries >= mostTries) return false;
  return now.getTime() - row.at.getTime() >= Math.min(firstPauseMs * 2 ** (row.tries - 1), 6 * hourMs);
}

function noticeOf(
  environment: ResolvedEnvironment,
  { diagnosis, renewal }: EnvironmentStatus,
  { certificate, stage }: DueStage,
  from: string,
  now: Date,
): ExpiryNotice {
  const { fingerprintSha256, notAfter, serial, subject } = certificate.certificate;
  const { role } = certificate;
  const facts = { role, subject: subject.text, serial, fingerprintSha256, notAfter };
  return { environment, from, certificate: facts, stage, renewal: renewal.reason, told: diagnosis, now };
}
