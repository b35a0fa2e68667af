/** OpenSSL's verdict on certificate, key and bundle together, from a TLS handshake in memory. */
export interface Rehearsal {
  readonly accepted: boolean;
  /** OpenSSL's code (`CERT_HAS_EXPIRED`, `UNABLE_TO_GET_ISSUER_CERT`, …) when it refused. */
  readonly code?: string;
  readonly message?: string;
  /** When OpenSSL judged: by the system's clock, which cannot be passed in. */
  readonly judgedAt: Date;
}
