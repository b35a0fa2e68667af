/** One entry for each reason of the closed list: the CLI, the page, the findings and `docs/handshake.md` read their words from here. */
import type { HandshakeReason } from '../types.ts';

export interface ReasonEntry {
  readonly title: string;
  readonly meaning: string;
  readonly remedy: string;
}

const networkPath =
  'Check the way from this machine to that address: firewall rules, the outbound proxy, and whether the host name belongs to HSCN or the internet. Calls must come from a UK address.';

export const reasonCatalogue: Readonly<Record<HandshakeReason, ReasonEntry>> = {
  dns_failure: {
    title: 'The host name does not resolve',
    meaning: 'No address was found for the host in `mesh.url` before the connect deadline.',
    remedy:
      'Check the spelling of `mesh.url`. HSCN names resolve only inside HSCN: outside it, use the internet name of the environment.',
  },
  connection_refused: {
    title: 'The connection was refused',
    meaning: 'The host was reached, but nothing listens on the port, or a firewall turns the connection away.',
    remedy: `Check host and port in \`mesh.url\`. ${networkPath}`,
  },
  connection_timeout: {
    title: 'The connection timed out',
    meaning: 'No address answered before the connect deadline. Usually a firewall drops the packets.',
    remedy: networkPath,
  },
  connection_reset: {
    title: 'The connection was cut',
    meaning:
      'The server, or something between, closed the connection before an answer came. Some servers and load balancers do this instead of saying that they refuse a client certificate. The detail says in which phase it was cut.',
    remedy:
      'Check first that the client certificate, its key and the environment belong together. If they do, ask the service desk with the time of the attempt.',
  },
  network_unreachable: {
    title: 'There is no route to the host',
    meaning: 'This machine has no route to any address of the host, or its own rules forbid the connection.',
    remedy: networkPath,
  },
  proxy_failure: {
    title: 'The proxy did not open a tunnel',
    meaning:
      'A proxy is configured (`mesh.proxy`, HTTPS_PROXY or ALL_PROXY). It could not be reached, refused CONNECT, asked for credentials, could not reach MESH itself, or did not answer in time. The detail says which, and where the proxy is configured.',
    remedy: 'Check the address of the proxy and its credentials, and that it allows CONNECT to this host.',
  },
  tls_timeout: {
    title: 'The TLS handshake timed out',
    meaning: 'The connection opened, but the TLS handshake did not finish before its deadline.',
    remedy: 'Ask the network team about a box that inspects TLS, and about a path that drops large packets (MTU).',
  },
  tls_protocol_mismatch: {
    title: 'TLS could not be agreed',
    meaning:
      'What answers does not speak TLS on that port, speaks a version below TLS 1.2, shares no cipher suite with us, or ended the handshake for a reason that is not about a certificate.',
    remedy: 'Tell the service desk the time of the attempt and the detail. Something between may inspect TLS.',
  },
  server_certificate_expired: {
    title: 'The server’s certificate has expired',
    meaning: 'A certificate on the server’s path is past its notAfter, judged by this machine’s clock.',
    remedy: 'Check this machine’s clock. If it is right, report it to the service desk of that environment.',
  },
  server_certificate_untrusted: {
    title: 'The server’s certificate is not trusted',
    meaning:
      'The chain that the server presented does not lead to a root of the CA bundle, or does not hold for the reason in the detail. Nothing secret was sent to this server.',
    remedy:
      'Compare the issuer in the detail with the CA bundle: after a change of CA generation the bundle needs the new CA certificates, and an issuer that is not the NHS’s is a box that inspects TLS. Do not switch verification off.',
  },
  server_certificate_name_mismatch: {
    title: 'The server’s certificate is for another name',
    meaning: 'The chain is trusted, but the certificate does not name the host in `mesh.url` (RFC 6125).',
    remedy: 'Use the host name that the environment is documented under, not an alias or an address.',
  },
  client_certificate_required: {
    title: 'The server got no client certificate',
    meaning:
      'The server wants a client certificate. Either this environment has no `credential`, or the certificate did not reach the server.',
    remedy: 'Configure `credential`: only a sandbox does without one.',
  },
  client_certificate_expired: {
    title: 'The client certificate has expired',
    meaning: 'The server refused the client certificate, which is past its notAfter by our own reading.',
    remedy: 'Renew the certificate, and check that the deployed file is the newest one.',
  },
  client_certificate_revoked: {
    title: 'The client certificate is revoked',
    meaning: 'The server ended the handshake with the alert certificate_revoked.',
    remedy: 'Ask the service desk why, and request a new certificate with a new key.',
  },
  client_certificate_rejected: {
    title: 'The server refused the client certificate',
    meaning:
      'The server refused our certificate for another reason than its end. From MESH’s internet endpoints the alert `unknown_ca` means “I do not accept this certificate”.',
    remedy:
      'Check that the certificate was issued for this environment (Path to Live or live). Then check that it has the common name on record.',
  },
  credential_unusable: {
    title: 'No handshake is possible with these files',
    meaning:
      'Key, certificate, CA bundle, mailbox password or shared key is missing, unreadable, or does not fit. No connection was made.',
    remedy: 'Put right what the detail and the findings of the credential name.',
  },
  http_timeout: {
    title: 'MESH did not answer in time',
    meaning:
      'The TLS connection stood and the request was sent, but no complete answer came before the request deadline.',
    remedy: 'Try again later. If it stays, ask the service desk with the time of the attempt.',
  },
  bad_request: {
    title: 'The answer was 400, bad request',
    meaning:
      'MESH answers 400 to a request that lacks a header. HSCN endpoints, and web servers that check client certificates after TLS, also answer 400 when they refuse the client certificate.',
    remedy:
      'Treat it as a refused client certificate first: check that the certificate belongs to this environment and is in date.',
  },
  authentication_failed: {
    title: 'MESH refuses the authorization',
    meaning:
      'MESH itself answered 403: the client certificate was accepted, the authorization was not. Wrong are the password, the shared key or the mailbox ID; or the mailbox is disabled, or this machine’s clock is too far off.',
    remedy: 'Check mailbox ID, password and shared key of this environment, then the clock of this machine.',
  },
  mailbox_unknown: {
    title: 'MESH does not know the mailbox',
    meaning: 'The answer was 404. The server does not know this mailbox, or the URL is not a MESH endpoint.',
    remedy: 'Check `mesh.mailbox_id` and `mesh.url`: a mailbox exists in one environment only.',
  },
  rate_limited: {
    title: 'MESH asks us to slow down',
    meaning: 'The answer was 425 or 429. The service waits as long as Retry-After asks before its next handshake.',
    remedy: 'Handshake less often: hourly is the most that NHS England’s own client advises.',
  },
  server_error: {
    title: 'MESH has a fault',
    meaning: 'The answer was a 5xx, from MESH or from the gateway in front of it.',
    remedy: 'Look at the NHS England service status. If the fault stays, ask the service desk.',
  },
  unexpected_response: {
    title: 'The answer is not MESH’s',
    meaning:
      'Something answered, but not as MESH does: a redirect, a sign-in page, a gateway’s 403, a 200 with another body, an endless body, or no HTTP at all.',
    remedy: 'Find out who answers: check `mesh.url`, then look for a proxy, portal or load balancer in MESH’s place.',
  },
};
