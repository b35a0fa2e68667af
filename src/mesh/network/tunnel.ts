import { type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import { MonitorError } from '../../errors/index.ts';
import type { Untrusted } from '../../text/index.ts';
import { untilAborted } from '../deadline.ts';
import { otherHost, portOf } from './authority.ts';
import type { HttpProxy } from './proxy.ts';

/**
 * The proxy answered CONNECT with something other than a tunnel. Of what it wrote only words in a known form are kept, because it may echo our
 * credentials.
 */
export class TunnelRefusedError extends MonitorError {
  override readonly code = 'ERR_TUNNEL_REFUSED';
  readonly status: number;
  /** From `Proxy-Authenticate`, in its order. */
  readonly schemes: readonly string[];
  /** Squid's account of what went wrong, such as `ERR_DNS_FAIL 0`. */
  readonly squidError?: string;
  /** The host of `Location`. */
  readonly leadsTo?: Untrusted;

  constructor({ statusCode = 0, headers, headersDistinct }: IncomingMessage, target: URL, proxy: HttpProxy) {
    super(`HTTP ${statusCode}`);
    this.status = statusCode;
    this.schemes = schemesIn(headersDistinct['proxy-authenticate'] ?? []);
    const squidError = headers['x-squid-error'];
    if (typeof squidError === 'string' && squidErrorForm.test(squidError)) this.squidError = squidError;
    const leadsTo = otherHost(headers.location, target);
    if (leadsTo && !echoes(leadsTo.raw(), proxy)) this.leadsTo = leadsTo;
  }
}

const squidErrorForm = /^ERR_[A-Z0-9_]{1,60}( \d{1,10})?$/;

/** Hosts are in lower case. */
function echoes(host: string, { authorization }: HttpProxy): boolean {
  const encoded = authorization?.reveal().replace(/^Basic |=+$/g, '');
  if (!encoded) return false;
  const [, password = ''] = /:(.*)$/s.exec(Buffer.from(encoded, 'base64').toString()) ?? [];
  return [encoded, password].some((secret) => secret !== '' && host.includes(secret.toLowerCase()));
}

/** The proxy closed the connection, or does not speak HTTP. */
export class TunnelBrokenError extends MonitorError {
  override readonly code = 'ERR_TUNNEL_BROKEN';
  /** Node's code, or the HTTP parser's. */
  readonly by: string;

  constructor(error: NodeJS.ErrnoException) {
    super(error.message, { cause: error });
    this.by = error.code ?? 'ECONNRESET';
  }
}

/**
 * Asks the proxy for a tunnel to the target (RFC 9110 §9.3.6). The socket it resolves to is the one passed in.
 * @throws {TunnelRefusedError} {@link TunnelBrokenError}
 */
export function openTunnel(socket: Socket, target: URL, proxy: HttpProxy, signal: AbortSignal): Promise<Socket> {
  const authority = `${target.hostname}:${portOf(target)}`;
  return untilAborted(signal, (settle) => {
    const connecting = request({
      method: 'CONNECT',
      path: authority,
      headers: {
        Host: authority,
        ...(proxy.authorization ? { 'Proxy-Authorization': proxy.authorization.reveal() } : {}),
      },
      createConnection: () => socket,
      maxHeaderSize: 16 * 1024,
    });
    connecting.once('connect', (response, tunnel, head) => {
      const { statusCode = 0 } = response;
      if (statusCode < 200 || statusCode > 299) return settle.reject(new TunnelRefusedError(response, target, proxy));
      if (head.length > 0) tunnel.unshift(head);
      settle.resolve(socket);
    });
    connecting.on('error', (error: NodeJS.ErrnoException) => settle.reject(new TunnelBrokenError(error)));
    connecting.end();
    return undefined;
  });
}

/** RFC 9110 §11.6.1: a challenge starts with its scheme. One header can contain several, and there can be several headers. */
function schemesIn(headers: readonly string[]): string[] {
  const schemes = headers
    .flatMap((header) => header.replaceAll(/"(?:[^"\\]|\\.)*"/g, '').split(','))
    .flatMap((part) => /^\s*([A-Za-z][A-Za-z0-9-]*)(?=\s+[^=\s]|\s*$)/.exec(part)?.[1] ?? [])
    .map((name) => knownSchemes.find((each) => each.toLowerCase() === name.toLowerCase()) ?? 'an unknown scheme');
  return [...new Set(schemes)];
}

/** IANA's HTTP Authentication Scheme Registry, and Microsoft's. */
const knownSchemes: readonly string[] = [
  ...[
    'Basic',
    'Bearer',
    'Concealed',
    'Digest',
    'DPoP',
    'GNAP',
    'HOBA',
    'Kerberos',
    'Mutual',
    'Negotiate',
    'NTLM',
    'OAuth',
  ],
  ...['PrivateToken', 'SCRAM-SHA-1', 'SCRAM-SHA-256', 'vapid'],
];
