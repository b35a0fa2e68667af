/** due → sending → requested: the one place from which a request goes to the desk. */
import { join } from 'node:path';
import { type ResolvedEnvironment, sourceLabel } from '../config/index.ts';
import type { DeployedCredential } from '../credential/index.ts';
import { ResourceShortageError } from '../shortage/index.ts';
import { type SafeText, say } from '../text/index.ts';
import type { Certificate } from '../x509/index.ts';
import { nextAttempt } from './backoff.ts';
import type { Mailer, SendResult } from './mail/mailer.ts';
import { messageIdFor } from './mail/request-message.ts';
import { uncertainReason } from './recover.ts';
import { RequestRefusedError } from './request/csr.ts';
import { csrFileName, type Draft, earlierRequest, makeDraft, whyNotDrafted, writeDraft } from './request/draft.ts';
import { keepPendingKey } from './request/pending-key.ts';
import { refusalFacts, type SendingSettings } from './retry.ts';
import { patiently } from './store/patiently.ts';
import { pendingDirectory } from './store/pending-files.ts';
import { type Changes, type RenewalStore, StoreError, type Transition } from './store/store.ts';
import { type RequestKey, type StoredRenewal, statesNeedingKey, type Told } from './types.ts';

export interface Sender extends SendingSettings {
  readonly store: RenewalStore;
  readonly mailer: Mailer;
  readonly stateDir: string;
  /** For commands that people are told to type. */
  readonly configurationFile: string;
  /** Mail server answers that could not be written to disk. They are written at the next opportunity; until then a restart would find `sending`. */
  readonly unsaved: Map<string, { readonly key: RequestKey; readonly transition: Transition }>;
  /** The service is stopping: a message that has not been handed over is abandoned. */
  readonly signal?: AbortSignal;
}

export interface SendInput {
  readonly environment: ResolvedEnvironment;
  /** The one that is to be replaced; absent when the request is for the first. */
  readonly certificate?: Certificate;
  readonly credential?: DeployedCredential;
  readonly record: StoredRenewal;
  /** A person asks now. */
  readonly asked?: object;
  readonly told?: Told;
}

/** @returns undefined when nothing was sent because it could not be drafted, the service is stopping, or another caller was first. */
export async function sendRequest(input: SendInput, sender: Sender, now: Date): Promise<SendResult | undefined> {
  const { record } = input;
  const { store, mailer, signal } = sender;
  const drafted = await draftOnDisk(input, sender, now);
  if ('refused' in drafted) {
    const lastError = drafted.refused;
    if (lastError !== record.lastError) await patiently(() => store.note(record, { lastError }));
    return undefined;
  }
  if (signal?.aborted) return undefined;
  const { message, toDesk } = drafted.draft;
  const gate: Transition = {
    from: ['due'],
    to: 'sending',
    at: now,
    reason: 'the request is being sent to the mail server',
    unlessAskedElsewhere: true,
    changes: {
      attempts: record.attempts + 1,
      bodyBegunAt: null,
      nextAttemptAt: null,
      messageId: toDesk.messageId,
      refusedThing: null,
      refusedFacts: null,
    },
  };
  store.assertInPlace();
  // The one gate: on disk before the mail server is called, and open to only one caller.
  if (!(await patiently(() => store.transition(record, gate)))) return undefined;
  const handover = beginsOnDisk(record, sender, now);
  const result = await mailer.send(message, now, { ...handover, ...(signal ? { signal } : {}) }).catch(unexpected);
  await save(sender, record, await outcome(result, input, sender, now));
  handover.throwBug();
  return result;
}

/** The last moment to stop: before its first byte is sent, the start of the message is recorded on the disk that a restart will read. */
function beginsOnDisk(record: StoredRenewal, { store }: Sender, now: Date) {
  let bug: unknown;
  return {
    begins: async () => {
      try {
        await patiently(() => store.note(record, { bodyBegunAt: now }));
        store.assertInPlace();
      } catch (error) {
        if (!(error instanceof StoreError)) bug = error;
        throw error;
      }
    },
    throwBug: () => {
      if (bug !== undefined) throw bug;
    },
  };
}

async function draftOnDisk(
  input: SendInput,
  sender: Sender,
  now: Date,
): Promise<{ draft: Draft } | { refused: SafeText }> {
  const { record } = input;
  const { stateDir } = sender;
  try {
    const earlier = await earlierRequest(stateDir, { ...input, env: sender.env });
    const { askedReason: reason, messageId } = record;
    const asked = reason === undefined ? {} : { reason };
    // Another request of the same certificate is another message: mail systems drop a second one of the same name.
    const id = messageId ?? messageIdFor(record, 'request', sender.from, record.attempts);
    const draft = await makeDraft({ ...input, ...sender, ...asked, messageId: id, now }, earlier);
    // The record knows of the files before they are there: files that it knows nothing of were written after a backup was made of it.
    if (record.csrFile === undefined) {
      const csrFile = join(pendingDirectory(record), csrFileName(draft.commonName));
      await patiently(() => sender.store.note(record, { csrFile }));
    }
    const files = await writeDraft(stateDir, pendingDirectory(record), draft, {
      ...(earlier ? { earlier: record } : {}),
      unsent: input.environment.renewal.mode !== 'send' || sender.server === undefined,
      ...keeper(input, sender),
    });
    const { spkiSha256 } = draft.request;
    // A request without its own key clears the name of an earlier one.
    const changes = { keyFile: null, keyPlace: null, ...files, spkiSha256, commonName: draft.commonName };
    await patiently(() => sender.store.note(record, changes));
    return { draft };
  } catch (error) {
    if (error instanceof StoreError) throw error;
    return { refused: whyNotDrafted(error) };
  }
}

/** If the configuration says so, a new key goes to a secret store. There it must not take the place of one that is still needed. */
function keeper({ environment, record }: SendInput, { store, env }: Sender) {
  const { pendingKey } = environment.renewal;
  if (!pendingKey) return {};
  return {
    keepKey: async (encryptedKeyPem: string) => {
      const place = sourceLabel(pendingKey);
      const others = await patiently(() => needKey.flatMap((state) => store.inState(state)));
      const other = others.find((each) => each.keyPlace === place && !isSame(each, record));
      if (other)
        throw new RequestRefusedError(
          `${place} still has the private key of the request for ${other.environment}: settle that first, or give renewal.pending_key another place`,
        );
      return keepPendingKey(pendingKey, encryptedKeyPem, env);
    },
  };
}

const needKey = ['sending', ...statesNeedingKey] as const;

const isSame = (one: RequestKey, other: RequestKey): boolean =>
  one.environment === other.environment && one.fingerprintSha256 === other.fingerprintSha256;

/** A mailer reports failures. If it throws, it has a bug, and nobody knows what the mail server accepted before that. */
const unexpected = (error: unknown): SendResult => ({
  outcome: 'uncertain',
  retry: false,
  reason: say`sending was interrupted: ${error instanceof Error ? error.name : 'unknown error'}`,
  refused: [],
});

async function outcome(result: SendResult, input: SendInput, sender: Sender, now: Date): Promise<Transition> {
  const { environment, record } = input;
  const move = (to: Transition['to'], reason: string, changes: Changes): Transition => ({
    from: ['sending'],
    to,
    at: now,
    reason,
    changes,
  });
  const { reason } = result;
  switch (result.outcome) {
    case 'sent':
    case 'drafted':
      return move('requested', ...taken(result, environment, now));
    case 'uncertain':
      return move('uncertain', uncertainReason(reason), { lastError: uncertainReason(reason) });
    case 'failed': {
      // Not the mail server's fault, so the next start tries at once.
      if (result.retry && sender.signal?.aborted) return move('due', reason, { bodyBegunAt: null, lastError: null });
      if (result.retry) {
        const nextAttemptAt = nextAttempt(record, record.attempts + 1, now);
        return move('due', reason, { bodyBegunAt: null, lastError: reason, nextAttemptAt });
      }
      const { refusedThing = 'message' } = result;
      const refusedFacts = await knownFacts(refusedThing, environment, sender);
      return move('failed', reason, { bodyBegunAt: null, lastError: reason, refusedThing, refusedFacts });
    }
  }
}

/** The mail server's answer has to be recorded now, even if this process has too few resources to read the enclosures. */
async function knownFacts(...of: Parameters<typeof refusalFacts>): Promise<string | null> {
  try {
    return await refusalFacts(...of);
  } catch (error) {
    if (error instanceof ResourceShortageError) return null;
    throw error;
  }
}

function taken(result: SendResult, environment: ResolvedEnvironment, now: Date): [reason: string, changes: Changes] {
  const desk = environment.renewal.desk.join(', ');
  const delivery = result.outcome === 'sent' && environment.renewal.mode === 'send' ? 'sent' : 'drafted';
  const reason =
    delivery === 'sent'
      ? `the request was sent to ${desk}`
      : result.outcome === 'sent'
        ? `the request was sent to ${environment.contact.email} for review, and nobody has said yet that it was forwarded to ${desk}`
        : `the request was drafted and nobody has sent it yet: ${whatToSend(result, environment)} to ${desk}`;
  const lastError =
    result.refused.length > 0 ? `the mail server refused some recipients: ${result.refused.join('; ')}` : null;
  return [reason, { requestedAt: now, delivery, lastError }];
}

/** In review mode the file is a message to the contact, and the one for the desk is attached to it. */
function whatToSend({ file = 'it in the outbox' }: SendResult, { renewal }: ResolvedEnvironment): string {
  return renewal.mode === 'send'
    ? `open ${file} and send it`
    : `open ${file} and send the message that is attached to it`;
}

/** @throws {StoreError} when it cannot be written; `unsaved` then keeps it. */
async function save(
  sender: Sender,
  { environment, fingerprintSha256 }: RequestKey,
  transition: Transition,
): Promise<void> {
  const key = { environment, fingerprintSha256 };
  sender.unsaved.set(environment, { key, transition });
  await saveUnsaved(sender);
}

/** For every environment: nothing else saves the record of one that now has a different name. @throws {StoreError} */
export async function saveUnsaved({ store, unsaved }: Pick<Sender, 'store' | 'unsaved'>): Promise<void> {
  for (const [name, { key, transition }] of unsaved) {
    await patiently(() => store.transition(key, transition));
    unsaved.delete(name);
  }
}
