/** A proxy that cannot be used, or does not open a tunnel. */
import { PhaseTimeoutError } from '../deadline.ts';
import { NoAddressAnsweredError } from '../network/connect.ts';
import type { HttpProxy, ProxyConfigurationError } from '../network/proxy.ts';
import { TunnelBrokenError, TunnelRefusedError } from '../network/tunnel.ts';
import { type Circumstances, type Failure, withPort } from './circumstances.ts';
import { ofConnecting, ofLookup } from './network.ts';
import { listed, placeOf, theProxy } from './words.ts';

export function ofProxyConfiguration(error: ProxyConfigurationError): Failure {
  const form = 'http://HOST:PORT, with user name and password percent-encoded if it needs them';
  return { reason: 'proxy_failure', detail: error.message, remedy: `Correct ${placeOf(error)}: ${form}.` };
}

/** Until the end of the phase `connect` we are talking to the proxy. */
export function ofProxy(error: Error & { code?: string }, proxy: HttpProxy, circumstances: Circumstances): Failure {
  const { what, remedy } = explain(error, proxy, circumstances);
  return { reason: 'proxy_failure', detail: `${theProxy(proxy)} ${what}`, remedy };
}

interface Explanation {
  readonly what: string;
  readonly remedy: string;
}

function explain(error: Error & { code?: string }, proxy: HttpProxy, circumstances: Circumstances): Explanation {
  const { host, port, nameServers, attempts, peer } = circumstances;
  const target = withPort(host, port);
  if (error instanceof TunnelRefusedError) return refused(error, proxy, target);
  if (error instanceof TunnelBrokenError) return broken(error, proxy);
  const check = `Check the proxy’s host and port in ${placeOf(proxy)}, and that this machine can reach it.`;
  const timeout = error instanceof PhaseTimeoutError ? error : undefined;
  if (timeout && peer) {
    return {
      what: `accepted the connection, but did not answer CONNECT ${target} within ${timeout.limitMs} ms`,
      remedy: `Ask whoever runs the proxy whether it can reach ${target}: a proxy stays silent while it tries.`,
    };
  }
  if (error instanceof NoAddressAnsweredError || timeout?.phase === 'connect')
    return { what: `cannot be reached: ${ofConnecting(attempts, timeout).detail}`, remedy: check };
  const lookup = ofLookup(timeout ?? { code: error.code ?? '', message: error.message }, proxy.host, nameServers);
  return { what: `cannot be found: ${lookup.detail}`, remedy: lookup.remedy ?? check };
}

function refused(error: TunnelRefusedError, proxy: HttpProxy, target: string): Explanation {
  const { status, schemes, squidError, leadsTo } = error;
  // tinyproxy sends 401 when the credentials are wrong.
  if (status === 407 || (status === 401 && proxy.authorization)) return wantsCredentials(status, schemes, proxy);
  const said = [status, squidError ?? (leadsTo && `to ${leadsTo}`)].filter((part) => part !== undefined).join(', ');
  // RFC 6585 §6.
  if (status === 511) {
    return {
      what: `wants somebody to sign in to the network first (${said})`,
      remedy: 'Ask the network team to let this machine through without signing in at a portal.',
    };
  }
  if (status >= 500 && !notImplemented.includes(status)) {
    const works = fromGateways.includes(status)
      ? ` The proxy itself works${proxy.authorization ? ', and so do the credentials for it' : ''}.`
      : '';
    return {
      what: `could not reach ${target} (${said})`,
      remedy: `Ask whoever runs the proxy why it cannot reach ${target}: check its name resolution and its route out.${works}`,
    };
  }
  if (status === 403 || status === 451) {
    return {
      what: `does not allow the connection to ${target} (${said})`,
      remedy: `Ask whoever runs the proxy to allow CONNECT to ${target}${orGoDirect(proxy)}.`,
    };
  }
  const portal =
    status >= 300 && status <= 399
      ? ' If it does, ask whoever runs it to let this machine through without signing in.'
      : '';
  return {
    what: `did not open a tunnel to ${target} (${said})`,
    remedy: `Check that ${placeOf(proxy)} names a forward proxy that supports CONNECT, not a web server or gateway.${portal}`,
  };
}

/** From a server that does not know CONNECT. */
const notImplemented: readonly number[] = [501, 505];
const fromGateways: readonly number[] = [502, 503, 504];

function wantsCredentials(status: number, schemes: readonly string[], proxy: HttpProxy): Explanation {
  const { authorization, source } = proxy;
  const offers = schemes.length > 0 ? `, offering ${listed(schemes)}` : '';
  const basic = schemes.length === 0 || schemes.some((scheme) => scheme.toLowerCase() === 'basic');
  if (!basic) {
    return {
      what: `wants credentials (${status}${offers}), and this program supports Basic only`,
      remedy: 'Ask whoever runs the proxy to let this machine through without authentication, or to offer Basic.',
    };
  }
  return authorization
    ? {
        what: `did not accept the user name and password in ${source} (${status}${offers})`,
        remedy: `Check the user name and password in ${placeOf(proxy)}; special characters must be percent-encoded.`,
      }
    : {
        what: `wants credentials (${status}${offers}), and ${source} has none`,
        remedy: `Add the user name and password to ${placeOf(proxy)}: http://USER:PASSWORD@HOST:PORT, percent-encoded.`,
      };
}

function broken({ by }: TunnelBrokenError, proxy: HttpProxy): Explanation {
  if (by.startsWith('HPE_')) {
    return {
      what: `does not answer like an HTTP proxy (${by})`,
      remedy: `Check the proxy’s host and port in ${placeOf(proxy)}: something else answered there.`,
    };
  }
  return {
    what: `ended the connection instead of opening a tunnel (${by})`,
    remedy: 'Ask whoever runs the proxy for its log at the time of the attempt.',
  };
}

/** NO_PROXY applies only to a proxy from an environment variable. */
function orGoDirect({ source }: HttpProxy): string {
  return source === 'mesh.proxy'
    ? ', or remove `mesh.proxy` if this machine may connect directly'
    : ', or list the host in NO_PROXY if this machine may connect directly';
}
