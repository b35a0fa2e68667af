/** Sends a rendered message over SMTP, or leaves it in `stateDir`/outbox. */
import type { Configuration } from '../config/types.ts';
import type { Message } from './message.ts';

export interface SendResult {
  /**
   * `uncertain`: the whole message was handed over and the connection ended before the server's answer to it. It may or may not be on its way
   * (RFC 5321 §4.2.5 leaves both open), so only a person can say, and it is never retried.
   */
  readonly outcome: 'sent' | 'drafted' | 'failed' | 'uncertain';
  /** Whether sending the same message later can make sense. */
  readonly retry: boolean;
  /** One sentence for people, never a secret. */
  readonly reason: string;
  /** Addresses that the server refused, with its words. */
  readonly refused: readonly string[];
  /** Absolute path of the `.eml`, when drafted. */
  readonly file?: string;
}

export interface Mailer {
  send(message: Message, now: Date): Promise<SendResult>;
}

export type CreateMailer = (
  email: Configuration['email'],
  stateDir: string,
  env: Readonly<Record<string, string | undefined>>,
) => Mailer;
