/** Names that do not resolve and addresses that do not let us in. */
import { PhaseTimeoutError } from '../deadline.ts';
import type { Attempt } from '../network/connect.ts';
import type { HandshakeReason } from '../types.ts';
import { type Failure, withPort } from './circumstances.ts';

export const networkCodes: Readonly<Record<string, HandshakeReason>> = {
  ECONNREFUSED: 'connection_refused',
  ETIMEDOUT: 'connection_timeout',
  ECONNRESET: 'connection_reset',
  ECONNABORTED: 'connection_reset',
  EPIPE: 'connection_reset',
  ENETUNREACH: 'network_unreachable',
  EHOSTUNREACH: 'network_unreachable',
  ENETDOWN: 'network_unreachable',
  EHOSTDOWN: 'network_unreachable',
  EADDRNOTAVAIL: 'network_unreachable',
  EINVAL: 'network_unreachable',
  // What a local firewall's verdict looks like.
  EACCES: 'network_unreachable',
  EPERM: 'network_unreachable',
};

export function ofLookup(
  error: PhaseTimeoutError | { readonly code: string; readonly message: string },
  host: string,
  nameServers: readonly string[],
): Failure {
  const servers = nameServers.length > 0 ? ` (${nameServers.join(', ')})` : '';
  const reachable = `Check that the DNS servers of this machine${servers} answer: \`getent hosts ${host}\` must print an address.`;
  const reason = 'dns_failure';
  if (error instanceof PhaseTimeoutError) {
    const detail = `no answer from the DNS servers of this machine${servers} for ${host} within ${error.limitMs} ms`;
    return { reason, detail, remedy: reachable };
  }
  if (error.code === 'ENOTFOUND')
    return { reason, detail: `the DNS servers of this machine know no address for ${host} (ENOTFOUND)` };
  if (error.code === 'EAI_AGAIN') {
    const detail = `the DNS servers of this machine${servers} did not answer for ${host}, or could not find out (EAI_AGAIN)`;
    return { reason, detail, remedy: reachable };
  }
  return { reason, detail: `${host} could not be looked up: ${error.message}` };
}

/** Of several addresses the reason that says most: one that refuses says more than one without a route. */
export function ofConnecting(attempts: readonly Attempt[], timeout?: PhaseTimeoutError): Failure {
  const detail =
    attempts.map((attempt) => sentence(attempt, timeout)).join('; ') || 'there was no address to connect to';
  if (timeout) return { reason: 'connection_timeout', detail };
  const reasons = attempts.map(({ error }) => networkCodes[String(error?.code)] ?? 'network_unreachable');
  return { reason: reasons.find((reason) => reason !== 'network_unreachable') ?? 'network_unreachable', detail };
}

const sentences: Readonly<Record<string, (at: string) => string>> = {
  ECONNREFUSED: (at) => `${at} refused the connection`,
  ETIMEDOUT: (at) => `${at} did not answer`,
  ENETUNREACH: (at) => `this machine has no route to ${at}`,
  EHOSTUNREACH: (at) => `this machine has no route to ${at}`,
  EADDRNOTAVAIL: (at) => `this machine has no address to reach ${at} from`,
  EACCES: (at) => `a rule of this machine forbids the connection to ${at}`,
  EPERM: (at) => `a rule of this machine forbids the connection to ${at}`,
};

function sentence({ address, port, error }: Attempt, timeout: PhaseTimeoutError | undefined): string {
  const at = withPort(address, port);
  if (!error) return `${at} did not answer within ${timeout?.limitMs ?? 0} ms`;
  const code = String(error.code);
  return `${sentences[code]?.(at) ?? `no connection to ${at}`} (${code})`;
}
