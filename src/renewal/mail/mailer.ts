/** Sends a rendered message over SMTP, or leaves it in `stateDir`/outbox. */
import {
  type Configuration,
  readSecret,
  readSource,
  type Secret,
  type SmtpServer,
  type Variables,
} from '../../config/index.ts';
import { type SafeText, say } from '../../text/index.ts';
import { renderMime } from './mime.ts';
import { writeToOutbox } from './outbox.ts';
import type { Message } from './request-message.ts';
import { wordsOf } from './server-words.ts';
import { type Delivery, deliver, type Handover, type Limits } from './smtp.ts';
import { type Circumstances, explain, type RefusedThing } from './smtp-failure.ts';

export interface SendResult {
  /**
   * `uncertain`: the whole message was handed over, and the connection ended before the server answered. It may or may not be on its way (RFC
   * 5321 §4.2.5 allows both), so only a person can find out, and it is never retried.
   */
  readonly outcome: 'sent' | 'drafted' | 'failed' | 'uncertain';
  /** Whether it makes sense to send the same message later. */
  readonly retry: boolean;
  /** What the server refused permanently, if it did. */
  readonly refusedThing?: RefusedThing;
  /** One sentence for people, never a secret. */
  readonly reason: SafeText;
  /** Addresses that the server refused, each with the server's words. */
  readonly refused: readonly SafeText[];
  /** Absolute path of the `.eml`, if drafted. */
  readonly file?: string;
}

export interface Mailer {
  /** The state of the world never makes it reject: a dead server and a full disk are results. */
  send(message: Message, now: Date, handover?: Handover): Promise<SendResult>;
}

/** @param limits for tests; the normal ones are minutes long. */
export function createMailer(
  email: Configuration['email'],
  stateDir: string,
  env: Variables,
  limits: Partial<Limits> = {},
): Mailer {
  const smtp = email?.smtp;
  return {
    send: (message, _, handover) =>
      smtp ? sendBySmtp(smtp, message, env, limits, handover) : draft(message, stateDir),
  };
}

async function draft(message: Message, stateDir: string): Promise<SendResult> {
  const bytes = await renderMime(message, { unsent: true });
  let file: string;
  try {
    file = await writeToOutbox(stateDir, message, bytes);
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
  handover: Handover | undefined,
): Promise<SendResult> {
  // Render before connecting, so that a faulty message does not use an SMTP session.
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
  const known = password ? { password } : {};
  const session = { server, limits, ...known, ...(trusted ? { trusted } : {}) };
  const delivery = await deliver(session, envelope, bytes, handover);
  return resultOf(delivery, { server, ...known, from: envelope.from, size: bytes.length });
}

function resultOf(delivery: Delivery, known: Omit<Circumstances, 'portBeginsWithTls'>): SendResult {
  const { server, password } = known;
  const name = `${server.host}:${server.port}`;
  const refused = delivery.refused.map(({ recipient, reply }) => say`${recipient} (${wordsOf(reply, password)})`);
  if (delivery.kind === 'accepted')
    return {
      outcome: 'sent',
      retry: false,
      reason: say`accepted by ${name}: ${wordsOf(delivery.reply, password)}`,
      refused,
    };
  if (delivery.kind === 'brokenOff')
    return { ...failed(true, say`the message was not passed to ${name}: ${delivery.why}`), refused };

  const { error, handedOver, portBeginsWithTls } = delivery;
  const { what, refused: thing } = explain(error, { ...known, portBeginsWithTls });
  if (handedOver) {
    const reason = say`${name} received the whole message but did not confirm it: it ${what}`;
    return { outcome: 'uncertain', retry: false, reason, refused };
  }
  const result = { ...failed(thing === undefined, say`${name} ${what}`), refused };
  return thing === undefined ? result : { ...result, refusedThing: thing };
}

const failed = (retry: boolean, reason: SafeText): SendResult => ({ outcome: 'failed', retry, reason, refused: [] });
