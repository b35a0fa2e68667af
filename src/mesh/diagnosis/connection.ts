/** A connection that was cut, or on which nobody says anything more. */
import type { PhaseTimeoutError } from '../deadline.ts';
import { type Circumstances, type Failure, withPort } from './circumstances.ts';
import { standingOf } from './client.ts';
import { day } from './words.ts';

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
  return { reason: 'connection_reset', detail: `${detail}${ownDates(circumstances)}` };
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

/** Some servers cut instead of saying what is wrong with a certificate. */
function ownDates({ client, now }: Circumstances): string {
  const standing = client && standingOf(client, now);
  if (!client || !standing || standing.is === 'valid') return '';
  if (standing.is === 'expired')
    return `; our certificate expired on ${day(client.certificate.notAfter)}, which would explain it`;
  if (standing.is === 'not yet valid')
    return `; our certificate is not valid before ${day(client.certificate.notBefore)}, which would explain it`;
  return '';
}
