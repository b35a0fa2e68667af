import { isIP, type Socket } from 'node:net';
import {
  checkServerIdentity,
  connect,
  type DetailedPeerCertificate,
  type PeerCertificate,
  type SecureContext,
  type TLSSocket,
} from 'node:tls';
import { MonitorError } from '../../errors/index.ts';
import type { SafeText } from '../../text/index.ts';
import { untilAborted } from '../deadline.ts';
import type { Sockets } from '../network/sockets.ts';
import { excessOf, overLimit } from './server-limits.ts';

/** What the server showed of itself, kept even if the handshake fails later. */
export interface ServerSide {
  protocol?: string;
  cipher?: string;
  leaf?: PeerCertificate;
  /** In DER, the server's own first. What it left out is added from the certificates that we trust. */
  certificates: readonly Buffer[];
  /** If they are too many or too large: in which way. Then `certificates` is empty, because nothing may look at them. */
  excess?: SafeText;
  /** Whether it asked for a client certificate. Unknown until the handshake is complete on our side. */
  asksForCertificate?: boolean;
}

/**
 * Mutual TLS on a connected socket. OpenSSL's verdict on the server does not end the handshake, so that bad certificates can be reported too:
 * nothing may be sent before {@link judgeServer} has been called. The promise resolves when the handshake is complete on our side; under TLS 1.3
 * the server has not yet checked our certificate. The TLS socket is put into `sockets` at once.
 */
export function secure(
  socket: Socket,
  host: string,
  context: SecureContext,
  seen: ServerSide,
  signal: AbortSignal,
  sockets: Sockets,
): Promise<TLSSocket> {
  return untilAborted(signal, (settle) => {
    const options = {
      socket,
      secureContext: context,
      rejectUnauthorized: false,
      // Node has already read the chain to call this, which is expensive, so it is taken from here if OpenSSL accepts it.
      checkServerIdentity: (_host: string, leaf: PeerCertificate) => {
        keep(leaf as DetailedPeerCertificate, seen);
        return undefined;
      },
      // RFC 6066 §3: server_name carries no literal addresses.
      ...(isIP(host) ? {} : { servername: host }),
      ALPNProtocols: ['http/1.1'],
    };
    const tls = sockets.add(connect(options));
    // Under TLS 1.2 a refusal of our certificate comes before the handshake is complete, and nothing can be read afterwards. Keys exist once the
    // server has sent its certificate and its request, so everything is read at that point. The key log line itself is secret and is ignored.
    tls.on('keylog', () => {
      if (tls.getProtocol() === 'TLSv1.3') return;
      observe(tls, seen);
      if (tls.getSharedSigalgs()?.length > 0) seen.asksForCertificate = true;
    });
    const closed = () => settle.reject(new ConnectionClosedError('the connection was closed'));
    tls.once('close', closed);
    tls.once('secureConnect', () => {
      tls.off('close', closed);
      observe(tls, seen);
      noteRequest(tls, seen);
      settle.resolve(tls);
    });
    tls.on('error', settle.reject);
    return undefined;
  });
}

/** The other side closed the connection without an alert. */
export class ConnectionClosedError extends MonitorError {
  override readonly code = 'ERR_CONNECTION_CLOSED';
}

function observe(tls: TLSSocket, seen: ServerSide): void {
  seen.protocol = tls.getProtocol() ?? undefined;
  seen.cipher = tls.getCipher()?.name;
  if (seen.leaf) return;
  // Not getPeerX509Certificate(): see presented.ts.
  keep(tls.getPeerCertificate(true), seen);
}

function keep(leaf: DetailedPeerCertificate | undefined, seen: ServerSide): void {
  if (!leaf?.raw) return;
  seen.leaf = leaf;
  const certificates = chainFrom(leaf);
  seen.excess = excessOf(certificates);
  seen.certificates = seen.excess === undefined ? certificates : [];
}

/**
 * OpenSSL has shared signature algorithms only once the server has named its own, which it does only in a CertificateRequest
 * (RFC 8446 §4.3.2, RFC 5246 §7.4.4). A TLS 1.2 server may ask later, by renegotiating, so this is called again when the answer arrives.
 */
export function noteRequest(tls: TLSSocket, seen: ServerSide): void {
  // Null once the connection is gone, although its type does not say so.
  const shared = tls.getSharedSigalgs() as string[] | null;
  if (shared) seen.asksForCertificate = shared.length > 0;
}

/** Node completes the presented chain from our bundle and does not say which is which. */
function chainFrom(leaf: DetailedPeerCertificate): Buffer[] {
  const chain = [leaf.raw];
  for (let each = leaf; ; each = each.issuerCertificate) {
    const next = each.issuerCertificate?.raw;
    if (!next || next.equals(each.raw)) return chain;
    chain.push(next);
  }
}

/** The code of OpenSSL's verdict on the chain, or of Node's on the name (RFC 6125; the common name counts only if there is no SAN at all). */
export function judgeServer(tls: TLSSocket, host: string, server: ServerSide): string | undefined {
  const { leaf, excess } = server;
  if (!leaf) return 'NO_CERTIFICATE';
  if (excess !== undefined) return overLimit;
  if (tls.authorizationError) return String(tls.authorizationError);
  return isForAnotherName(host, server) ? 'ERR_TLS_CERT_ALTNAME_INVALID' : undefined;
}

/** Unknown, and so no, if nothing may look at it. */
export const isForAnotherName = (host: string, { excess, leaf }: ServerSide): boolean =>
  excess === undefined && leaf !== undefined && checkServerIdentity(host, leaf) !== undefined;
