/** One message over one SMTP connection (RFC 5321), told apart as finely as the protocol allows. */
import { Readable } from 'node:stream';
import type {
  Options,
  default as SMTPConnection,
  SMTPConnectionEnvelope,
  SMTPError,
} from 'nodemailer/lib/smtp-connection';
import type { Secret, SmtpServer } from '../../config/index.ts';
import { Untrusted } from '../../text/index.ts';
import { minuteMs, secondMs } from '../../time/index.ts';

export interface Envelope {
  readonly from: string;
  /** At least one of these must be accepted, or the message is not handed over. */
  readonly required: readonly string[];
  /** Copies. */
  readonly others: readonly string[];
}

export interface SmtpSession {
  readonly server: SmtpServer;
  readonly password?: Secret;
  /** PEM, instead of the system's trust anchors. */
  readonly trusted?: string;
  readonly limits?: Partial<Limits>;
}

/** RFC 5321 §4.5.3.2 asks for minutes; nobody waits for us, but the renewal must not hang for ever on a server that drips. */
export interface Limits {
  readonly connectMs: number;
  readonly idleMs: number;
  readonly totalMs: number;
}
const usualLimits: Limits = { connectMs: 30 * secondMs, idleMs: 2 * minuteMs, totalMs: 10 * minuteMs };

export type Delivery =
  | { readonly kind: 'accepted'; readonly reply: Untrusted; readonly refused: readonly Untrusted[] }
  /** `handedOver`: the end of the message had been written when things went wrong, and no refusal of it was seen. */
  | {
      readonly kind: 'failed';
      readonly error: SMTPError;
      readonly handedOver: boolean;
      readonly refused: readonly Untrusted[];
    };

export async function deliver(session: SmtpSession, envelope: Envelope, message: Buffer): Promise<Delivery> {
  const limits = { ...usualLimits, ...session.limits };
  // Only now: a service that has nothing to send starts without it.
  const { default: Connection } = await import('nodemailer/lib/smtp-connection');
  const connection = new Connection(optionsFor(session, limits));
  const body = new MessageBody(message, envelope);
  try {
    const info = await withinTime(connection, limits.totalMs, async () => {
      await call<void>((done) => connection.connect(done));
      await authenticate(connection, session);
      return call<{ response: string }>((done) => connection.send(body.envelope, body, done));
    });
    takeLeave(connection);
    return { kind: 'accepted', reply: new Untrusted(info.response), refused: body.refused() };
  } catch (error) {
    connection.close();
    const smtpError = error as SMTPError;
    return {
      kind: 'failed',
      error: smtpError,
      handedOver: body.handedOver && !refuses(smtpError),
      refused: body.refused(),
    };
  }
}

/** RFC 5321 §4.2.1: 4yz and 5yz say that the message was not taken. Any other number in answer to it says nothing. */
function refuses({ responseCode = 0 }: SMTPError): boolean {
  return responseCode >= 400 && responseCode <= 599;
}

/** RFC 5321 §4.1.1.10 wants a QUIT, but a server that never answers it must not keep the process. */
function takeLeave(connection: SMTPConnection): void {
  connection.quit();
  setTimeout(() => connection.close(), 2 * secondMs).unref();
}

function optionsFor({ server, trusted }: SmtpSession, limits: Limits): Options {
  return {
    host: server.host,
    port: server.port,
    secure: server.tls === 'implicit',
    requireTLS: server.tls === 'starttls',
    ignoreTLS: server.tls === 'none',
    tls: { minVersion: 'TLSv1.2', ...(trusted === undefined ? {} : { ca: trusted }) },
    connectionTimeout: limits.connectMs,
    greetingTimeout: limits.idleMs,
    dnsTimeout: limits.connectMs,
    socketTimeout: limits.idleMs,
    logger: false,
  };
}

async function authenticate(connection: SMTPConnection, { server, password }: SmtpSession): Promise<void> {
  if (server.username === undefined) return;
  if (!connection.allowsAuth)
    throw Object.assign(new Error('the server offers no authentication, but a user name is configured'), {
      code: 'EAUTH',
    });
  const credentials = { user: server.username, pass: password?.reveal() ?? '' };
  await call((done) => connection.login(credentials, done));
}

type Refusal = SMTPError & { readonly recipient?: string };

/** The message as nodemailer reads it once the server has answered 354 to DATA; not before, so its first read is the last moment to stop. */
class MessageBody extends Readable {
  /** Nodemailer keeps its bookkeeping of recipients in the envelope it is given. */
  readonly envelope: SMTPConnectionEnvelope;
  /** The last byte has been taken, so the final dot may have been written. */
  handedOver = false;
  readonly #message: Buffer;
  readonly #required: readonly string[];
  #offset = 0;

  constructor(message: Buffer, { from, required, others }: Envelope) {
    super();
    this.#message = message;
    this.#required = required;
    const unanswered = { rcptQueue: [], accepted: [], rejected: [], rejectedErrors: [] };
    this.envelope = { from, to: [...required, ...others], size: message.length, ...unanswered };
  }

  /** Each with the server's words. */
  refused(): Untrusted[] {
    return this.envelope.rejectedErrors.map(
      ({ recipient, response }: Refusal) => new Untrusted(`${recipient} (${response})`),
    );
  }

  /** A deferred address is worth another try, whatever the others were told. */
  #decidingReply(): Pick<SMTPError, 'response' | 'responseCode'> {
    const errors: Refusal[] = this.envelope.rejectedErrors.filter(
      ({ recipient }: Refusal) => recipient !== undefined && this.#required.includes(recipient),
    );
    const { response, responseCode } = errors.find((error) => (error.responseCode ?? 0) < 500) ?? errors[0] ?? {};
    return { response, responseCode };
  }

  override _read(size: number): void {
    if (!this.#required.some((address) => this.envelope.accepted.includes(address))) {
      // A copy to the contact of a request that the desk never got would say the opposite of what happened.
      const message = 'every address that the message is for was refused';
      this.destroy(Object.assign(new Error(message), this.#decidingReply()));
      return;
    }
    if (this.#offset >= this.#message.length) {
      this.handedOver = true;
      this.push(null);
      return;
    }
    this.push(this.#message.subarray(this.#offset, this.#offset + size));
    this.#offset += size;
  }
}

function call<T>(start: (done: (error?: SMTPError | null, result?: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    start((error, result) => (error ? reject(error) : resolve(result as T)));
  });
}

/** Ends with whatever comes first: the work, an error of the connection itself, or the time. */
async function withinTime<T>(connection: SMTPConnection, totalMs: number, work: () => Promise<T>): Promise<T> {
  const { promise: ended, reject } = Promise.withResolvers<never>();
  connection.on('error', reject);
  const timer = setTimeout(() => reject(timedOut(totalMs)), totalMs);
  try {
    return await Promise.race([work(), ended]);
  } finally {
    clearTimeout(timer);
  }
}

const timedOut = (totalMs: number): SMTPError =>
  Object.assign(new Error(`the mail server took longer than ${totalMs / secondMs} s`), { code: 'ETIMEDOUT' });
