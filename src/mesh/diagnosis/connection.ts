/** A connection that was closed, or on which the other end stays silent. */
import type { PhaseTimeoutError } from '../deadline.ts';
import { type Circumstances, type Failure, withPort } from './circumstances.ts';
import { reasonCatalogue } from './reasons.ts';
import { whatOurDatesExplain } from './refusal.ts';
import { theProxy } from './words.ts';

const largeHello =
  'Set `mesh.tls_groups: [X25519, P-256]` and try again: some devices drop the large first TLS message that carries a post-quantum key share. If that helps, ask the network team which device on the path does this';

export function ofCut(code: string, circumstances: Circumstances): Failure {
  const { phase, negotiated } = circumstances;
  const detail = `${end(circumstances)} closed the connection in phase ${phase}, ${reached(circumstances)} (${code})`;
  if (phase === 'tls' && !negotiated) {
    return {
      reason: 'connection_reset',
      detail,
      remedy: beyondProxy(circumstances) ?? `${largeHello}; if not, ask them what ends this connection.`,
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
      remedy: beyondProxy(circumstances) ?? `${largeHello}; if not, ask them to check the path MTU and TLS inspection.`,
    };
  return {
    reason: 'tls_timeout',
    detail,
    remedy:
      'Ask the network team to check the path MTU: our certificates are the first large message that we send, and full-size packets may be lost on the way.',
  };
}

/** Some proxies open the tunnel first and look for the server afterwards. */
function beyondProxy({ host, port, proxy }: Circumstances): string | undefined {
  return (
    proxy &&
    `Ask whoever runs the proxy whether it reaches ${withPort(host, port)}. If it does, set \`mesh.tls_groups: [X25519, P-256]\` and try again: some devices drop the large first TLS message that carries a post-quantum key share.`
  );
}

/** The other end: an address and its family, because only one family may be broken; or a proxy, beyond which we cannot see. */
export function end({ host, port, peer, proxy }: Circumstances): string {
  if (proxy) return `${withPort(host, port)}, through ${theProxy(proxy)},`;
  if (!peer) return withPort(host, port);
  return `${withPort(peer.address, peer.port)} (IPv${peer.family})`;
}

function reached({ phase, negotiated, client }: Circumstances): string {
  if (phase === 'request') return 'after the request was sent';
  if (!negotiated) return 'before the server sent its certificate';
  return client ? 'after the server sent its certificate and we sent ours' : 'after the server sent its certificate';
}

/** Some servers close the connection instead of saying what is wrong with a certificate, so we have to work it out. */
function explained(
  detail: string,
  { client, now, asksForCertificate }: Circumstances,
): Pick<Failure, 'detail' | 'remedy'> {
  if (!client) {
    if (!asksForCertificate) return { detail, remedy: askForLog };
    const { remedy } = reasonCatalogue.client_certificate_required;
    return { detail: `${detail}; it had asked for a client certificate, and this environment has none`, remedy };
  }
  const ours = whatOurDatesExplain(client, now);
  if (!ours) return { detail };
  const { remedy = reasonCatalogue[ours.reason].remedy } = ours;
  return { detail: `${detail}; a likely cause: ${ours.detail}`, remedy };
}

const askForLog = 'Ask whoever runs the server, or the device in front of it, for its log at the time of the attempt.';
