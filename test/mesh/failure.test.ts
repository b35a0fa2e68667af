import { beforeAll, describe, expect, test } from 'vitest';
import { PhaseTimeoutError } from '../../src/mesh/deadline.ts';
import type { Circumstances } from '../../src/mesh/diagnosis/circumstances.ts';
import type { ClientFacts } from '../../src/mesh/diagnosis/client.ts';
import { failureOf } from '../../src/mesh/diagnosis/failure.ts';
import { NoAddressAnsweredError } from '../../src/mesh/network/connect.ts';
import { alertOf } from '../../src/mesh/tls/alerts.ts';
import { handshakePhases } from '../../src/mesh/types.ts';
import { parseCertificate } from '../../src/x509/parse.ts';
import { ca, date, leaf } from '../support/pki.ts';

const coded = (code: string, message = code) => Object.assign(new Error(message), { code });
const now = date('2030-01-01');
let client: ClientFacts;
beforeAll(async () => {
  const issuer = await ca({ cn: 'Test SubCA' });
  client = { certificate: parseCertificate((await leaf({ issuer })).der), issuers: [[parseCertificate(issuer.der)]] };
});
const anonymous = {
  phase: 'tls',
  host: 'mesh.example',
  port: 443,
  nameServers: ['192.0.2.53'],
  attempts: [],
  peer: { address: '192.0.2.1', family: 4, port: 443 },
  negotiated: true,
  httpStatus: 0,
  now,
} as const satisfies Circumstances;
const failure = (error: unknown, more: Partial<Circumstances> = {}) =>
  failureOf(error, { ...anonymous, client, ...more });
const reasonOf = (error: unknown, more: Partial<Circumstances> = {}) => failure(error, more).reason;
const proxy = { host: 'proxy.example', port: 3128, source: 'HTTPS_PROXY' };

/** How Node reports an alert that it has no code for. */
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
    // Ours has not expired: see below.
    [45, 'client_certificate_rejected', 'client_certificate_required', 'certificate_expired'],
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
        expect(failureOf(eproto('alert', number), { ...anonymous, phase }).reason).toBe(without);
      }
    },
  );

  test.each([42, 43, 44, 45, 46, 48, 49, 116])(
    'failure: alert %d before the server sent its certificate is not about ours',
    (number) => {
      for (const facts of [{ client }, {}]) {
        const found = failureOf(eproto('alert', number), { ...anonymous, ...facts, negotiated: false });
        expect([found.reason, found.detail]).toEqual([
          'tls_protocol_mismatch',
          expect.stringMatching(/^the connection was refused before any client certificate could be seen \(TLS alert /),
        ]);
        expect(found.remedy).toMatch(/^Ask the network team which firewall/);
      }
    },
  );

  test('failure: handshake_failure before the server sent its certificate means that TLS could not be negotiated', () => {
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

const attempt = (code: string, address = '192.0.2.1') => ({ address, family: 4, port: 443, error: coded(code) });

test.each([
  [['ECONNREFUSED'], 'connection_refused'],
  [['ETIMEDOUT'], 'connection_timeout'],
  [['EHOSTUNREACH'], 'network_unreachable'],
  [['ENETUNREACH', 'ECONNREFUSED'], 'connection_refused'],
  [['ECONNREFUSED', 'ENETUNREACH'], 'connection_refused'],
  [['EACCES'], 'network_unreachable'],
] as const)('failure: addresses that fail with %j are %s', (codes, reason) => {
  const attempts = codes.map((code) => attempt(code));
  expect(reasonOf(new NoAddressAnsweredError(''), { phase: 'connect', attempts })).toBe(reason);
});

test('failure: the detail mentions each address', () => {
  const attempts = [
    attempt('ENETUNREACH', '2001:db8::1'),
    attempt('ECONNREFUSED'),
    { address: '192.0.2.2', family: 4, port: 443 },
  ];
  expect(failure(new PhaseTimeoutError('connect', 70), { phase: 'connect', attempts }).detail).toBe(
    'this machine has no route to [2001:db8::1]:443 (ENETUNREACH); 192.0.2.1:443 refused the connection (ECONNREFUSED); 192.0.2.2:443 did not answer within 70 ms',
  );
});

test('failure: each phase that runs out of time has its reason', () => {
  const reasons = handshakePhases.map((phase) => reasonOf(new PhaseTimeoutError(phase, 10), { phase }));
  expect(reasons).toEqual(['dns_failure', 'connection_timeout', 'tls_timeout', 'http_timeout']);
});

test('failure: until the tunnel is open the proxy has failed, after that the server', () => {
  expect(reasonOf(coded('ENOTFOUND'), { phase: 'dns', proxy })).toBe('proxy_failure');
  expect(reasonOf(new NoAddressAnsweredError(''), { phase: 'connect', proxy })).toBe('proxy_failure');
  expect(reasonOf(new PhaseTimeoutError('connect', 1), { phase: 'connect', proxy })).toBe('proxy_failure');
  expect(reasonOf(coded('ECONNRESET'), { phase: 'tls', proxy })).toBe('connection_reset');
});

test('failure: a bug is not a reason and is rethrown', () => {
  for (const bug of [new TypeError('x is not a function'), coded('ERR_INVALID_ARG_TYPE'), coded('ABORT_ERR'), 'text']) {
    expect(() => failure(bug)).toThrow();
  }
});

describe('the alert is compared with our own dates', () => {
  const facts = async (notBefore: string, notAfter: string, issuerUntil = '2040-01-01'): Promise<ClientFacts> => {
    const issuer = await ca({ cn: 'Test SubCA', notAfter: date(issuerUntil) });
    const { der } = await leaf({ issuer, notBefore: date(notBefore), notAfter: date(notAfter) });
    return { certificate: parseCertificate(der), issuers: [[parseCertificate(issuer.der)]] };
  };
  const refused = async (alert: number, ours: Promise<ClientFacts>) =>
    failure(eproto('alert', alert), { client: await ours });
  const valid = () => facts('2029-01-01', '2031-02-03');

  test('failure: certificate_expired for a certificate that is in date is no reason to renew', async () => {
    const { reason, detail, remedy } = await refused(45, valid());
    expect(reason).toBe('client_certificate_rejected');
    expect(detail).toBe(
      'the server says that our certificate has expired, but it is valid until 2031-02-03 (TLS alert certificate_expired)',
    );
    expect(remedy).toMatch(/^Do not request a new certificate\..*revocation list.*clock.*CA certificates/);
  });

  test('failure: certificate_expired for one that is not valid yet says so', async () => {
    const { reason, detail, remedy } = await refused(45, facts('2030-01-02', '2033-01-01'));
    expect([reason, detail]).toEqual([
      'client_certificate_rejected',
      'our certificate is not valid before 2030-01-02, by this machine’s clock (TLS alert certificate_expired)',
    ]);
    expect(remedy).toMatch(/^Check this machine’s clock\./);
  });

  test('failure: an expired CA above a valid certificate is named', async () => {
    const { reason, detail, remedy } = await refused(45, facts('2029-01-01', '2031-01-01', '2029-12-31'));
    expect(reason).toBe('client_certificate_rejected');
    expect(detail).toMatch(
      /^the CA certificate “Test SubCA” in the chain of our certificate expired on 2029-12-31; our certificate itself is valid/,
    );
    expect(remedy).toMatch(/^Replace that CA certificate/);
  });

  test.each([42, 45, 46, 48])(
    'failure: alert %d for a certificate that has expired is reported as its expiry',
    async (alert) => {
      const { reason, detail, remedy } = await refused(alert, facts('2027-01-01', '2029-12-31'));
      expect([reason, remedy]).toEqual(['client_certificate_expired', undefined]);
      expect(detail).toMatch(/^our certificate expired on 2029-12-31 \(TLS alert /);
    },
  );

  test.each([
    [
      44,
      'client_certificate_revoked',
      /is revoked \(TLS alert certificate_revoked\); besides, our certificate expired on 2029-12-31$/,
    ],
    [
      116,
      'client_certificate_rejected',
      /received no client certificate.*; besides, our certificate expired on 2029-12-31$/,
    ],
  ])('failure: alert %d for a certificate that has expired says what its dates do not', async (alert, reason, said) => {
    const found = await refused(alert, facts('2027-01-01', '2029-12-31'));
    expect([found.reason, found.detail]).toEqual([reason, expect.stringMatching(said)]);
  });

  test('failure: they also explain a server that closes the connection instead', async () => {
    const cut = async (ours: Promise<ClientFacts>) =>
      failure(coded('ECONNRESET'), { phase: 'request', client: await ours }).detail;
    expect(await cut(facts('2027-01-01', '2029-12-31'))).toMatch(
      /; a likely cause: our certificate expired on 2029-12-31$/,
    );
    expect(await cut(valid())).not.toContain('our certificate');
  });
});

describe('an alert or an OpenSSL error has its own remedy', () => {
  const plainHttp = /plain HTTP/;
  test.each([
    [70, 'the server supports no version of TLS that we do', /^Find out what answered/],
    [40, 'the server has no cipher suite', /^Find out what answered/],
    [112, 'the server does not recognise the host name mesh.example', /use the host name/],
    [120, 'the server does not speak HTTP/1.1 on that port', /HTTP\/2 only/],
    [80, 'the server had an internal fault', /^Try again/],
    [50, 'the server could not read our first TLS message', /mesh\.tls_groups/],
    [199, 'the server ended the TLS handshake', /^Report the time of the attempt/],
  ])('failure: alert %d before the server sent its certificate', (number, what, remedy) => {
    const found = failure(eproto('alert', number), { negotiated: false });
    expect(found.reason).toBe('tls_protocol_mismatch');
    expect(found.detail).toContain(what);
    expect(found.remedy).toMatch(remedy);
    expect(found.remedy).not.toMatch(plainHttp);
  });

  test.each([
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'does not speak TLS', plainHttp],
    ['ERR_SSL_PACKET_LENGTH_TOO_LONG', 'does not speak TLS', plainHttp],
    ['ERR_SSL_UNSUPPORTED_PROTOCOL', 'no version of TLS', /too old/],
    ['ERR_SSL_UNSAFE_LEGACY_RENEGOTIATION_DISABLED', 'RFC 5746', /TLS inspection/],
    ['ERR_SSL_DH_KEY_TOO_SMALL', 'a key that is too short', /2048 bits \(elliptic curves: 256\)/],
  ])('failure: %s', (code, what, remedy) => {
    const { reason, detail, remedy: todo } = failure(coded(code), { negotiated: false });
    expect([reason, detail]).toEqual(['tls_protocol_mismatch', expect.stringContaining(what)]);
    expect(todo).toMatch(remedy);
    expect(plainHttp.test(todo ?? '')).toBe(remedy === plainHttp);
  });

  test('failure: if mesh.tls_max is the cause, the remedy is to remove it', () => {
    expect(failure(eproto('alert', 70), { negotiated: false, tlsMax: 'TLSv1.2' }).remedy).toMatch(
      /^Remove `mesh\.tls_max`/,
    );
  });

  test('failure: no detail shows OpenSSL’s source file or function', () => {
    const error = coded(
      'EPROTO',
      'write EPROTO 00A1:error:0A000152:SSL routines:final_renegotiate:unsafe legacy renegotiation disabled:../deps/openssl/openssl/ssl/statem/extensions.c:946:\n',
    );
    const { detail } = failure(error, { negotiated: false });
    expect(detail).toContain('RFC 5746');
    expect(detail).not.toMatch(/deps|\.c|routines|0A000152/);
  });
});

describe('a connection that was closed or is silent is named with its address, family and phase', () => {
  test.each([
    ['tls', false, /before the server sent its certificate/, /mesh\.tls_groups/],
    ['tls', true, /after the server sent its certificate and we sent ours/, undefined],
    ['request', true, /after the request was sent/, undefined],
  ] as const)('failure: in phase %s, negotiated %s', (phase, negotiated, where, remedy) => {
    const found = failure(coded('ECONNRESET'), { phase, negotiated });
    expect(found.detail).toMatch(
      /^192\.0\.2\.1:443 \(IPv4\) closed the connection in phase (tls|request), .*\(ECONNRESET\)$/,
    );
    expect(found.detail).toMatch(where);
    if (remedy) expect(found.remedy).toMatch(remedy);
    else expect(found.remedy).toBeUndefined();
  });

  test('failure: a silent IPv6 address', () => {
    const peer = { address: '2001:db8::1', family: 6, port: 443 };
    const { reason, detail } = failure(new PhaseTimeoutError('tls', 70), { peer, negotiated: false });
    expect([reason, detail]).toEqual([
      'tls_timeout',
      'no answer from [2001:db8::1]:443 (IPv6) within 70 ms, before the server sent its certificate',
    ]);
  });

  test('failure: behind a proxy', () => {
    expect(failure(coded('ECONNRESET'), { proxy, negotiated: false }).detail).toMatch(
      /^mesh\.example:443, through the proxy proxy\.example:3128 from HTTPS_PROXY, closed the connection in phase tls/,
    );
  });
});

describe('a name that does not resolve', () => {
  const lookup = (error: unknown) => failure(error, { phase: 'dns', host: 'mesh.example' });
  test('failure: is distinguished from a resolver that does not answer', () => {
    expect(lookup(coded('ENOTFOUND')).detail).toMatch(/have no address for mesh\.example/);
    expect(lookup(coded('EAI_AGAIN'))).toMatchObject({
      detail: expect.stringMatching(/\(192\.0\.2\.53\) did not answer for mesh\.example/),
      remedy: expect.stringContaining('getent hosts mesh.example'),
    });
    expect(lookup(new PhaseTimeoutError('dns', 70)).detail).toBe(
      'no answer from this machine’s DNS servers (192.0.2.53) for mesh.example within 70 ms',
    );
  });
});

test.each([
  ['HPE_INVALID_CONSTANT', 0, /does not speak HTTP/],
  ['HPE_INVALID_CONSTANT', 200, /^HTTP 200: the answer continues beyond the length that it stated/],
  ['HPE_CLOSED_CONNECTION', 200, /^HTTP 200: the answer continues beyond the length that it stated/],
  ['HPE_HEADER_OVERFLOW', 0, /headers of the answer are longer than 16 kB/],
  ['HPE_CR_EXPECTED', 0, /LF alone/],
])('failure: %s after status %d says what is wrong with the answer', (code, httpStatus, detail) => {
  const found = failure(coded(code), { phase: 'request', httpStatus });
  expect(found.reason).toBe('unexpected_response');
  expect(found.detail).toMatch(detail);
});
