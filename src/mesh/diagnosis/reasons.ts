/** One entry for each reason in the closed list: the CLI, the page, the findings and `docs/handshake.md` take their words from here. */
import type { HandshakeReason } from '../types.ts';

export interface ReasonEntry {
  readonly title: string;
  readonly meaning: string;
  readonly remedy: string;
}

const networkPath =
  'Check the route from this machine to that address: firewall rules, the outbound proxy, and whether the host name belongs to HSCN or the internet. Calls must come from a UK address.';

export const reasonCatalogue: Readonly<Record<HandshakeReason, ReasonEntry>> = {
  dns_failure: {
    title: 'The host name does not resolve',
    meaning: 'No address was found for the host in `mesh.url` before the connect deadline.',
    remedy:
      'Check the spelling of `mesh.url`. HSCN names resolve only inside HSCN: outside it, use the internet name of the environment.',
  },
  connection_refused: {
    title: 'The connection was refused',
    meaning: 'The host was reached, but nothing is listening on the port, or a firewall rejected the connection.',
    remedy: `Check the host and port in \`mesh.url\`. ${networkPath}`,
  },
  connection_timeout: {
    title: 'The connection timed out',
    meaning: 'No address answered before the connect deadline. Usually a firewall is dropping the packets.',
    remedy: networkPath,
  },
  connection_reset: {
    title: 'The connection was closed unexpectedly',
    meaning:
      'The server, or a device on the path, closed the connection before it answered. Some servers and load balancers do this instead of saying that they refuse a client certificate. The detail says in which phase it happened.',
    remedy:
      'Check that the client certificate, its key and the environment belong together. If they do, report the time of the attempt to the service desk.',
  },
  network_unreachable: {
    title: 'There is no route to the host',
    meaning: 'This machine has no route to any address of the host, or a rule on this machine forbids the connection.',
    remedy: networkPath,
  },
  proxy_failure: {
    title: 'The proxy did not open a tunnel',
    meaning:
      'A proxy is configured (`mesh.proxy`, HTTPS_PROXY or ALL_PROXY). It could not be reached, refused CONNECT, asked for credentials, could not reach MESH itself, or did not answer in time. The detail says which, and where the proxy is configured.',
    remedy: 'Check the proxy’s address and credentials, and that it allows CONNECT to this host.',
  },
  tls_timeout: {
    title: 'The TLS handshake timed out',
    meaning: 'The connection opened, but the TLS handshake did not finish before its deadline.',
    remedy: 'Ask the network team whether a device on the path inspects TLS or drops large packets (MTU).',
  },
  tls_protocol_mismatch: {
    title: 'TLS could not be negotiated',
    meaning:
      'Whatever answered does not speak TLS on that port, supports nothing later than TLS 1.1, has no cipher suite in common with us, or ended the handshake for a reason other than a certificate.',
    remedy:
      'Report the time of the attempt and the detail to the service desk. A device on the path may be inspecting TLS.',
  },
  server_certificate_expired: {
    title: 'The server’s certificate has expired',
    meaning: 'A certificate in the server’s chain is past its notAfter date, by this machine’s clock.',
    remedy: 'Check this machine’s clock. If it is right, report the expiry to the service desk of that environment.',
  },
  server_certificate_untrusted: {
    title: 'The server’s certificate is not trusted',
    meaning:
      'The chain that the server presented does not lead to a root in the CA bundle, or is not accepted for the reason in the detail. Nothing secret was sent to this server.',
    remedy:
      'Compare the issuer in the detail with the CA bundle. After a change of CA generation the bundle needs the new CA certificates: `mesh-cert-monitor bundle --environment NAME` prints those of integration, deployment or production. An issuer outside the NHS usually means that a device on the path inspects TLS. Do not switch verification off.',
  },
  server_certificate_name_mismatch: {
    title: 'The server’s certificate is for another name',
    meaning: 'The chain is trusted, but the certificate does not name the host in `mesh.url` (RFC 6125).',
    remedy: 'Use the host name under which the environment is documented, not an alias or an IP address.',
  },
  client_certificate_required: {
    title: 'The server received no client certificate',
    meaning:
      'The server requires a client certificate. Either this environment has no `credential`, or the certificate did not reach the server.',
    remedy: 'Configure `credential`: only a sandbox works without one.',
  },
  client_certificate_expired: {
    title: 'The client certificate has expired',
    meaning: 'The server refused the client certificate, which is past its notAfter date by our own reading of it.',
    remedy: 'Renew the certificate, and check that the newest one is deployed.',
  },
  client_certificate_revoked: {
    title: 'The client certificate is revoked',
    meaning: 'The server ended the handshake with the alert certificate_revoked.',
    remedy: 'Ask the service desk why it was revoked, and request a new certificate with a new key.',
  },
  client_certificate_rejected: {
    title: 'The server refused the client certificate',
    meaning:
      'The server refused our certificate for a reason other than expiry. From MESH’s internet endpoints the alert `unknown_ca` means “I do not accept this certificate”.',
    remedy:
      'Check that the certificate was issued for this environment (Path to Live or live), then that it has the common name on record.',
  },
  credential_unusable: {
    title: 'No handshake is possible with these files',
    meaning:
      'The key, certificate, CA bundle, mailbox password or shared key is missing or unreadable, or they do not fit together. No connection was made.',
    remedy: 'Correct what the detail names. The findings about the credential say more.',
  },
  http_timeout: {
    title: 'MESH did not answer in time',
    meaning:
      'The TLS connection was established and the request was sent, but no complete answer came before the request deadline.',
    remedy: 'Try again later. If it persists, report the time of the attempt to the service desk.',
  },
  bad_request: {
    title: 'The answer was 400 Bad Request',
    meaning:
      'MESH answers 400 to a request that lacks a header. HSCN endpoints, and web servers that check client certificates after the TLS handshake, also answer 400 when they refuse the client certificate.',
    remedy:
      'Treat it first as a refused client certificate: check that the certificate belongs to this environment and is in date.',
  },
  authentication_failed: {
    title: 'MESH refused the authorization',
    meaning:
      'MESH itself answered 403: it accepted the client certificate but not the authorization. The password, shared key or mailbox ID is wrong, the mailbox is disabled, or this machine’s clock is too far out.',
    remedy: 'Check the mailbox ID, password and shared key of this environment, then this machine’s clock.',
  },
  mailbox_unknown: {
    title: 'MESH does not recognise the mailbox',
    meaning: 'The answer was 404. The server has no such mailbox, or the URL is not a MESH endpoint.',
    remedy: 'Check `mesh.mailbox_id` and `mesh.url`: a mailbox exists in one environment only.',
  },
  rate_limited: {
    title: 'MESH asked us to slow down',
    meaning: 'The answer was 425 or 429. The service waits for as long as Retry-After asks before its next handshake.',
    remedy:
      'Set `schedule.handshake` to once an hour at most, as NHS England’s own client advises. Monitoring plugins should call `check --service`, because every other `check` makes a handshake.',
  },
  server_error: {
    title: 'MESH, or something in front of it, reported a fault',
    meaning: 'The answer was a 5xx status, from MESH or from the gateway in front of it.',
    remedy: 'Check the NHS England service status page. If the fault persists, contact the service desk.',
  },
  unexpected_response: {
    title: 'The answer is not from MESH',
    meaning:
      'Something answered, but not as MESH does: a redirect, a sign-in page, a 403 from a gateway, a 200 with another body, an endless body, or something other than HTTP.',
    remedy: 'Find out what answered: check `mesh.url`, then look for a proxy, portal or load balancer in MESH’s place.',
  },
};
