/** Which proxy to use for a target, if any. */
import { Secret, type Variables } from '../../config/index.ts';
import { MonitorError } from '../../errors/index.ts';
import { urlHost } from '../../text/index.ts';
import { bare } from './authority.ts';
import { excludes } from './no-proxy.ts';

export interface HttpProxy {
  readonly host: string;
  readonly port: number;
  /** The value of Proxy-Authorization. */
  readonly authorization?: Secret;
  /** Where it is configured: `mesh.proxy`, or the name of the variable. */
  readonly source: string;
}

/** The proxy is configured wrongly. `message` is safe to show. */
export class ProxyConfigurationError extends MonitorError {
  override readonly code = 'ERR_PROXY_CONFIGURATION';
  readonly source: string;

  constructor(source: string, what: string) {
    super(`${source} ${what}`);
    this.source = source;
  }
}

/**
 * The proxy for a target: the configured one, otherwise the one in the environment unless NO_PROXY excludes the host. As in curl, the
 * lower-case variable wins, HTTPS_PROXY falls back to ALL_PROXY, and a missing scheme means http. For an http target HTTP_PROXY takes the place of
 * HTTPS_PROXY.
 * @throws {ProxyConfigurationError} when it is not an http URL.
 */
export function proxyFor(target: URL, configured: string | undefined, env: Variables): HttpProxy | undefined {
  if (configured !== undefined) return parseProxy(configured, 'mesh.proxy');
  const set = (name: string) => [name.toLowerCase(), name].find((each) => env[each]);
  const source = set(target.protocol === 'http:' ? 'HTTP_PROXY' : 'HTTPS_PROXY') ?? set('ALL_PROXY');
  const exceptions = set('NO_PROXY');
  if (source === undefined || (exceptions && excludes(env[exceptions] ?? '', target))) return undefined;
  return parseProxy(env[source] ?? '', source);
}

/** The proxy as Node's own agents take it. */
export function agentProxy({ authorization, host, port }: HttpProxy): Secret {
  const url = new URL(`http://${urlHost(host)}:${port}`);
  const [, user = '', password = ''] = /^([^:]*):(.*)$/s.exec(credentialsIn(authorization)) ?? [];
  url.username = encodeURIComponent(user);
  url.password = encodeURIComponent(password);
  return new Secret(url.href);
}

const credentialsIn = (authorization: Secret | undefined) =>
  Buffer.from(authorization?.reveal().replace(/^Basic /, '') ?? '', 'base64').toString();

function parseProxy(text: string, source: string): HttpProxy {
  const url = URL.parse(text.includes('://') ? text : `http://${text}`);
  // The text may contain a password, so it is not quoted.
  if (url?.protocol !== 'http:') throw new ProxyConfigurationError(source, 'is not an http:// URL');
  const { hostname, port, username, password } = url;
  const credentials = `${decoded(username, source)}:${decoded(password, source)}`;
  return {
    host: bare(hostname),
    port: Number(port || 80),
    source,
    ...(username === '' ? {} : { authorization: new Secret(`Basic ${Buffer.from(credentials).toString('base64')}`) }),
  };
}

function decoded(text: string, source: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new ProxyConfigurationError(source, 'has a stray % in its user name or password');
  }
}
