/** Why a message was not sent, in our own words: who refused what, or where the connection failed and which setting to change. Pure. */
import type { SMTPError } from 'nodemailer/lib/smtp-connection';
import type { Secret, SmtpServer } from '../../config/index.ts';
import { Untrusted } from '../../text/index.ts';
import { parseReply, wordsOf } from './server-words.ts';

/** What a mail server refused permanently. The cause of each can also be something earlier in this list. */
export const refusedThings = ['login', 'sender', 'recipients', 'message'] as const;
export type RefusedThing = (typeof refusedThings)[number];

export interface Circumstances {
  readonly server: SmtpServer;
  readonly password?: Secret;
  readonly from: string;
  /** Bytes. */
  readonly size: number;
  /** The port turned out to begin with TLS, which is not what is configured. */
  readonly portBeginsWithTls: boolean;
}

export interface Failure {
  /** Continues after the name of the server: `refused the sender a@example.org: 550 …`. */
  readonly what: string;
  /** Absent if the failure may be temporary. */
  readonly refused?: RefusedThing;
}

export function explain(error: SMTPError, circumstances: Circumstances): Failure {
  if (circumstances.portBeginsWithTls)
    return { what: 'sends no greeting: that port begins with TLS. Set `email.smtp.tls: implicit`' };
  if (error.response) return ofReply(error, error.response, circumstances);
  return (
    withoutReply(error, circumstances) ?? {
      what: certificateTrouble(error, circumstances) ?? networkTrouble(error, circumstances),
    }
  );
}

function ofReply(error: SMTPError, response: string, circumstances: Circumstances): Failure {
  const { server, password, from } = circumstances;
  const reply = parseReply(response);
  // RFC 5321 §4.2.1: 5yz is permanent. But before MAIL the server refused the connection, not anything in the request.
  const forGood = (thing: RefusedThing) => (reply && reply.code >= 500 && reply.code <= 599 ? { refused: thing } : {});
  const words = wordsOf(new Untrusted(response), password);
  const { command = '', code } = error;
  if (command.startsWith('AUTH'))
    // Some servers repeat what they were sent, and nothing else in such a reply is needed.
    return {
      what: `refused the login of ${server.username}: ${reply?.status ?? 'no reply code'}${loginWords(reply?.code)}`,
      ...forGood('login'),
    };
  if (command === 'STARTTLS') return { what: `does not offer STARTTLS (${words}). ${noStarttls(server)}` };
  if (command === 'MAIL FROM') return { what: `refused the sender ${from}: ${words}`, ...forGood('sender') };
  if (command === 'RCPT TO')
    return { what: `refused every address that the message is for: ${words}`, ...forGood('recipients') };
  if (code === 'EMESSAGE') return { what: `refused the message: ${words}`, ...forGood('message') };
  if (command === 'DATA') return { what: `refused DATA: ${words}`, ...forGood('message') };
  return { what: `is not accepting mail: ${words}` };
}

/** RFC 4954 §6. */
const loginCodes: Readonly<Record<number, string>> = {
  454: 'it cannot check logins at the moment',
  534: 'it requires a stronger way to log in',
  535: 'it does not accept this user name and password',
  538: 'it takes this login only over an encrypted connection: set `email.smtp.tls: starttls`',
};

function loginWords(code: number | undefined): string {
  const words = code === undefined ? undefined : loginCodes[code];
  return words === undefined ? '' : ` (${words})`;
}

const noStarttls = ({ port }: SmtpServer) =>
  port === 465
    ? 'Port 465 usually begins with TLS: set `email.smtp.tls: implicit`'
    : 'Use a port that offers it, usually 587; `email.smtp.tls: none` sends everything in the clear';

/** What nodemailer, or our own code in it, found without a reply from the server. */
function withoutReply({ code, message }: SMTPError, { size }: Circumstances): Failure | undefined {
  const most = /^Message size larger than allowed (\d+)/.exec(message)?.[1];
  if (most !== undefined)
    return { what: `takes messages of at most ${most} bytes, and this one has ${size}`, refused: 'message' };
  if (code === 'ENOAUTH') return { what: 'does not offer authentication, but `email.smtp.username` is set' };
  if (code === 'EAUTH')
    return { what: 'cannot be logged in to: `email.smtp.username` is set, but there is no password' };
  return undefined;
}

const untrusted = new Set([
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);
const notTls = new Set(['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG']);

function certificateTrouble(error: SMTPError, { server }: Circumstances): string | undefined {
  const code = codeOf(error);
  if (untrusted.has(code))
    return server.caBundle
      ? `presented a certificate that no CA in \`email.smtp.ca_bundle\` has signed (${code})`
      : `presented a certificate that no CA trusted here has signed (${code}). If the CA is your own, configure \`email.smtp.ca_bundle\``;
  if (code === 'CERT_HAS_EXPIRED') return 'presented a certificate that has expired';
  if (code === 'CERT_NOT_YET_VALID') return 'presented a certificate that is not valid yet';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return `presented a certificate that does not match the name ${server.host}. Set \`email.smtp.host\` to a name in it`;
  return undefined;
}

const networkWords: Readonly<Record<string, string>> = {
  EAI_AGAIN: 'has a name that could not be resolved',
  ECONNREFUSED: 'refused the connection',
  ECONNRESET: 'closed the connection',
  EHOSTUNREACH: 'cannot be reached from here',
  ENETUNREACH: 'cannot be reached from here',
  ENOTFOUND: 'has a name that does not exist',
  EPIPE: 'closed the connection',
  ETIMEDOUT: 'did not answer',
};
const timeoutWords: Readonly<Record<string, string>> = {
  CONNECT_TIMEOUT: 'did not accept the connection in time',
  GREETING_TIMEOUT: 'sent no greeting in time',
  SOCKET_TIMEOUT: 'stopped responding',
  UPGRADE_TIMEOUT: 'did not finish the TLS handshake in time',
};

function networkTrouble(error: SMTPError, { server }: Circumstances): string {
  const code = codeOf(error);
  if (error.timeoutType !== undefined) return timeoutWords[error.timeoutType] ?? 'took too long';
  if (notTls.has(code))
    return server.tls === 'implicit'
      ? 'does not speak TLS from the start on that port. Set `email.smtp.tls: starttls`'
      : 'offered STARTTLS and then did not speak TLS';
  // The text of such an error names one of OpenSSL's C files; its code says the same.
  if (/^ERR_SSL_|^EPROTO$/.test(code)) return `could not agree on TLS (${sslWords(code)})`;
  const network = networkWords[code];
  if (network) return `${network} (${code})`;
  if (code === 'ECONNECTION' || code === 'ETLS') return 'ended the connection';
  return code === 'EOURS' ? error.message : `could not be used (${code})`;
}

const sslWords = (code: string) =>
  code
    .replace(/^ERR_SSL_/, '')
    .replaceAll('_', ' ')
    .toLowerCase();

/** Nodemailer puts its own code in front of the system's or OpenSSL's. */
function codeOf({ code, originalCode }: SMTPError & { readonly originalCode?: string }): string {
  return originalCode ?? code ?? 'no code';
}
