/** What is handed to one mail server: the recipients, and the message from its first byte to its last. */
import { Readable } from 'node:stream';
import type { SMTPConnectionEnvelope, SMTPError } from 'nodemailer/lib/smtp-connection';
import { Untrusted } from '../../text/index.ts';

export interface Envelope {
  readonly from: string;
  /** The message is handed over only if at least one of these is accepted. */
  readonly required: readonly string[];
  /** Copies. */
  readonly others: readonly string[];
}

/** A recipient that the server did not accept, and its whole reply. */
export interface Refusal {
  readonly recipient: string;
  readonly reply: Untrusted;
}

type RefusedError = SMTPError & { readonly recipient?: string };

/** The message as nodemailer reads it once the server has answered 354 to DATA; not before, so its first read is the last chance to stop. */
export class MessageBody extends Readable {
  /** Nodemailer keeps its bookkeeping of recipients in the envelope it is given. */
  readonly envelope: SMTPConnectionEnvelope;
  /** The last byte has been read, so the final dot may have been written. */
  handedOver = false;
  /** Why the message was not begun. */
  brokenOff: Error | undefined;
  /** The reply that decides the outcome if every address that the message is for was refused. */
  nobody: SMTPError | undefined;
  readonly #message: Buffer;
  readonly #required: readonly string[];
  readonly #begins: (() => Promise<void>) | undefined;
  #begun = false;
  #offset = 0;

  constructor(message: Buffer, { from, required, others }: Envelope, begins?: () => Promise<void>) {
    super();
    this.#message = message;
    this.#required = required;
    this.#begins = begins;
    const unanswered = { rcptQueue: [], accepted: [], rejected: [], rejectedErrors: [] };
    this.envelope = { from, to: [...required, ...others], size: message.length, ...unanswered };
  }

  refused(): Refusal[] {
    return this.envelope.rejectedErrors.map(({ recipient = '', response = '' }: RefusedError) => ({
      recipient,
      reply: new Untrusted(response),
    }));
  }

  /** A deferred address is worth another try, whatever the reply to the others. */
  #decidingReply(): SMTPError {
    const errors: RefusedError[] = this.envelope.rejectedErrors.filter(
      ({ recipient }: RefusedError) => recipient !== undefined && this.#required.includes(recipient),
    );
    const { response, responseCode } = errors.find((error) => (error.responseCode ?? 0) < 500) ?? errors[0] ?? {};
    return Object.assign(new Error('nobody'), { command: 'RCPT TO', response, responseCode });
  }

  override _read(size: number): void {
    if (this.#begun) this.#handOut(size);
    else if (this.#required.some((address) => this.envelope.accepted.includes(address))) this.#begin(size);
    else {
      // If the desk never got the request, a copy to the contact would suggest the opposite.
      this.nobody = this.#decidingReply();
      this.destroy(new Error('there is nobody left to send it to'));
    }
  }

  #begin(size: number): void {
    this.#begun = true;
    (this.#begins?.() ?? Promise.resolve()).then(
      () => this.#handOut(size),
      (error: Error) => {
        this.brokenOff = error;
        this.destroy(new Error('the message is not begun'));
      },
    );
  }

  #handOut(size: number): void {
    if (this.destroyed) return;
    if (this.#offset >= this.#message.length) {
      this.handedOver = true;
      this.push(null);
      return;
    }
    this.push(this.#message.subarray(this.#offset, this.#offset + size));
    this.#offset += size;
  }
}
