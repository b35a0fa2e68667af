/** Which of the closed list of reasons an error is. The one place that reads error codes. */
import { MonitorError } from '../errors/index.ts';
import { descriptorShortage, shortageOf } from '../shortage/index.ts';
import { NoAddressAnsweredError } from './connect.ts';
import { PhaseTimeoutError } from './deadline.ts';
import { ProxyError } from './proxy.ts';
import { ConnectionClosedError, type ServerVerdict } from './secure.ts';
import { alertOf, reasonOfAlert, type TlsState } from './tls-alerts.ts';
import type { HandshakePhase, HandshakeReason } from './types.ts';

export interface Failure {
  readonly reason: HandshakeReason;
  readonly detail: string;
}

/** A failure that the probe itself has named. */
export class HandshakeError extends MonitorError {
  override readonly code = 'ERR_HANDSHAKE';
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.detail);
    this.failure = failure;
  }
}

export interface Circumstances extends TlsState {
  readonly phase: HandshakePhase;
  readonly viaProxy: boolean;
}

const timeouts: Readonly<Record<HandshakePhase, HandshakeReason>> = {
  dns: 'dns_failure',
  connect: 'connection_timeout',
  tls: 'tls_timeout',
  request: 'http_timeout',
};

const networkCodes: Readonly<Record<string, HandshakeReason>> = {
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

/**
 * The reason and a sentence for an error of the world.
 * @throws {ResourceShortageError} when this process had no descriptor or memory for it: that says nothing about the server.
 * @throws the error itself when it is none: a bug, or the caller's own reason for stopping.
 */
export function failureOf(error: unknown, circumstances: Circumstances): Failure {
  const causes = error instanceof NoAddressAnsweredError ? error.errors : [error];
  const shortage = causes.map((each) => shortageOf(each, 'a handshake')).find((each) => each !== undefined);
  if (shortage) throw shortage;
  const nameless = circumstances.phase === 'dns' && isOfTheWorld(error) && descriptorShortage('a handshake');
  if (nameless) throw nameless;
  if (error instanceof HandshakeError) return error.failure;
  if (error instanceof ProxyError) return { reason: 'proxy_failure', detail: error.message };
  const { phase, viaProxy } = circumstances;
  // Up to the end of `connect` it is the proxy that we talk to.
  if (viaProxy && (phase === 'dns' || phase === 'connect') && isOfTheWorld(error)) {
    return { reason: 'proxy_failure', detail: `the proxy could not be used: ${error.message}` };
  }
  if (error instanceof PhaseTimeoutError) return { reason: timeouts[error.phase], detail: error.message };
  if (error instanceof NoAddressAnsweredError) return { reason: reasonOfAll(error.errors), detail: error.message };
  if (error instanceof ConnectionClosedError)
    return { reason: 'connection_reset', detail: `cut in phase ${phase}: ECONNRESET` };
  if (!isOfTheWorld(error)) throw error;
  return ofCode(error, circumstances);
}

function ofCode(error: CodedError, circumstances: Circumstances): Failure {
  const { code, message } = error;
  const { phase } = circumstances;
  const alert = alertOf(error);
  if (alert) {
    return { reason: reasonOfAlert(alert, circumstances), detail: `the server sent the TLS alert ${alert}` };
  }
  if (phase === 'dns') return { reason: 'dns_failure', detail: message };
  const network = networkCodes[code];
  if (network === 'connection_reset') return { reason: network, detail: `cut in phase ${phase}: ${code}` };
  if (network) return { reason: network, detail: message };
  const ofTls = code === 'EPROTO' || code.startsWith('ERR_');
  if (phase === 'request' && !ofTls) {
    return { reason: 'unexpected_response', detail: `the answer is not HTTP (${code})` };
  }
  if (phase === 'connect') return { reason: 'network_unreachable', detail: `${code}: ${message}` };
  return { reason: 'tls_protocol_mismatch', detail: sslText(error) };
}

/** Of several addresses the reason that says most: one that refuses says more than one without a route. */
function reasonOfAll(errors: readonly NodeJS.ErrnoException[]): HandshakeReason {
  const reasons = errors.map(({ code }) => networkCodes[String(code)] ?? 'network_unreachable');
  return reasons.find((reason) => reason !== 'network_unreachable') ?? 'network_unreachable';
}

/** What is wrong with the server's certificate. */
export function failureOfServer({ code, message }: ServerVerdict): Failure {
  if (code === 'CERT_HAS_EXPIRED') return { reason: 'server_certificate_expired', detail: message };
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return { reason: 'server_certificate_name_mismatch', detail: message };
  return { reason: 'server_certificate_untrusted', detail: `${message} (${code})` };
}

type CodedError = Error & { readonly code: string };

/** An error with a code from the system, OpenSSL or the HTTP parser. Node's ERR_INVALID_… and the like are bugs of ours. */
function isOfTheWorld(error: unknown): error is CodedError {
  if (error instanceof PhaseTimeoutError || error instanceof NoAddressAnsweredError) return true;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && (!code.startsWith('ERR_') || /^ERR_(SSL|TLS)_/.test(code)) && code !== 'ABORT_ERR';
}

/** `…:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../deps/…` → `wrong version number`. */
function sslText({ code, message }: CodedError): string {
  const text = /:SSL routines:[^:]*:([^:]+):/.exec(message)?.[1];
  return `${code}${text === undefined ? '' : `: ${text}`}`;
}
