/** One message over one SMTP connection (RFC 5321), told apart as finely as the protocol allows. */
import type { Options, default as SMTPConnection, SMTPError } from 'nodemailer/lib/smtp-connection';
import type { Secret, SmtpServer } from '../../config/index.ts';
import { Untrusted } from '../../text/index.ts';
import { minuteMs, secondMs } from '../../time/index.ts';
import { type Envelope, MessageBody, type Refusal } from './message-body.ts';
import { beginsWithTls } from './tls-probe.ts';

export type { Envelope, Refusal } from './message-body.ts';

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
  /** How long the answer to a message that has been handed over is awaited once the service is told to stop. */
  readonly graceMs: number;
  /** For finding out whether a port that sends no greeting begins with TLS. */
  readonly probeMs: number;
}
const usualLimits: Limits = {
  connectMs: 30 * secondMs,
  idleMs: 2 * minuteMs,
  totalMs: 10 * minuteMs,
  graceMs: 5 * secondMs,
  probeMs: 5 * secondMs,
};

export interface Handover {
  /** Awaited before the first byte of the message goes out. Rejects: none goes out. */
  readonly begins?: () => Promise<void>;
  /** Breaks off what has not been handed over whole; what has is given a moment for the answer. */
  readonly signal?: AbortSignal;
}

export type Delivery =
  | { readonly kind: 'accepted'; readonly reply: Untrusted; readonly refused: readonly Refusal[] }
  /** `handedOver`: the end of the message had been written when things went wrong, and no refusal of it was seen. */
  | {
      readonly kind: 'failed';
      readonly error: SMTPError;
      readonly handedOver: boolean;
      readonly refused: readonly Refusal[];
      readonly portBeginsWithTls: boolean;
    }
  /** By us, before the message was handed over. */
  | { readonly kind: 'brokenOff'; readonly why: string; readonly refused: readonly Refusal[] };

export async function deliver(
  session: SmtpSession,
  envelope: Envelope,
  message: Buffer,
  handover: Handover = {},
): Promise<Delivery> {
  const limits = { ...usualLimits, ...session.limits };
  // Only now: a service that has nothing to send starts without it.
  const { default: Connection } = await import('nodemailer/lib/smtp-connection');
  const connection = new Connection(optionsFor(session, limits));
  const body = new MessageBody(message, envelope, handover.begins);
  try {
    const info = await withinBounds(connection, body, limits, handover.signal, async () => {
      await call<void>((done) => connection.connect(done));
      await authenticate(connection, session);
      return call<{ response: string }>((done) => connection.send(body.envelope, body, done));
    });
    takeLeave(connection);
    return { kind: 'accepted', reply: new Untrusted(info.response), refused: body.refused() };
  } catch (error) {
    connection.close();
    const refused = body.refused();
    if (body.brokenOff && !body.handedOver) return { kind: 'brokenOff', why: body.brokenOff.message, refused };
    const smtpError = body.nobody ?? (error as SMTPError);
    const handedOver = body.handedOver && !refuses(smtpError);
    const silent = connection.lastServerResponse === false && session.server.tls !== 'implicit';
    const { host, port } = session.server;
    const portBeginsWithTls = silent && wentUngreeted(smtpError) && (await beginsWithTls(host, port, limits.probeMs));
    return { kind: 'failed', error: smtpError, handedOver, refused, portBeginsWithTls };
  }
}

const wentUngreeted = ({ code, timeoutType }: SMTPError) =>
  timeoutType === 'GREETING_TIMEOUT' || timeoutType === 'SOCKET_TIMEOUT' || code === 'ECONNECTION';

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
    socketCloseTimeout: secondMs,
    logger: false,
  };
}

async function authenticate(connection: SMTPConnection, { server, password }: SmtpSession): Promise<void> {
  if (server.username === undefined) return;
  if (!connection.allowsAuth)
    throw Object.assign(new Error('the server offers no authentication, but a user name is configured'), {
      code: 'ENOAUTH',
    });
  const credentials = { user: server.username, pass: password?.reveal() ?? '' };
  await call((done) => connection.login(credentials, done));
}

function call<T>(start: (done: (error?: SMTPError | null, result?: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    start((error, result) => (error ? reject(error) : resolve(result as T)));
  });
}

/** Ends with whatever comes first: the work, an error of the connection itself, the time, or the word to stop. */
async function withinBounds<T>(
  connection: SMTPConnection,
  body: MessageBody,
  { totalMs, graceMs }: Limits,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const { promise: ended, reject } = Promise.withResolvers<never>();
  connection.on('error', reject);
  const timers = [setTimeout(() => reject(ours(`took longer than ${totalMs / secondMs} s`)), totalMs)];
  const stop = () => {
    if (body.handedOver) timers.push(setTimeout(() => reject(ours(unanswered)), graceMs));
    else {
      body.brokenOff = ours('the service is stopping');
      // At once, so that not one more byte of the message is read.
      connection.close();
      reject(body.brokenOff);
    }
  };
  if (signal?.aborted) stop();
  else signal?.addEventListener('abort', stop);
  try {
    return await Promise.race([work(), ended]);
  } finally {
    for (const timer of timers) clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  }
}

const unanswered = 'had not answered when the service stopped';
/** We ended it, and not the server; the message is in our words. */
const ours = (message: string): SMTPError => Object.assign(new Error(message), { code: 'EOURS' });
