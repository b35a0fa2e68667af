/** The list of what can go wrong. Tests run every entry, and compare the table in `docs/handshake.md` with it. */
import { brotliCompressSync } from 'node:zlib';
import type { Probe } from '../../src/config/types.ts';
import type { FindingCode } from '../../src/findings/catalogue.ts';
import type { HandshakePhase, HandshakeReason } from '../../src/mesh/types.ts';

export type TlsVersion = 'TLSv1.2' | 'TLSv1.3';
/** What a scenario deploys as its client certificate. `none` is an environment without `credential`. */
export type Presented = 'deployed' | 'foreign' | 'expired' | 'revoked' | 'future' | 'purpose' | 'none';

export interface Scenario {
  readonly fault: string;
  /** The reason, or `success` for something that looks like a fault but is not. */
  readonly reason: HandshakeReason | 'success';
  readonly server: Server;
  /** Absent if the fault comes before TLS. */
  readonly versions?: readonly TlsVersion[];
  readonly presents?: Presented;
  readonly probe?: Probe;
  /** It reaches this phase's deadline, so the test makes that short. */
  readonly hangs?: HandshakePhase;
  /** What the detail must match, if the reason alone says too little. */
  readonly detail?: RegExp;
  /** What the remedy must match, if it is not the reason's general one. */
  readonly remedy?: RegExp;
  readonly httpStatus?: number;
  /** A finding in addition to the reason. */
  readonly finding?: FindingCode;
}

/** How to cause the fault. `servers.ts` implements each kind. */
export type Server =
  | { readonly kind: 'address'; readonly origin: string }
  | { readonly kind: 'closed port' }
  | { readonly kind: 'full backlog' }
  | { readonly kind: 'tcp'; readonly does: TcpBehaviour }
  | { readonly kind: 'alert'; readonly number: number }
  | { readonly kind: 'proxy'; readonly does: ProxyBehaviour }
  | { readonly kind: 'certificate'; readonly is: ServerCertificate }
  | { readonly kind: 'http'; readonly does: HttpBehaviour }
  | { readonly kind: 'openssl'; readonly demands: 'any certificate' | 'trusted certificate' | 'unrevoked certificate' }
  | { readonly kind: 'openssl'; readonly demands: 'TLS 1.1' };
export type TcpBehaviour = 'reset' | 'close' | 'hang' | 'http' | 'garbage' | 'reset after hello' | 'no RFC 5746';
export type ProxyBehaviour =
  | 'refused port'
  | 'hang'
  | 'reset'
  | 'garbage'
  | '407'
  | 'NTLM'
  | '403'
  | '502'
  | '405'
  | '302'
  | '500'
  | '501'
  | '511'
  | 'a page with 200'
  | 'tunnel to plain HTTP'
  | 'reset in tunnel';
export type ServerCertificate =
  | 'expired'
  | 'not yet valid'
  | 'expired, without its intermediate'
  | 'expired, for another name'
  | 'self-signed, for another name'
  | 'self-signed'
  | 'self-signed, expired'
  | 'of an unknown CA'
  | 'of an unknown CA, expired'
  | 'of an unknown CA, not yet valid'
  | 'of an unknown CA, for another purpose'
  | 'without its intermediate'
  | 'for another name'
  | 'without a SAN, CN for another name'
  | 'without a SAN, CN right';
export type HttpBehaviour =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string | Buffer }
  | 'Date 3 hours off'
  | 'hang'
  | 'hang in body'
  | 'endless body'
  | 'endless 403'
  | 'reset'
  | 'reset in body'
  | 'broken chunks'
  | 'bytes beyond the length'
  | 'bare LF'
  | 'gzip'
  | 'gzip without end'
  | 'not gzip'
  | 'switching protocols'
  | 'not HTTP'
  | 'huge header'
  | 'close';

const both: readonly TlsVersion[] = ['TLSv1.2', 'TLSv1.3'];
const invalidToken = '{"detail":[{"event":"","code":"","msg":"Invalid Authentication Token"}]}';
const loginPage =
  '<!doctype html><title>Sign in</title><script>location="/x"</script><form>Sign in to the network</form>';

const network: Scenario[] = [
  // A label of 64 characters is not a DNS name, so no resolver is asked.
  {
    fault: 'The host name does not resolve',
    server: { kind: 'address', origin: `https://${'x'.repeat(64)}.invalid` },
    reason: 'dns_failure',
  },
  { fault: 'Nothing listens on the port', server: { kind: 'closed port' }, reason: 'connection_refused' },
  {
    fault: 'The host drops our packets',
    server: { kind: 'full backlog' },
    reason: 'connection_timeout',
    hangs: 'connect',
  },
  // RFC 1112: TCP has no route to a multicast group, on any network.
  {
    fault: 'There is no route to the address',
    server: { kind: 'address', origin: 'https://224.0.0.1' },
    reason: 'network_unreachable',
  },
  {
    fault: 'The server resets the connection at once',
    server: { kind: 'tcp', does: 'reset' },
    reason: 'connection_reset',
    detail: /ECONNRESET/,
  },
  {
    fault: 'The server closes the connection at once',
    server: { kind: 'tcp', does: 'close' },
    reason: 'connection_reset',
    detail: /in phase tls/,
  },
  {
    fault: 'The proxy’s port is closed',
    server: { kind: 'proxy', does: 'refused port' },
    reason: 'proxy_failure',
    detail: /ECONNREFUSED/,
  },
  {
    fault: 'The proxy wants credentials (407)',
    server: { kind: 'proxy', does: '407' },
    reason: 'proxy_failure',
    detail: /from mesh\.proxy wants credentials \(407, offering Basic\), and mesh\.proxy has none/,
    remedy: /^Add the user name and password to `mesh\.proxy`/,
  },
  {
    fault: 'The proxy wants credentials by a scheme that we do not support (407, Negotiate and NTLM)',
    server: { kind: 'proxy', does: 'NTLM' },
    reason: 'proxy_failure',
    detail: /wants credentials \(407, offering Negotiate and NTLM\), and this program supports Basic only/,
    remedy: /^Ask whoever runs the proxy to let this machine through/,
  },
  {
    fault: 'The proxy cannot reach MESH (502)',
    server: { kind: 'proxy', does: '502' },
    reason: 'proxy_failure',
    detail: /could not reach localhost:1 \(502, ERR_CONNECT_FAIL 111\)/,
    remedy: /^Ask whoever runs the proxy why it cannot reach localhost:1/,
  },
  {
    fault: 'The proxy is a web server without CONNECT (405)',
    server: { kind: 'proxy', does: '405' },
    reason: 'proxy_failure',
    remedy: /names a forward proxy/,
  },
  {
    fault: 'The proxy is a web server without CONNECT (501)',
    server: { kind: 'proxy', does: '501' },
    reason: 'proxy_failure',
    detail: /did not open a tunnel to localhost:1 \(501\)$/,
    remedy: /names a forward proxy/,
  },
  {
    fault: 'The proxy has a fault of its own (500)',
    server: { kind: 'proxy', does: '500' },
    reason: 'proxy_failure',
    remedy: /its route out\.$/,
  },
  {
    fault: 'The proxy redirects to a portal (302)',
    server: { kind: 'proxy', does: '302' },
    reason: 'proxy_failure',
    detail: /did not open a tunnel to localhost:1 \(302, to portal\.example:8080\)$/,
    remedy: /names a forward proxy.*without signing in\.$/,
  },
  {
    fault: 'The proxy wants somebody to sign in to the network (511)',
    server: { kind: 'proxy', does: '511' },
    reason: 'proxy_failure',
    detail: /wants somebody to sign in to the network first \(511\)$/,
    remedy: /^Ask the network team to let this machine through/,
  },
  {
    fault: 'The proxy answers CONNECT with a page and 200',
    server: { kind: 'proxy', does: 'a page with 200' },
    reason: 'tls_protocol_mismatch',
    detail:
      /^what answered for localhost:1 does not speak TLS .*; the connection goes through the proxy localhost:\d+ from mesh\.proxy$/,
    remedy: /^Check that `mesh\.proxy` names a forward proxy, not a web server or a portal/,
  },
  {
    fault: 'The proxy’s tunnel leads to plain HTTP',
    server: { kind: 'proxy', does: 'tunnel to plain HTTP' },
    reason: 'tls_protocol_mismatch',
    detail: /; the connection goes through the proxy localhost:\d+ from mesh\.proxy$/,
    remedy: /^Check that `mesh\.proxy` .*check the host and port in `mesh\.url`\.$/,
  },
  {
    fault: 'The proxy’s tunnel is reset after our ClientHello',
    server: { kind: 'proxy', does: 'reset in tunnel' },
    reason: 'connection_reset',
    detail: /^localhost:1, through the proxy localhost:\d+ from mesh\.proxy, closed the connection in phase tls/,
    remedy: /^Ask whoever runs the proxy whether it reaches localhost:1\./,
  },
  {
    fault: 'The proxy does not allow the host (403)',
    server: { kind: 'proxy', does: '403' },
    remedy: /^Ask whoever runs the proxy to allow CONNECT to localhost:1, or remove `mesh\.proxy`/,
    reason: 'proxy_failure',
    detail: /from mesh\.proxy does not allow the connection to localhost:1 \(403\)/,
  },
  {
    fault: 'The proxy does not answer CONNECT',
    server: { kind: 'proxy', does: 'hang' },
    reason: 'proxy_failure',
    hangs: 'connect',
  },
  { fault: 'The proxy resets the connection', server: { kind: 'proxy', does: 'reset' }, reason: 'proxy_failure' },
  { fault: 'The proxy does not speak HTTP', server: { kind: 'proxy', does: 'garbage' }, reason: 'proxy_failure' },
];

const beforeTls: Scenario[] = [
  {
    fault: 'The server never answers our ClientHello',
    server: { kind: 'tcp', does: 'hang' },
    reason: 'tls_timeout',
    hangs: 'tls',
  },
  {
    fault: 'The server resets after our ClientHello',
    server: { kind: 'tcp', does: 'reset after hello' },
    reason: 'connection_reset',
    detail: /in phase tls/,
  },
  {
    fault: 'The port speaks plain HTTP',
    server: { kind: 'tcp', does: 'http' },
    reason: 'tls_protocol_mismatch',
    remedy: /plain HTTP/,
  },
  {
    fault: 'The port speaks something else',
    server: { kind: 'tcp', does: 'garbage' },
    reason: 'tls_protocol_mismatch',
  },
  {
    fault: 'The server speaks TLS 1.1 at most',
    server: { kind: 'openssl', demands: 'TLS 1.1' },
    reason: 'tls_protocol_mismatch',
    detail: /supports no version of TLS that we do/,
    remedy: /too old/,
  },
  {
    fault: 'The server has no cipher suite in common with us (alert handshake_failure)',
    server: { kind: 'alert', number: 40 },
    reason: 'tls_protocol_mismatch',
    remedy: /none with RSA key exchange/,
  },
  {
    fault: 'The server wants another TLS version (alert protocol_version)',
    server: { kind: 'alert', number: 70 },
    reason: 'tls_protocol_mismatch',
  },
  {
    fault: 'A firewall refuses the connection at our first message (alert access_denied)',
    server: { kind: 'alert', number: 49 },
    reason: 'tls_protocol_mismatch',
    detail: /^the connection was refused before any client certificate could be seen \(TLS alert access_denied\)$/,
    remedy: /^Ask the network team which firewall/,
  },
  {
    fault: 'The server does not recognise the host name (alert unrecognized_name)',
    server: { kind: 'alert', number: 112 },
    reason: 'tls_protocol_mismatch',
    remedy: /use the host name/,
  },
  {
    fault: 'The server has an internal fault (alert internal_error)',
    server: { kind: 'alert', number: 80 },
    reason: 'tls_protocol_mismatch',
    remedy: /^Try again/,
  },
  {
    fault: 'The server, or a device on the path, cannot read our ClientHello (alert decode_error)',
    server: { kind: 'alert', number: 50 },
    reason: 'tls_protocol_mismatch',
    remedy: /^Set `mesh\.tls_groups/,
  },
  {
    fault: 'The server speaks HTTP/2 only (alert no_application_protocol)',
    server: { kind: 'alert', number: 120 },
    reason: 'tls_protocol_mismatch',
    remedy: /HTTP\/2 only/,
  },
  {
    fault: 'The server has no secure renegotiation (RFC 5746)',
    server: { kind: 'tcp', does: 'no RFC 5746' },
    reason: 'tls_protocol_mismatch',
    detail: /does not support secure renegotiation \(RFC 5746\)/,
    remedy: /^Ask the network team to exempt this host from TLS inspection/,
  },
];

const serverCertificates: Scenario[] = (
  [
    ['The server’s certificate has expired', 'expired', 'server_certificate_expired'],
    [
      'The server’s certificate has expired, and the server leaves out its intermediate',
      'expired, without its intermediate',
      'server_certificate_expired',
      /^“localhost”, issued by “Test SubCA”, expired on 2021-01-01, /,
    ],
    [
      'The server’s certificate has expired, and is for another name',
      'expired, for another name',
      'server_certificate_expired',
      /^“localhost”, issued by “Test SubCA”, expired on 2021-01-01, .*; the certificate is for mesh\.example, not for localhost$/,
    ],
    [
      'The server’s certificate is not valid yet',
      'not yet valid',
      'server_certificate_untrusted',
      /^“localhost” is not valid before 2039-01-01, and this machine’s clock says /,
    ],
    ['The server’s certificate is self-signed', 'self-signed', 'server_certificate_untrusted'],
    [
      'The server’s certificate is self-signed, and has expired',
      'self-signed, expired',
      'server_certificate_untrusted',
      /^“localhost” is self-signed, and it is not in the CA bundle; “localhost” also expired on 2021-01-01$/,
      'server_certificate_expires_soon',
    ],
    [
      'The server’s certificate is self-signed, and for another name',
      'self-signed, for another name',
      'server_certificate_untrusted',
      /^“localhost” is self-signed, and it is not in the CA bundle; the certificate is for mesh\.example, not for localhost$/,
    ],
    ['The server’s certificate is from a CA outside the bundle', 'of an unknown CA', 'server_certificate_untrusted'],
    [
      'The server’s certificate is from a CA outside the bundle, and has expired',
      'of an unknown CA, expired',
      'server_certificate_untrusted',
      /^“localhost” was issued by “Stranger Root”, which is not an NHS CA and is not in the CA bundle; “localhost” also expired on 2021-01-01$/,
      'server_certificate_expires_soon',
    ],
    [
      'The server’s certificate is from a CA outside the bundle, and is not valid yet',
      'of an unknown CA, not yet valid',
      'server_certificate_untrusted',
      /^“localhost” was issued by “Stranger Root”, .*; “localhost” is also not valid before 2039-01-01$/,
    ],
    [
      'The server’s certificate is from a CA outside the bundle, and not for servers',
      'of an unknown CA, for another purpose',
      'server_certificate_untrusted',
      /^“localhost” was issued by “Stranger Root”, which is not an NHS CA/,
    ],
    ['The server’s certificate is for another name', 'for another name', 'server_certificate_name_mismatch'],
    [
      'The server’s certificate has no SAN, and a CN for another name',
      'without a SAN, CN for another name',
      'server_certificate_name_mismatch',
    ],
    ['None: the server’s certificate has no SAN, and the right CN (HSCN)', 'without a SAN, CN right', 'success'],
    ['None: the server leaves out its intermediate, and the bundle has it', 'without its intermediate', 'success'],
  ] as readonly (readonly [string, ServerCertificate, Scenario['reason'], RegExp?, FindingCode?])[]
).map(([fault, is, reason, detail, finding]) => ({
  fault,
  reason,
  server: { kind: 'certificate', is },
  versions: both,
  ...(detail && { detail }),
  ...(finding && { finding }),
}));

const clientCertificates: Scenario[] = (
  [
    [
      'The server demands a client certificate and we have none',
      'any certificate',
      'none',
      'client_certificate_required',
    ],
    [
      'The server does not know the CA of our certificate (alert unknown_ca)',
      'trusted certificate',
      'foreign',
      'client_certificate_rejected',
    ],
    [
      'Our certificate has expired (alert certificate_expired)',
      'trusted certificate',
      'expired',
      'client_certificate_expired',
    ],
    [
      'Our certificate is not valid yet (alert bad_certificate)',
      'trusted certificate',
      'future',
      'client_certificate_rejected',
    ],
    [
      'Our certificate is not for clients (alert unsupported_certificate)',
      'trusted certificate',
      'purpose',
      'client_certificate_rejected',
    ],
    [
      'Our certificate is revoked (alert certificate_revoked)',
      'unrevoked certificate',
      'revoked',
      'client_certificate_revoked',
    ],
  ] as const
).map(([fault, demands, presents, reason]) => ({
  fault,
  presents,
  reason,
  server: { kind: 'openssl', demands },
  versions: both,
}));

const accepted: Scenario = {
  fault: 'Our certificate is accepted, but a web page answers',
  server: { kind: 'openssl', demands: 'trusted certificate' },
  versions: both,
  presents: 'deployed',
  probe: 'ping',
  reason: 'unexpected_response',
  httpStatus: 200,
};

const cut: Scenario = {
  fault: 'The server closes the connection instead of saying that it refuses our certificate (as servers on Node do)',
  server: { kind: 'http', does: { status: 200 } },
  versions: both,
  presents: 'foreign',
  reason: 'connection_reset',
};

const statuses: readonly (readonly [number, HandshakeReason])[] = [
  [400, 'bad_request'],
  [403, 'authentication_failed'],
  [404, 'mailbox_unknown'],
  [425, 'rate_limited'],
  [429, 'rate_limited'],
  [500, 'server_error'],
  [503, 'server_error'],
  [599, 'server_error'],
  [401, 'unexpected_response'],
  [204, 'unexpected_response'],
];

const answers: Scenario[] = [
  ...statuses.map(
    ([status, reason]): Scenario => ({
      fault: `MESH answers ${status}`,
      server: { kind: 'http', does: { status, body: status === 204 ? '' : '{"detail":[{"msg":"no"}]}' } },
      versions: both,
      reason,
      httpStatus: status,
    }),
  ),
  {
    fault: 'A redirect (302)',
    server: {
      kind: 'http',
      does: { status: 302, headers: { Location: 'https://user@login.example:8443/in?token=hunter2#hunter2' } },
    },
    versions: both,
    reason: 'unexpected_response',
    httpStatus: 302,
    detail: /^HTTP 302, a redirect to login\.example:8443$/,
  },
  {
    fault: 'A redirect on the same host (307)',
    server: { kind: 'http', does: { status: 307, headers: { Location: '/login?token=hunter2' } } },
    versions: both,
    reason: 'unexpected_response',
    httpStatus: 307,
    detail: /^HTTP 307$/,
  },
  {
    fault: 'A portal that intercepts (511)',
    server: { kind: 'http', does: { status: 511 } },
    versions: both,
    reason: 'server_error',
    httpStatus: 511,
    detail: /^HTTP 511: something in front of MESH wants somebody to sign in to the network$/,
    remedy: /^Ask the network team/,
  },
  {
    fault: 'MESH’s own error, with a code',
    server: {
      kind: 'http',
      does: { status: 404, body: '{"errorCode":"EPL-151","errorDescription":"No mailbox matched"}' },
    },
    versions: both,
    reason: 'mailbox_unknown',
    httpStatus: 404,
    detail: /^HTTP 404: EPL-151: No mailbox matched$/,
  },
  {
    fault: 'A login page with 200',
    server: { kind: 'http', does: { status: 200, headers: { 'Content-Type': 'text/html' }, body: loginPage } },
    versions: both,
    reason: 'unexpected_response',
    httpStatus: 200,
    detail: /HTTP 200 with a body that is not MESH’s: Sign in Sign in to the network$/,
  },
  {
    fault: 'A 200 that names another mailbox',
    server: { kind: 'http', does: { status: 200, body: '{"mailboxId":"X26OTHER"}' } },
    versions: both,
    reason: 'unexpected_response',
    httpStatus: 200,
  },
  {
    fault: 'None: an empty 200 (API v2)',
    server: { kind: 'http', does: { status: 200 } },
    versions: both,
    reason: 'success',
    httpStatus: 200,
  },
  {
    fault: 'None: a 200 that names our mailbox (API v1)',
    server: { kind: 'http', does: { status: 200, body: '{"mailboxId":"X26ABC1"}' } },
    versions: both,
    reason: 'success',
    httpStatus: 200,
  },
  {
    fault: 'None: a `Date` 3 hours off',
    server: { kind: 'http', does: 'Date 3 hours off' },
    versions: both,
    reason: 'success',
    httpStatus: 200,
    finding: 'clock_skew',
  },
  {
    fault: 'An endless body with 200',
    server: { kind: 'http', does: 'endless body' },
    versions: both,
    reason: 'unexpected_response',
    httpStatus: 200,
    detail: /does not end/,
  },
  {
    fault: 'An endless body with 403',
    server: { kind: 'http', does: 'endless 403' },
    versions: both,
    reason: 'unexpected_response',
    httpStatus: 403,
  },
  {
    fault: 'An endless header',
    server: { kind: 'http', does: 'huge header' },
    versions: both,
    reason: 'unexpected_response',
    detail: /the headers of the answer are longer than 16 kB \(HPE_HEADER_OVERFLOW\)/,
  },
  {
    fault: 'A 200 that continues beyond its length',
    server: { kind: 'http', does: 'bytes beyond the length' },
    versions: both,
    reason: 'unexpected_response',
    httpStatus: 200,
    detail: /^HTTP 200: the answer continues beyond the length that it stated/,
  },
  {
    fault: 'Header lines that end with LF alone',
    server: { kind: 'http', does: 'bare LF' },
    versions: both,
    reason: 'unexpected_response',
    detail: /^the answer ends its header lines with LF alone/,
  },
  {
    fault: 'None: a 200 in gzip that names our mailbox',
    server: { kind: 'http', does: 'gzip' },
    versions: both,
    reason: 'success',
    httpStatus: 200,
  },
  {
    fault: 'A 200 in gzip that unpacks to more than we read',
    server: { kind: 'http', does: 'gzip without end' },
    versions: both,
    reason: 'unexpected_response',
    httpStatus: 200,
    detail: /^HTTP 200 with a body that does not end/,
  },
  {
    fault: 'A 200 that claims to be gzip and is not',
    server: { kind: 'http', does: 'not gzip' },
    versions: both,
    reason: 'unexpected_response',
    httpStatus: 200,
    detail: /^HTTP 200 with a body that claims to be gzip and is not/,
  },
  {
    fault: 'MESH’s own refusal, which something on the way has compressed with Brotli',
    server: {
      kind: 'http',
      does: { status: 403, headers: { 'Content-Encoding': 'br' }, body: brotliCompressSync(invalidToken) },
    },
    versions: both,
    reason: 'authentication_failed',
    httpStatus: 403,
    detail: /^HTTP 403: Invalid Authentication Token$/,
  },
  {
    fault: 'A 403 whose body is in an encoding that nobody asked for',
    server: { kind: 'http', does: { status: 403, headers: { 'Content-Encoding': 'zstd' }, body: 'not for us' } },
    versions: both,
    reason: 'authentication_failed',
    httpStatus: 403,
    detail: /^HTTP 403, with a body in an encoding that we did not ask for \(zstd\)$/,
  },
  {
    fault: 'Something other than HTTP inside TLS',
    server: { kind: 'http', does: 'not HTTP' },
    versions: both,
    reason: 'unexpected_response',
  },
  {
    fault: 'A 200 that claims to be chunked and is not',
    server: { kind: 'http', does: 'broken chunks' },
    versions: both,
    reason: 'unexpected_response',
    httpStatus: 200,
    detail: /HPE_INVALID_CHUNK_SIZE/,
  },
  {
    fault: 'An unsolicited 101',
    server: { kind: 'http', does: 'switching protocols' },
    versions: both,
    reason: 'unexpected_response',
    httpStatus: 101,
  },
  {
    fault: 'No answer to the request',
    server: { kind: 'http', does: 'hang' },
    versions: both,
    reason: 'http_timeout',
    hangs: 'request',
    httpStatus: 0,
  },
  {
    fault: 'A 200 whose body never comes',
    server: { kind: 'http', does: 'hang in body' },
    versions: both,
    reason: 'http_timeout',
    hangs: 'request',
    httpStatus: 200,
  },
  {
    fault: 'The connection is reset after the request',
    server: { kind: 'http', does: 'reset' },
    versions: both,
    reason: 'connection_reset',
    httpStatus: 0,
    detail: /in phase request/,
  },
  {
    fault: 'The connection is closed after the request',
    server: { kind: 'http', does: 'close' },
    versions: both,
    reason: 'connection_reset',
    httpStatus: 0,
    detail: /in phase request/,
  },
  {
    fault: 'The connection is reset in the middle of a 200',
    server: { kind: 'http', does: 'reset in body' },
    versions: both,
    reason: 'connection_reset',
    httpStatus: 200,
  },
];

const pings: Scenario[] = [
  {
    fault: 'None: a ping that says MESH is running',
    server: { kind: 'http', does: { status: 200, body: '{"status":"running"}' } },
    versions: both,
    probe: 'ping',
    reason: 'success',
    httpStatus: 200,
  },
  {
    fault: 'A ping that says something else',
    server: { kind: 'http', does: { status: 200, body: '{"status":"stopping"}' } },
    versions: both,
    probe: 'ping',
    reason: 'unexpected_response',
    httpStatus: 200,
  },
  {
    fault: 'A ping with an empty answer',
    server: { kind: 'http', does: { status: 200 } },
    versions: both,
    probe: 'ping',
    reason: 'unexpected_response',
    httpStatus: 200,
  },
  {
    fault: 'A ping to a server that does not support it (404)',
    server: { kind: 'http', does: { status: 404 } },
    versions: both,
    probe: 'ping',
    reason: 'unexpected_response',
    httpStatus: 404,
  },
];

export const scenarios: readonly Scenario[] = [
  ...network,
  ...beforeTls,
  ...serverCertificates,
  ...clientCertificates,
  accepted,
  cut,
  ...answers,
  ...pings,
];
