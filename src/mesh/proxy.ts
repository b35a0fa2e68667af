import { request } from 'node:http';
import type { Socket } from 'node:net';
import { Secret, type Variables } from '../config/index.ts';
import { MonitorError } from '../errors/index.ts';
import { untilAborted } from './deadline.ts';

export interface HttpProxy {
  readonly host: string;
  readonly port: number;
  /** The value of Proxy-Authorization. */
  readonly authorization?: Secret;
}

/** The proxy is configured wrongly, or said no. `message` is safe to show. */
export class ProxyError extends MonitorError {
  override readonly code = 'ERR_PROXY';
}

/**
 * The proxy for a target: the configured one, else that of the environment unless NO_PROXY excludes the host. As in curl, the
 * lower-case variable wins, HTTPS_PROXY falls back to ALL_PROXY, and a missing scheme means http.
 * @throws {ProxyError} when it is not an http URL.
 */
export function proxyFor(target: URL, configured: string | undefined, env: Variables): HttpProxy | undefined {
  const variable = (name: string) => env[name.toLowerCase()] || env[name] || undefined;
  const text =
    configured ??
    (excluded(target, variable('NO_PROXY')) ? undefined : (variable('HTTPS_PROXY') ?? variable('ALL_PROXY')));
  return text === undefined ? undefined : parseProxy(text, configured === undefined ? 'HTTPS_PROXY' : 'mesh.proxy');
}

/** NO_PROXY: `*`, or names, each standing for itself and what is below it, with an optional port. */
function excluded(target: URL, noProxy: string | undefined): boolean {
  const host = bare(target.hostname);
  return (noProxy ?? '')
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)
    .some((entry) => {
      if (entry === '*') return true;
      const [, pattern = entry, port] = /^([^:]+|\[.*\]):(\d+)$/.exec(entry) ?? [];
      if (port !== undefined && port !== portOf(target)) return false;
      const name = bare(pattern).replace(/^\*?\./, '');
      return name !== '' && (host === name || host.endsWith(`.${name}`));
    });
}

function parseProxy(text: string, source: string): HttpProxy {
  const url = URL.parse(text.includes('://') ? text : `http://${text}`);
  // The text may hold a password, so it is not quoted.
  if (url?.protocol !== 'http:') throw new ProxyError(`${source} is not an http:// URL`);
  const { hostname, port, username, password } = url;
  const credentials = `${decoded(username, source)}:${decoded(password, source)}`;
  return {
    host: bare(hostname),
    port: Number(port || 80),
    ...(username === '' ? {} : { authorization: new Secret(`Basic ${Buffer.from(credentials).toString('base64')}`) }),
  };
}

function decoded(text: string, source: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new ProxyError(`${source} has a stray % in its user name or password`);
  }
}

/** Asks the proxy for a tunnel to the target (RFC 9110 §9.3.6). The socket it resolves to is the one passed in. */
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
      if (response.statusCode !== 200) {
        settle.reject(new ProxyError(`the proxy answered ${response.statusCode} to CONNECT ${authority}`));
        return;
      }
      if (head.length > 0) tunnel.unshift(head);
      settle.resolve(socket);
    });
    connecting.on('error', (error: NodeJS.ErrnoException) =>
      settle.reject(new ProxyError(`the proxy did not open a tunnel (${error.code ?? error.message})`)),
    );
    connecting.end();
    return undefined;
  });
}

/** `[::1]` is how a URL writes `::1`. */
export function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
}

export function portOf(url: URL): string {
  return url.port || '443';
}
