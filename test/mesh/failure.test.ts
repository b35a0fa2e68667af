import { describe, expect, test } from 'vitest';
import { NoAddressAnsweredError } from '../../src/mesh/connect.ts';
import { PhaseTimeoutError } from '../../src/mesh/deadline.ts';
import { type Circumstances, failureOf } from '../../src/mesh/failure.ts';
import { alertOf } from '../../src/mesh/tls-alerts.ts';
import { handshakePhases } from '../../src/mesh/types.ts';

const coded = (code: string, message = code) => Object.assign(new Error(message), { code });
const mutual: Circumstances = { phase: 'tls', viaProxy: false, presentsCertificate: true, negotiated: true };
const reasonOf = (error: unknown, more: Partial<Circumstances> = {}) => failureOf(error, { ...mutual, ...more }).reason;

/** As Node reports an alert when it has no code for it. */
const eproto = (text: string, number: number) =>
  coded(
    'EPROTO',
    `write EPROTO 00A1:error:0A000418:SSL routines:ssl3_read_bytes:${text}:../deps/openssl/ssl/record/rec_layer_s3.c:907:SSL alert number ${number}\n`,
  );

describe('alerts', () => {
  test.each([
    ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'unknown_ca'],
    ['ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED', 'certificate_expired'],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'certificate_required'],
    ['ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE', 'handshake_failure'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', undefined],
  ])('failure: the code %s reports the alert %s', (code, alert) => {
    expect(alertOf(coded(code))).toBe(alert);
  });

  test.each([
    [48, 'unknown_ca'],
    [116, 'certificate_required'],
    [199, 'alert 199'],
  ])('failure: EPROTO names alert %d only in its text, which is %s', (number, alert) => {
    expect(alertOf(eproto('tlsv1 alert', number))).toBe(alert);
  });

  const cases: [number, string, string, string][] = [
    [42, 'client_certificate_rejected', 'client_certificate_required', 'bad_certificate'],
    [43, 'client_certificate_rejected', 'client_certificate_required', 'unsupported_certificate'],
    [44, 'client_certificate_revoked', 'client_certificate_required', 'certificate_revoked'],
    [45, 'client_certificate_expired', 'client_certificate_required', 'certificate_expired'],
    [46, 'client_certificate_rejected', 'client_certificate_required', 'certificate_unknown'],
    [48, 'client_certificate_rejected', 'client_certificate_required', 'unknown_ca'],
    [49, 'client_certificate_rejected', 'client_certificate_required', 'access_denied'],
    [51, 'client_certificate_rejected', 'client_certificate_required', 'decrypt_error'],
    [116, 'client_certificate_rejected', 'client_certificate_required', 'certificate_required'],
    [40, 'client_certificate_rejected', 'client_certificate_required', 'handshake_failure'],
    [70, 'tls_protocol_mismatch', 'tls_protocol_mismatch', 'protocol_version'],
    [71, 'tls_protocol_mismatch', 'tls_protocol_mismatch', 'insufficient_security'],
    [80, 'tls_protocol_mismatch', 'tls_protocol_mismatch', 'internal_error'],
    [120, 'tls_protocol_mismatch', 'tls_protocol_mismatch', 'no_application_protocol'],
  ];
  test.each(cases)(
    'failure: alert %d is %s with a client certificate and %s without (%s)',
    (number, withOne, without) => {
      for (const phase of ['tls', 'request'] as const) {
        expect(reasonOf(eproto('alert', number), { phase })).toBe(withOne);
        expect(reasonOf(eproto('alert', number), { phase, presentsCertificate: false })).toBe(without);
      }
    },
  );

  test('failure: handshake_failure before the server showed its certificate is a disagreement about TLS', () => {
    expect(reasonOf(eproto('alert', 40), { negotiated: false })).toBe('tls_protocol_mismatch');
  });
});

test.each([
  ['dns', 'ENOTFOUND', 'dns_failure'],
  ['dns', 'EAI_AGAIN', 'dns_failure'],
  ['tls', 'ECONNRESET', 'connection_reset'],
  ['request', 'ECONNRESET', 'connection_reset'],
  ['request', 'EPIPE', 'connection_reset'],
  ['request', 'HPE_INVALID_CONSTANT', 'unexpected_response'],
  ['request', 'ENOTCONN', 'unexpected_response'],
  ['request', 'ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC', 'tls_protocol_mismatch'],
  ['tls', 'ERR_SSL_WRONG_VERSION_NUMBER', 'tls_protocol_mismatch'],
  ['tls', 'ERR_SSL_UNSUPPORTED_PROTOCOL', 'tls_protocol_mismatch'],
  ['tls', 'ETIMEDOUT', 'connection_timeout'],
] as const)('failure: in phase %s, %s is %s', (phase, code, reason) => {
  expect(reasonOf(coded(code), { phase })).toBe(reason);
});

test.each([
  [['ECONNREFUSED'], 'connection_refused'],
  [['ETIMEDOUT'], 'connection_timeout'],
  [['EHOSTUNREACH'], 'network_unreachable'],
  [['ENETUNREACH', 'ECONNREFUSED'], 'connection_refused'],
  [['ECONNREFUSED', 'ENETUNREACH'], 'connection_refused'],
  [['EACCES'], 'network_unreachable'],
] as const)('failure: addresses that fail with %j are %s', (codes, reason) => {
  const error = new NoAddressAnsweredError(codes.map((code) => coded(code)));
  expect(reasonOf(error, { phase: 'connect' })).toBe(reason);
});

test('failure: each phase that runs out of time has its reason', () => {
  const reasons = handshakePhases.map((phase) => reasonOf(new PhaseTimeoutError(phase, 10), { phase }));
  expect(reasons).toEqual(['dns_failure', 'connection_timeout', 'tls_timeout', 'http_timeout']);
});

test('failure: up to the tunnel it is the proxy that failed, after it the server', () => {
  const viaProxy = true;
  expect(reasonOf(coded('ENOTFOUND'), { phase: 'dns', viaProxy })).toBe('proxy_failure');
  expect(reasonOf(new NoAddressAnsweredError([coded('ECONNREFUSED')]), { phase: 'connect', viaProxy })).toBe(
    'proxy_failure',
  );
  expect(reasonOf(new PhaseTimeoutError('connect', 1), { phase: 'connect', viaProxy })).toBe('proxy_failure');
  expect(reasonOf(coded('ECONNRESET'), { phase: 'tls', viaProxy })).toBe('connection_reset');
});

test('failure: a bug is no reason and is thrown on', () => {
  for (const bug of [new TypeError('x is not a function'), coded('ERR_INVALID_ARG_TYPE'), coded('ABORT_ERR'), 'text']) {
    expect(() => failureOf(bug, mutual)).toThrow();
  }
});
