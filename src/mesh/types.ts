import type { Probe } from '../config/index.ts';
import type { SafeText } from '../text/index.ts';
import type { Certificate } from '../x509/index.ts';

/** The closed list of reasons, which is also the metric's label set. */
export const handshakeReasons = [
  'dns_failure',
  'connection_refused',
  'connection_timeout',
  'connection_reset',
  'network_unreachable',
  'proxy_failure',
  'tls_timeout',
  'tls_protocol_mismatch',
  'server_certificate_expired',
  'server_certificate_untrusted',
  'server_certificate_name_mismatch',
  'client_certificate_required',
  'client_certificate_expired',
  'client_certificate_revoked',
  'client_certificate_rejected',
  'credential_unusable',
  'http_timeout',
  'bad_request',
  'authentication_failed',
  'mailbox_unknown',
  'rate_limited',
  'server_error',
  'unexpected_response',
] as const;
export type HandshakeReason = (typeof handshakeReasons)[number];

export const handshakeOutcomes = ['success', 'failure'] as const;
export type HandshakeOutcome = (typeof handshakeOutcomes)[number];

export const handshakePhases = ['dns', 'connect', 'tls', 'request'] as const;
export type HandshakePhase = (typeof handshakePhases)[number];

export interface HandshakeResult {
  readonly probe: Probe;
  readonly startedAt: Date;
  readonly outcome: HandshakeOutcome;
  /** Present if and only if the outcome is a failure. */
  readonly reason?: HandshakeReason;
  /** One sentence for people: what was seen. Bounded, no secret. With a success only if something is worth knowing. */
  readonly detail?: SafeText;
  /** What to do first, if it differs from the remedy in the catalogue of reasons. */
  readonly remedy?: SafeText;
  /** 0 if there was no answer. */
  readonly httpStatus: number;
  /** In seconds. A phase that was not reached is absent. */
  readonly phases: Readonly<Partial<Record<HandshakePhase, number>>>;
  readonly tls?: { readonly protocol: string; readonly cipher: string };
  /** As presented, the server's own first. Empty if the server sent none. */
  readonly serverCertificates: readonly Certificate[];
  readonly serverVerified: boolean;
  /** Whether the server asked for a client certificate. If it did not, its answer proves nothing about ours. Absent if TLS did not get that far. */
  readonly clientCertificateRequested?: boolean;
  /** Our clock minus the server's Date, in seconds. */
  readonly clockSkewSeconds?: number;
  /** How long a 425 or 429 asked us to wait. No handshake is due before that. */
  readonly retryAfterSeconds?: number;
}
