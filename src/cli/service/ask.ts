/** One question to a running service over its HTTP API: bounded in time and size, because anyone may listen there. */
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Secret } from '../../config/index.ts';
import { literal, type SafeText, say } from '../../text/index.ts';
import { secondMs } from '../../time/index.ts';

export interface ServiceAccess {
  /** With a slash at the end. */
  readonly url: URL;
  readonly login?: { readonly username: string; readonly password: Secret };
  /** PEM, in place of the CA certificates of Node.js. */
  readonly trusted?: Buffer;
}

export interface Bounds {
  readonly mostBytes: number;
  readonly withinMs: number;
}

export type Answer =
  | { readonly json: unknown }
  /** A sentence without its subject: `does not answer`. */
  | { readonly problem: SafeText; readonly httpStatus?: number };

/** The state of the world never makes it reject. Redirects are not followed: they would take the password elsewhere. */
export async function ask(access: ServiceAccess, path: string, bounds: Bounds): Promise<Answer> {
  const signal = AbortSignal.timeout(bounds.withinMs);
  try {
    const response = await sent(access, path, signal);
    const { statusCode = 0 } = response;
    if (statusCode !== 200) {
      response.destroy();
      return { problem: refusal(statusCode, access), httpStatus: statusCode };
    }
    const text = await textOf(response, bounds.mostBytes);
    return text === undefined
      ? { problem: say`gives an answer of more than ${bounds.mostBytes / 1024 / 1024} MiB, which was not read` }
      : parsed(text);
  } catch (error) {
    if (signal.aborted) return { problem: say`has not answered within ${bounds.withinMs / secondMs} seconds` };
    return { problem: failure(error as NodeJS.ErrnoException) };
  }
}

function sent({ login, trusted, url }: ServiceAccess, path: string, signal: AbortSignal): Promise<IncomingMessage> {
  const proof = login && Buffer.from(`${login.username}:${login.password.reveal()}`).toString('base64');
  const headers = {
    accept: 'application/json',
    'cache-control': 'no-cache',
    ...(proof === undefined ? {} : { authorization: `Basic ${proof}` }),
  };
  const options = { agent: false, headers, signal, ...(trusted ? { ca: trusted } : {}) };
  return new Promise((resolve, reject) => {
    const request = url.protocol === 'https:' ? requestHttps : requestHttp;
    request(new URL(path, url), options, resolve).on('error', reject).end();
  });
}

async function textOf(response: IncomingMessage, mostBytes: number): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    // Leaving the loop destroys the response, and the connection with it.
    if (size > mostBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parsed(text: string): Answer {
  try {
    return { json: JSON.parse(text) };
  } catch {
    return { problem: literal('does not answer with JSON, so it is not mesh-cert-monitor') };
  }
}

function refusal(status: number, { login }: ServiceAccess): SafeText {
  if (status === 401)
    return login
      ? literal('refuses the user name or the password')
      : literal('wants a user name and a password: give --username, and --password-file or --password-env');
  if (status === 403)
    return literal(
      'lets in only those with a client certificate, which check does not show: set http.basic_auth as well',
    );
  if (status === 429) return literal('has seen too many wrong passwords, and refuses this one for a while');
  if (status >= 300 && status <= 399)
    return say`redirects elsewhere (HTTP ${status}); give the address it redirects to`;
  return say`answers with HTTP ${status}`;
}

const reasons: Readonly<Record<string, SafeText>> = {
  ECONNREFUSED: literal('is not there: the connection was refused'),
  ENOTFOUND: literal('is not there: its name is not known'),
  EAI_AGAIN: literal('cannot be found: names cannot be looked up at the moment'),
  ECONNRESET: literal('ends the connection without an answer; does it expect https?'),
  EPROTO: literal('does not speak TLS; does it expect http?'),
  ERR_SSL_WRONG_VERSION_NUMBER: literal('does not speak TLS; does it expect http?'),
  ERR_SSL_PACKET_LENGTH_TOO_LONG: literal('does not speak TLS; does it expect http?'),
  CERT_HAS_EXPIRED: literal('has a certificate that has expired'),
  ERR_TLS_CERT_ALTNAME_INVALID: literal('has a certificate for other names than this one'),
};

function failure({ code = '', message }: NodeJS.ErrnoException): SafeText {
  if (Object.hasOwn(reasons, code)) return reasons[code] ?? say`${message}`;
  if (code.startsWith('HPE_')) return literal('does not speak HTTP');
  if (/CERT|ISSUER|SIGN|CHAIN|VERIFY/.test(code))
    return say`has a certificate that is not trusted (${code}): give the CA certificates with --ca-bundle`;
  return say`does not answer: ${message || code}`;
}
