/** One message over one SMTP connection (RFC 5321), with outcomes as precise as the protocol allows. */
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

/** RFC 5321 §4.5.3.2 asks for minutes. The total is limited because a very slow server must not hold up the renewal indefinitely. */
export interface Limits {
  readonly connectMs: number;
  readonly idleMs: number;
  readonly totalMs: number;
  /** How long to wait for the answer to a message that was already handed over, once the service has been told to stop. */
  readonly graceMs: number;
  /** To find out whether a port that sends no greeting begins with TLS. */
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
  /** Awaited before the first byte of the message is sent. If it rejects, nothing is sent. */
  readonly begins?: () => Promise<void>;
  /** Stops a message that has not been completely handed over; one that has is given a moment for the answer. */
  readonly signal?: AbortSignal;
}

export type Delivery =
  | { readonly kind: 'accepted'; readonly reply: Untrusted; readonly refused: readonly Refusal[] }
  /** `handedOver`: the end of the message had been written when the failure occurred, and no refusal had been seen. */
  | {
      readonly kind: 'failed';
      readonly error: SMTPError;
      readonly handedOver: boolean;
      readonly refused: readonly Refusal[];
      readonly portBeginsWithTls: boolean;
    }
  /** Stopped by us, before the message was handed over. */
  | { readonly kind: 'brokenOff'; readonly why: string; readonly refused: readonly Refusal[] };

export async function deliver(
  session: SmtpSession,
  envelope: Envelope,
  message: Buffer,
  handover: Handover = {},
): Promise<Delivery> {
  const limits = { ...usualLimits, ...session.limits };
  // Loaded only now, so that a service that has nothing to send starts without it.
  const { default: Connection } = await import('nodemailer/lib/smtp-connection');
  const connection = new Connection(optionsFor(session, limits));
  const begins = async () => {
    mustBe354(connection);
    await handover.begins?.();
  };
  const body = new MessageBody(message, envelope, begins);
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

/** RFC 5321 §4.2.1: 4yz and 5yz mean that the message was not accepted. Any other number means nothing. */
function refuses({ responseCode = 0 }: SMTPError): boolean {
  return responseCode >= 400 && responseCode <= 599;
}

/**
 * RFC 5321 §4.3.2: 354 alone lets the message begin. Nodemailer takes any 2yz as well, which a server that has answered an earlier command
 * twice also says: the message would be read as commands, and whatever is said of the first of them taken for a receipt.
 */
function mustBe354({ lastServerResponse }: SMTPConnection): void {
  const answer = String(lastServerResponse || '');
  if (!answer.startsWith('354')) throw ours(`answered DATA with ${answer.slice(0, 3)} instead of 354`);
}

/** RFC 5321 §4.1.1.10 asks for QUIT, but a server that never answers it must not hold up the process. */
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

/** Ends with whatever comes first: the work, an error of the connection itself, the time limit, or the signal to stop. */
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
      // At once, so that no further byte of the message is read.
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
/** We ended the connection, not the server; the message is in our own words. */
const ours = (message: string): SMTPError => Object.assign(new Error(message), { code: 'EOURS' });
