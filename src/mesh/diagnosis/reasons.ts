/** One entry for each reason of the closed list: the CLI, the page, the findings and `docs/handshake.md` read their words from here. */
import type { HandshakeReason } from '../types.ts';

export interface ReasonEntry {
  readonly title: string;
  readonly meaning: string;
  readonly remedy: string;
}

const networkPath =
  'Check the route from this machine: firewall rules, the outbound proxy, HSCN or internet host name, and that the address is a UK one.';

export const reasonCatalogue: Readonly<Record<HandshakeReason, ReasonEntry>> = {
  dns_failure: {
    title: 'The host name does not resolve',
    meaning: 'No address was found for the host in `mesh.url` before the connect deadline.',
    remedy: 'Check the spelling of `mesh.url` and this machine’s resolver. HSCN-only names resolve inside HSCN alone.',
  },
  connection_refused: {
    title: 'The connection was refused',
    meaning: 'The host was reached and nothing listens on the port, or a firewall rejects it.',
    remedy: `Check host and port in \`mesh.url\`. ${networkPath}`,
  },
  connection_timeout: {
    title: 'The connection timed out',
    meaning: 'No address answered before the connect deadline: usually a firewall that drops packets.',
    remedy: networkPath,
  },
  connection_reset: {
    title: 'The connection was cut',
    meaning:
      'The other side, or something between, closed the connection before an answer came. Some servers and load balancers do this instead of saying that they refuse a client certificate.',
    remedy:
      'See in which phase it was cut. In `connect`: look at firewalls. In `tls` or `request`: check that certificate, key and environment belong together, then ask the service desk with the time of the attempt.',
  },
  network_unreachable: {
    title: 'There is no route to the host',
    meaning: 'This machine’s network has no route to any address of the host, or forbids the connection.',
    remedy: networkPath,
  },
  proxy_failure: {
    title: 'The proxy did not open a tunnel',
    meaning:
      'A proxy is configured (`mesh.proxy`, or HTTPS_PROXY) and it could not be reached, refused CONNECT, asked for credentials, or did not answer in time.',
    remedy:
      'Check the proxy’s address and credentials, and that it lets CONNECT through to this host; or list the host in NO_PROXY.',
  },
  tls_timeout: {
    title: 'The TLS handshake timed out',
    meaning: 'The connection opened, but the TLS handshake did not finish before its deadline.',
    remedy: 'Look for a middlebox that inspects TLS, or a path that drops large packets (MTU). Then try again later.',
  },
  tls_protocol_mismatch: {
    title: 'The two sides do not speak the same TLS',
    meaning:
      'The server does not speak TLS on that port, speaks a version below TLS 1.2, or shares no cipher or protocol with us.',
    remedy: 'Check scheme, host and port in `mesh.url`; a port that speaks plain HTTP is the usual cause.',
  },
  server_certificate_expired: {
    title: 'The server’s certificate has expired',
    meaning: 'A certificate that the server presented is past its notAfter, judged by this machine’s clock.',
    remedy: 'Check this machine’s clock. If it is right, report it to the service desk of that environment.',
  },
  server_certificate_untrusted: {
    title: 'The server’s certificate is not trusted',
    meaning:
      'The chain that the server presented does not lead to a root of the CA bundle. Nothing secret was sent to this server.',
    remedy:
      'Usually the CA bundle is from before a change of CA generation: `mesh-cert-monitor bundle --environment NAME` prints the current CA certificates of integration, deployment or production. If a proxy inspects TLS, exempt MESH from it. Do not switch verification off.',
  },
  server_certificate_name_mismatch: {
    title: 'The server’s certificate is for another name',
    meaning: 'The chain is trusted, but the certificate does not name the host in `mesh.url` (RFC 6125).',
    remedy: 'Use the host name that the environment is documented under, not an alias or an address.',
  },
  client_certificate_required: {
    title: 'The server wants a client certificate and got none',
    meaning: 'The server asked for a client certificate, and this environment has no `credential` to present.',
    remedy: 'Configure `credential`; only a sandbox does without.',
  },
  client_certificate_expired: {
    title: 'The server says that the client certificate has expired',
    meaning: 'The server ended the handshake with the alert certificate_expired.',
    remedy: 'Renew the certificate, and check that the deployed file is the newest one.',
  },
  client_certificate_revoked: {
    title: 'The server says that the client certificate is revoked',
    meaning: 'The server ended the handshake with the alert certificate_revoked.',
    remedy: 'Ask the service desk why, and request a new certificate with a new key.',
  },
  client_certificate_rejected: {
    title: 'The server refused the client certificate',
    meaning:
      'The server ended the handshake with an alert about our certificate. From MESH’s internet endpoints, `unknown_ca` means “I do not accept this certificate”.',
    remedy:
      'Check that the certificate was issued for this environment (path to live or live), has the common name on record, and is the one that belongs to the key.',
  },
  credential_unusable: {
    title: 'No handshake is possible with these files',
    meaning:
      'Key, certificate, CA bundle, mailbox password or shared key is missing, unreadable, or does not fit. No connection was made.',
    remedy: 'Mend what the detail and the credential’s findings name.',
  },
  http_timeout: {
    title: 'MESH did not answer in time',
    meaning: 'TLS stood, the request was sent, and no complete answer came before the request deadline.',
    remedy: 'Try again later; if it stays, look at the path MTU and ask the service desk.',
  },
  bad_request: {
    title: 'MESH finds the request malformed',
    meaning:
      'The answer was 400. HSCN endpoints, and web servers that check client certificates after TLS, also answer 400 when they refuse the client certificate.',
    remedy:
      'Treat it as a refused client certificate first: check that it belongs to this environment. Then report the detail as a fault of this program.',
  },
  authentication_failed: {
    title: 'MESH refuses the authorization',
    meaning:
      'The answer was 403. TLS and the client certificate are accepted; the authorization is not: wrong password, shared key or mailbox, a disabled mailbox, or a clock that is too far off.',
    remedy:
      'Check mailbox ID, password and shared key of this environment and the clock of this machine. Calls must come from a UK address.',
  },
  mailbox_unknown: {
    title: 'MESH does not know the mailbox',
    meaning: 'The answer was 404. The server does not know this mailbox, or the URL is not a MESH endpoint.',
    remedy: 'Check `mesh.mailbox_id` and `mesh.url`: a mailbox exists in one environment only.',
  },
  rate_limited: {
    title: 'MESH asks us to slow down',
    meaning: 'The answer was 425 or 429.',
    remedy: 'Handshake less often: hourly is the most that NHS England’s own client advises.',
  },
  server_error: {
    title: 'MESH has a fault',
    meaning: 'The answer was a 5xx.',
    remedy: 'Look at the NHS England service status, and ask the service desk if it stays.',
  },
  unexpected_response: {
    title: 'The answer is not MESH’s',
    meaning:
      'Something answered, but not as MESH does: a redirect, a login page, a 200 with another body, an endless body, or no HTTP at all.',
    remedy: 'Check `mesh.url`, and look for a proxy, portal or load balancer that answers in MESH’s place.',
  },
};
