/** Names that do not resolve, and addresses that do not accept a connection. */
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
  // How a local firewall shows itself.
  EACCES: 'network_unreachable',
  EPERM: 'network_unreachable',
};

export function ofLookup(
  error: PhaseTimeoutError | { readonly code: string; readonly message: string },
  host: string,
  nameServers: readonly string[],
): Failure {
  const servers = nameServers.length > 0 ? ` (${nameServers.join(', ')})` : '';
  const reachable = `Check that this machine’s DNS servers${servers} answer: \`getent hosts ${host}\` must print an address.`;
  const reason = 'dns_failure';
  if (error instanceof PhaseTimeoutError) {
    const detail = `no answer from this machine’s DNS servers${servers} for ${host} within ${error.limitMs} ms`;
    return { reason, detail, remedy: reachable };
  }
  if (error.code === 'ENOTFOUND')
    return { reason, detail: `this machine’s DNS servers have no address for ${host} (ENOTFOUND)` };
  if (error.code === 'EAI_AGAIN') {
    const detail = `this machine’s DNS servers${servers} did not answer for ${host}, or could not resolve it at the moment (EAI_AGAIN)`;
    return { reason, detail, remedy: reachable };
  }
  return { reason, detail: `${host} could not be looked up: ${error.message}` };
}

/** With several addresses, the reason that says most: a refusal says more than a missing route. */
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
  EADDRNOTAVAIL: (at) => `this machine has no address from which to reach ${at}`,
  EACCES: (at) => `a rule on this machine forbids the connection to ${at}`,
  EPERM: (at) => `a rule on this machine forbids the connection to ${at}`,
};

function sentence({ address, port, error }: Attempt, timeout: PhaseTimeoutError | undefined): string {
  const at = withPort(address, port);
  if (!error) return `${at} did not answer within ${timeout?.limitMs ?? 0} ms`;
  const code = String(error.code);
  return `${sentences[code]?.(at) ?? `no connection to ${at}`} (${code})`;
}
