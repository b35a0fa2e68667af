/** Which reason of the closed list an error stands for, and what is said about it. The only place that reads error codes. */
import { MonitorError } from '../../errors/index.ts';
import { descriptorShortage, shortageOf } from '../../shortage/index.ts';
import { PhaseTimeoutError } from '../deadline.ts';
import { NoAddressAnsweredError } from '../network/connect.ts';
import { ProxyConfigurationError } from '../network/proxy.ts';
import { TunnelBrokenError, TunnelRefusedError } from '../network/tunnel.ts';
import { alertOf } from '../tls/alerts.ts';
import { ConnectionClosedError } from '../tls/secure.ts';
import type { Circumstances, Failure } from './circumstances.ts';
import { end, ofCut, ofSilence } from './connection.ts';
import { ofDisagreement, ofOpenssl } from './disagreement.ts';
import { ofHttp } from './http.ts';
import { networkCodes, ofConnecting, ofLookup } from './network.ts';
import { ofProxy, ofProxyConfiguration } from './proxy.ts';
import { ofMissingCertificate, ofRefusedCertificate } from './refusal.ts';

/** A failure that the probe itself has classified. */
export class HandshakeError extends MonitorError {
  override readonly code = 'ERR_HANDSHAKE';
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.detail);
    this.failure = failure;
  }
}

/**
 * The reason for an error from outside this program, and a sentence about it.
 * @throws {ResourceShortageError} when this process was short of descriptors or memory, which says nothing about the server.
 * @throws the error itself if it is anything else: a bug, or the caller's own reason for stopping.
 */
export function failureOf(error: unknown, circumstances: Circumstances): Failure {
  const causes =
    error instanceof NoAddressAnsweredError ? circumstances.attempts.map((attempt) => attempt.error) : [error];
  const shortage = causes.map((each) => shortageOf(each, 'a handshake')).find((each) => each !== undefined);
  if (shortage) throw shortage;
  const nameless = circumstances.phase === 'dns' && isOfTheWorld(error) && descriptorShortage('a handshake');
  if (nameless) throw nameless;
  if (error instanceof HandshakeError) return error.failure;
  if (error instanceof ProxyConfigurationError) return ofProxyConfiguration(error);
  if (!isOfTheWorld(error)) throw error;
  const { phase, proxy, host, nameServers, attempts } = circumstances;
  const early = phase === 'dns' || phase === 'connect';
  if (proxy && early) return ofProxy(error, proxy, circumstances);
  if (error instanceof NoAddressAnsweredError) return ofConnecting(attempts);
  if (error instanceof PhaseTimeoutError) {
    if (error.phase === 'dns') return ofLookup(error, host, nameServers);
    return error.phase === 'connect' ? ofConnecting(attempts, error) : ofSilence(error, circumstances);
  }
  if (error instanceof ConnectionClosedError) return ofCut('ECONNRESET', circumstances);
  return ofCode(error as CodedError, circumstances);
}

function ofCode(error: CodedError, circumstances: Circumstances): Failure {
  const { code } = error;
  const { phase, host, nameServers, httpStatus } = circumstances;
  const alert = alertOf(error);
  if (alert) return ofAlert(alert, circumstances);
  if (phase === 'dns') return ofLookup(error, host, nameServers);
  const network = networkCodes[code];
  if (network === 'connection_reset') return ofCut(code, circumstances);
  const lost = `the connection to ${end(circumstances)} was lost in phase ${phase} (${code})`;
  if (network) return { reason: network, detail: lost };
  if (code === 'EPROTO' || code.startsWith('ERR_')) return ofOpenssl(error, circumstances);
  if (phase === 'request') return ofHttp(code, httpStatus);
  return { reason: 'network_unreachable', detail: lost };
}

function ofAlert(alert: string, circumstances: Circumstances): Failure {
  const { client, negotiated, now, asksForCertificate } = circumstances;
  // GnuTLS, for example, sends decode_error when the certificate that it asked for does not come.
  const missed = negotiated && !client && asksForCertificate;
  if (!missed && !(negotiated && aboutCertificates.has(alert))) return ofDisagreement(alert, circumstances);
  return client ? ofRefusedCertificate(alert, client, now) : ofMissingCertificate(alert);
}

/**
 * Alerts about our certificate. A server can only mean it once it has sent its own: before that, a firewall says so or the two sides have no
 * parameters in common. RFC 5246 §7.4.6: a TLS 1.2 server that gets no certificate, or one it does not accept, may simply send handshake_failure.
 */
const aboutCertificates: ReadonlySet<string> = new Set([
  'certificate_expired',
  'certificate_revoked',
  'certificate_required',
  'no_certificate',
  // Go’s servers, for example, send this also when they receive no certificate.
  'bad_certificate',
  'unsupported_certificate',
  'certificate_unknown',
  'unknown_ca',
  'access_denied',
  'decrypt_error',
  'handshake_failure',
]);

type CodedError = Error & { readonly code: string };

/** Errors whose class alone says that they come from outside this program. */
const worldly = [
  PhaseTimeoutError,
  NoAddressAnsweredError,
  TunnelRefusedError,
  TunnelBrokenError,
  ConnectionClosedError,
];

/** An error with a code from the system, OpenSSL or the HTTP parser. Node's ERR_INVALID_… and the like are our own bugs. */
function isOfTheWorld(error: unknown): error is Error & { readonly code?: string } {
  if (worldly.some((kind) => error instanceof kind)) return true;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && (!code.startsWith('ERR_') || /^ERR_(SSL|TLS)_/.test(code)) && code !== 'ABORT_ERR';
}
