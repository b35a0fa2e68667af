/** A connection that was cut, or on which nobody says anything more. */
import type { PhaseTimeoutError } from '../deadline.ts';
import { type Circumstances, type Failure, withPort } from './circumstances.ts';
import { reasonCatalogue } from './reasons.ts';
import { whatOurDatesExplain } from './refusal.ts';

const largeHello =
  'Set `mesh.tls_groups: [X25519, P-256]` and try again: some boxes drop the large first TLS message that carries a post-quantum key share. If that helps, tell the network team which box it is';

export function ofCut(code: string, circumstances: Circumstances): Failure {
  const { phase, negotiated } = circumstances;
  const detail = `${end(circumstances)} cut the connection in phase ${phase}, ${reached(circumstances)} (${code})`;
  if (phase === 'tls' && !negotiated) {
    return {
      reason: 'connection_reset',
      detail,
      remedy: `${largeHello}; if not, ask them what ends this connection.`,
    };
  }
  return { reason: 'connection_reset', ...explained(detail, circumstances) };
}

export function ofSilence(timeout: PhaseTimeoutError, circumstances: Circumstances): Failure {
  const { phase, limitMs } = timeout;
  const detail = `no answer from ${end(circumstances)} within ${limitMs} ms, ${reached(circumstances)}`;
  if (phase === 'request') return { reason: 'http_timeout', detail };
  if (!circumstances.negotiated)
    return {
      reason: 'tls_timeout',
      detail,
      remedy: `${largeHello}; if not, ask them about the path MTU and TLS inspection.`,
    };
  return {
    reason: 'tls_timeout',
    detail,
    remedy:
      'Ask the network team about the path MTU: our certificates are the first large thing that we send, and packets of full size do not arrive everywhere.',
  };
}

/** Who is at the other end: an address and its family, for only one of two may be broken; or a proxy, behind which we do not see. */
function end({ host, port, peer, proxy }: Circumstances): string {
  if (proxy)
    return `${withPort(host, port)}, through the proxy ${withPort(proxy.host, proxy.port)} from ${proxy.source},`;
  if (!peer) return withPort(host, port);
  return `${withPort(peer.address, peer.port)} (IPv${peer.family})`;
}

function reached({ phase, negotiated, client }: Circumstances): string {
  if (phase === 'request') return 'after the request was sent';
  if (!negotiated) return 'before the server had said anything';
  return client
    ? 'after the server had shown its certificate and got ours'
    : 'after the server had shown its certificate';
}

/** Some servers cut instead of saying what is wrong with a certificate, and then it is for us to know. */
function explained(
  detail: string,
  { client, now, asksForCertificate }: Circumstances,
): Pick<Failure, 'detail' | 'remedy'> {
  if (!client) {
    if (!asksForCertificate) return { detail, remedy: askForLog };
    const { remedy } = reasonCatalogue.client_certificate_required;
    return { detail: `${detail}; it had asked for a client certificate, and this environment presents none`, remedy };
  }
  const ours = whatOurDatesExplain(client, now);
  if (!ours) return { detail };
  const { remedy = reasonCatalogue[ours.reason].remedy } = ours;
  return { detail: `${detail}; what would explain it: ${ours.detail}`, remedy };
}

const askForLog = 'Ask whoever runs the server, or the box between, for its log at the time of the attempt.';
