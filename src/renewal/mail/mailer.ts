/** Sends a rendered message over SMTP, or leaves it in `stateDir`/outbox. */
import {
  type Configuration,
  readSecret,
  readSource,
  type Secret,
  type SmtpServer,
  type Variables,
} from '../../config/index.ts';
import { condensed, type SafeText, say, type Untrusted } from '../../text/index.ts';
import { writeAtomically } from '../store/atomic-file.ts';
import { renderMime } from './mime.ts';
import { outboxFile } from './outbox.ts';
import type { Message } from './request-message.ts';
import { type Delivery, deliver, type Limits } from './smtp.ts';

export interface SendResult {
  /**
   * `uncertain`: the whole message was handed over and the connection ended before the server's answer to it. It may or may not be on its way
   * (RFC 5321 §4.2.5 leaves both open), so only a person can say, and it is never retried.
   */
  readonly outcome: 'sent' | 'drafted' | 'failed' | 'uncertain';
  /** Whether sending the same message later can make sense. */
  readonly retry: boolean;
  /** One sentence for people, never a secret. */
  readonly reason: SafeText;
  /** Addresses that the server refused, each with the server's words. */
  readonly refused: readonly SafeText[];
  /** Absolute path of the `.eml`, when drafted. */
  readonly file?: string;
}

export interface Mailer {
  /** Never rejects for the state of the world: a dead server and a full disk are results. */
  send(message: Message, now: Date): Promise<SendResult>;
}

/** @param limits for tests; the usual ones are minutes long. */
export function createMailer(
  email: Configuration['email'],
  stateDir: string,
  env: Variables,
  limits: Partial<Limits> = {},
): Mailer {
  const smtp = email?.smtp;
  return {
    send: (message) => (smtp ? sendBySmtp(smtp, message, env, limits) : draft(message, stateDir)),
  };
}

async function draft(message: Message, stateDir: string): Promise<SendResult> {
  const file = outboxFile(stateDir, message.messageId);
  const bytes = await renderMime(message);
  try {
    await writeAtomically(file, bytes);
  } catch (error) {
    return failed(true, say`the message could not be written to the outbox: ${(error as Error).message}`);
  }
  return {
    outcome: 'drafted',
    retry: false,
    reason: say`written to ${file}; no mail server is configured`,
    refused: [],
    file,
  };
}

async function sendBySmtp(
  server: SmtpServer,
  message: Message,
  env: Variables,
  limits: Partial<Limits>,
): Promise<SendResult> {
  // Render before connecting: a mistake in a message must not cost an SMTP session.
  const bytes = await renderMime(message);
  let password: Secret | undefined;
  let trusted: string | undefined;
  try {
    password = server.password && (await readSecret(server.password, env));
    trusted = server.caBundle && (await readSource(server.caBundle, env)).toString('utf8');
  } catch (error) {
    return failed(true, say`the settings of the mail server could not be read: ${(error as Error).message}`);
  }
  const envelope = {
    from: message.from.address,
    required: message.to.map(({ address }) => address),
    others: message.cc.map(({ address }) => address),
  };
  const session = { server, limits, ...(password ? { password } : {}), ...(trusted ? { trusted } : {}) };
  const safe = (text: string | Untrusted) => presentable(text, password);
  return resultOf(await deliver(session, envelope, bytes), `${server.host}:${server.port}`, safe);
}

function resultOf(delivery: Delivery, server: string, safe: (text: string | Untrusted) => SafeText): SendResult {
  const refused = delivery.refused.map(safe);
  if (delivery.kind === 'accepted')
    return { outcome: 'sent', retry: false, reason: say`accepted by ${server}: ${safe(delivery.reply)}`, refused };

  const { error, handedOver } = delivery;
  const why = safe(error.message);
  if (handedOver) {
    const reason = say`${server} received the whole message, but there was an error before it answered: ${why}`;
    return { outcome: 'uncertain', retry: false, reason, refused };
  }
  // RFC 5321 §4.2.1: 5yz stands, whatever else (4yz, no network, a broken TLS handshake) may pass.
  const permanent = error.responseCode !== undefined && error.responseCode >= 500;
  return { ...failed(!permanent, say`${server}: ${why}`), refused };
}

const failed = (retry: boolean, reason: SafeText): SendResult => ({ outcome: 'failed', retry, reason, refused: [] });

const longestReply = 300;

/** What a server said, on one line, bounded, and without the password: servers have been seen to repeat what they were sent. */
function presentable(text: string | Untrusted, password: Secret | undefined): SafeText {
  const said = typeof text === 'string' ? text : text.raw();
  const secret = password?.reveal() ?? '';
  // Once more on one line: the server may have folded what it repeats.
  return condensed(withoutSecret(withoutSecret(said, secret).replace(/\s+/g, ' '), secret), longestReply);
}

function withoutSecret(text: string, secret: string): string {
  if (secret === '') return text;
  const base64 = Buffer.from(secret).toString('base64').replace(/=+$/, '');
  const plain = text.replaceAll(secret, '[secret]').replaceAll(base64, '[secret]');
  // AUTH PLAIN wraps user and password in one base64 word, at an offset that hides the form above.
  return plain.replace(/[A-Za-z0-9+/]{8,}={0,2}/g, (word) =>
    Buffer.from(word, 'base64').includes(secret) ? '[secret]' : word,
  );
}
