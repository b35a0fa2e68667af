// docs/handshake.md from the catalogue of reasons and from the scenarios that the tests run.
import { type HandshakeReason, handshakeReasons, reasonCatalogue } from '../../src/mesh/index.ts';
import { type Scenario, scenarios } from '../../test/scenarios/handshakes.ts';

export const pages = () => ({ 'docs/handshake.md': page() });

function page(): string {
  return `<!-- Generated from src/mesh/reasons.ts and test/scenarios/handshakes.ts by \`npm run docs\`. -->

# The MESH handshake

A handshake proves what no look at files can: that MESH accepts this certificate, key, mailbox, password and shared key, now and
from here. It succeeds only with MESH's own answer. Under TLS 1.3 a client believes that TLS stands before the server has judged its
certificate, so a probe that stops there reports success for a certificate that is refused; this one does not stop there.

## What is sent

| \`mesh.probe\` | request | needs | success |
|---|---|---|---|
| \`validate\` (default) | \`POST /messageexchange/MAILBOX\` | password and shared key | 200 with an empty body, or with \`{"mailboxId": …}\` that names the mailbox |
| \`ping\` | \`GET /messageexchange/_ping\` | neither | 200 with JSON whose \`status\` is \`running\` |

\`validate\` is MESH's own handshake. It marks the mailbox as active, so it can hide that the real client is dead; \`ping\` leaves the
mailbox's activity to the client, and proves TLS and the client certificate only.

- Headers: \`mex-ClientVersion\`, \`mex-OSName\`, \`mex-OSVersion\`, \`mex-OSArchitecture\` of this machine, \`Accept:
  application/vnd.mesh.v2+json\`, and \`User-Agent: mesh-cert-monitor/VERSION\`.
- The authorization token is made anew for each probe, with a random nonce: MESH accepts a token once. Password and shared key are
  read when the probe starts and dropped when the token is made. Neither they nor the token appear in any result; if a server quotes the
  token in its answer, it is taken out.
- Nothing is tried twice within a probe, and no redirect is followed.
- TLS 1.2 at the least. The server is verified against the CA bundle of the credential, or against the system's roots where there is no
  \`credential\`; its name by RFC 6125, where the common name counts only if there is no subject alternative name at all (as on HSCN
  hosts). Until the server is verified nothing secret is sent to it.
- \`verify_server: false\` believes whoever answers, and is reported as \`server_not_verified\`.
- The client sends its certificate and whatever follows it in the same file; OpenSSL adds CA certificates from the bundle.

## Time

\`mesh.timeouts\` bounds each phase, and their sum bounds the probe. \`connect\` covers name resolution, the TCP connection and a proxy's
tunnel; \`tls\` the TLS handshake; \`request\` the request and its answer. All addresses of a host are tried, IPv6 and IPv4 in turn, 250 ms
apart (RFC 8305). The clock skew is our clock, when the answer began to arrive, minus the server's \`Date\`, which has whole seconds.

## Proxies

\`mesh.proxy\` wins over the environment, NO_PROXY included. Otherwise \`HTTPS_PROXY\`, then \`ALL_PROXY\`, unless \`NO_PROXY\` names the host: a
name stands for itself and for what is below it, \`*\` for everything, and \`:PORT\` may follow. Lower case wins over upper case, as in curl.
The proxy is an \`http://\` URL, with user and password if it wants them; the tunnel is opened by CONNECT, and TLS runs through it to MESH.

## The server's certificates

They are kept with every result, also of a handshake that failed: the server's own first, then its CA certificates. Node completes the
chain from the CA bundle where the server leaves certificates out. The trust anchor at its end is ours and not counted.

## Reasons

${handshakeReasons.map(section).join('\n')}
## From fault to reason

Each row is a test, once for each TLS version it names. The refusals of a client certificate are OpenSSL's own (\`openssl s_server\`); the
other servers are made to misbehave. Besides, the tests talk to NHS England's MESH sandbox, behind TLS and behind nginx with
\`ssl_verify_client on\`. *None* marks what may look like a fault and is none.

| fault | TLS version | reason |
|---|---|---|
${scenarios.map(row).join('\n')}
`;
}

function section(reason: HandshakeReason): string {
  const { title, meaning, remedy } = reasonCatalogue[reason];
  return `### ${reason}

**${title}.** ${meaning}

*What to do:* ${remedy}
`;
}

function row({ fault, versions, reason, finding }: Scenario): string {
  const tls = versions?.map((each) => each.replace('TLSv', '')).join(', ') ?? 'before TLS';
  const outcome = reason === 'success' ? 'success' : `[\`${reason}\`](#${reason})`;
  return `| ${fault} | ${tls} | ${outcome}${finding ? `, and the finding \`${finding}\`` : ''} |`;
}
