/** due → sending → requested: the one place from which a request goes to the desk. */
import { createHash } from 'node:crypto';
import type { ResolvedEnvironment, Variables } from '../config/index.ts';
import type { DeployedCredential } from '../credential/index.ts';
import { type SafeText, say } from '../text/index.ts';
import { hourMs, minuteMs } from '../time/index.ts';
import type { Certificate } from '../x509/index.ts';
import type { Mailer, SendResult } from './mail/mailer.ts';
import { type Draft, earlierRequest, makeDraft, whyNotDrafted, writeDraft } from './request/draft.ts';
import { pendingDirectory } from './store/pending-files.ts';
import type { Changes, RenewalStore, Transition } from './store/store.ts';
import type { RequestKey, StoredRenewal } from './types.ts';

export interface Sender {
  readonly store: RenewalStore;
  readonly mailer: Mailer;
  /** `address` or `Name <address>`. */
  readonly from: string;
  readonly stateDir: string;
  readonly env: Variables;
  /** What the mail server said and the disk could not take: written at the next chance, else a restart finds `sending`. */
  readonly unsaved: Map<string, { readonly key: RequestKey; readonly transition: Transition }>;
}

export interface SendInput {
  readonly environment: ResolvedEnvironment;
  readonly certificate: Certificate;
  readonly credential?: DeployedCredential;
  readonly record: StoredRenewal;
}

/** @returns undefined when nothing was sent because it could not be drafted, or another caller was first. */
export async function sendRequest(input: SendInput, sender: Sender, now: Date): Promise<SendResult | undefined> {
  const { record } = input;
  const drafted = await draftOnDisk(input, sender, now);
  if ('refused' in drafted) {
    if (drafted.refused !== record.lastError) sender.store.note(record, { lastError: drafted.refused });
    return undefined;
  }
  // The one gate: on the disk before the mail server is called, and open to one caller only.
  const mayPass = sender.store.transition(record, {
    from: ['due'],
    to: 'sending',
    at: now,
    reason: 'the request is being sent to the mail server',
    changes: { attempts: record.attempts + 1, nextAttemptAt: null, messageId: drafted.draft.requestMessageId },
  });
  if (!mayPass) return undefined;
  const result = await sender.mailer.send(drafted.draft.message, now).catch(unexpected);
  save(sender, record, outcome(result, input, now));
  return result;
}

async function draftOnDisk(
  input: SendInput,
  sender: Sender,
  now: Date,
): Promise<{ draft: Draft } | { refused: SafeText }> {
  const { environment, certificate, record } = input;
  const { stateDir } = sender;
  try {
    const earlier = await earlierRequest(stateDir, record, environment, certificate);
    const draft = await makeDraft({ ...input, ...sender, now }, earlier);
    const files = await writeDraft(stateDir, pendingDirectory(record), draft, earlier && record);
    const { spkiSha256 } = draft.request;
    // A request without a key of its own clears the name of an earlier one.
    sender.store.note(record, { keyFile: null, ...files, spkiSha256, commonName: draft.commonName });
    return { draft };
  } catch (error) {
    return { refused: whyNotDrafted(error) };
  }
}

/** A mailer reports; one that throws has a bug, and what the mail server took by then is anybody's guess. */
const unexpected = (error: unknown): SendResult => ({
  outcome: 'uncertain',
  retry: false,
  reason: say`sending was interrupted: ${error instanceof Error ? error.name : 'unknown error'}`,
  refused: [],
});

function outcome(result: SendResult, { environment, record }: SendInput, now: Date): Transition {
  const move = (to: Transition['to'], reason: string, changes: Changes): Transition => ({
    from: ['sending'],
    to,
    at: now,
    reason,
    changes,
  });
  const desk = environment.renewal.desk.join(', ');
  switch (result.outcome) {
    case 'sent':
    case 'drafted': {
      const delivery = result.outcome === 'sent' && environment.renewal.mode === 'send' ? 'sent' : 'drafted';
      const reason =
        delivery === 'sent'
          ? `the request was sent to ${desk}`
          : result.outcome === 'sent'
            ? `the request was sent to ${environment.contact.email} for review, to be forwarded to ${desk}`
            : `the request was written to the outbox, to be sent to ${desk}`;
      const lastError =
        result.refused.length > 0 ? `the mail server refused some recipients: ${result.refused.join('; ')}` : null;
      return move('requested', reason, { requestedAt: now, delivery, lastError });
    }
    case 'uncertain':
      return move('uncertain', uncertainReason(result.reason), { lastError: uncertainReason(result.reason) });
    case 'failed':
      return result.retry
        ? move('due', result.reason, {
            lastError: result.reason,
            nextAttemptAt: nextAttempt(record, record.attempts + 1, now),
          })
        : move('failed', result.reason, { lastError: result.reason });
  }
}

const uncertainReason = (what: string) => `it is not known whether the request was sent: ${what}`;

/** Before the first request of this process: nobody else is sending, so whatever stands at `sending` was cut off. */
export function recoverInterrupted(store: RenewalStore, now: Date): StoredRenewal[] {
  const reason = uncertainReason('the service stopped while the request was being sent');
  return store
    .inState('sending')
    .filter((record) =>
      store.transition(record, { from: ['sending'], to: 'uncertain', at: now, reason, changes: { lastError: reason } }),
    );
}

/** @throws {StoreError} when the disk does not take it; `unsaved` keeps it then. */
function save(sender: Sender, { environment, fingerprintSha256 }: RequestKey, transition: Transition): void {
  const key = { environment, fingerprintSha256 };
  sender.unsaved.set(environment, { key, transition });
  saveUnsaved(sender, environment);
}

/** @throws {StoreError} */
export function saveUnsaved({ store, unsaved }: Pick<Sender, 'store' | 'unsaved'>, environment: string): void {
  const waiting = unsaved.get(environment);
  if (!waiting) return;
  store.transition(waiting.key, waiting.transition);
  unsaved.delete(environment);
}

const firstPauseMs = 5 * minuteMs;
const longestBackoffMs = 6 * hourMs;

/** Doubles, and differs by a quarter either way between environments so that they do not all knock at once; drawn from the key, so that it can be tested. */
export function nextAttempt(key: RequestKey, attempts: number, now: Date): Date {
  const pauseMs = Math.min(firstPauseMs * 2 ** (attempts - 1), longestBackoffMs);
  const digest = createHash('sha256')
    .update(JSON.stringify([key.environment, key.fingerprintSha256, attempts]))
    .digest();
  const share = digest.readUInt32BE(0) / 2 ** 32;
  return new Date(now.getTime() + Math.round(pauseMs * (0.75 + share / 2)));
}
