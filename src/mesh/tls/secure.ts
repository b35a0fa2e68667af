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
import { untilAborted } from '../deadline.ts';
import type { Sockets } from '../network/sockets.ts';

/** What the server showed of itself, kept also when the handshake fails after it. */
export interface ServerSide {
  protocol?: string;
  cipher?: string;
  leaf?: PeerCertificate;
  /** In DER, the server's own first; what it left out is completed from what we trust. */
  certificates: readonly Buffer[];
  /** Whether it asked for a client certificate. Unknown until the handshake is done on our side. */
  asksForCertificate?: boolean;
}

/**
 * Mutual TLS on a connected socket. OpenSSL's verdict on the server does not end the handshake, so that its certificates are known too when
 * they are bad: nothing may be sent before {@link judgeServer} has spoken. The promise says that the handshake is done on our side; under
 * TLS 1.3 the server has not judged our certificate by then. The TLS socket is put into `sockets` at once.
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
      // Node has read the chain to ask this, which is dear: it is taken from here where OpenSSL is content with it.
      checkServerIdentity: (_host: string, leaf: PeerCertificate) => {
        keep(leaf as DetailedPeerCertificate, seen);
        return undefined;
      },
      // RFC 6066 §3: server_name carries no literal addresses.
      ...(isIP(host) ? {} : { servername: host }),
      ALPNProtocols: ['http/1.1'],
    };
    const tls = sockets.add(connect(options));
    // Under TLS 1.2 a refusal of our certificate comes before the handshake is done, and takes everything with it. Keys exist from when the
    // server has sent its certificate and its request: this is the moment to look. The line itself, which is secret, is not looked at.
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

/** The other side closed without a word. */
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
  seen.certificates = chainFrom(leaf);
}

/**
 * OpenSSL has signature algorithms in common with a server only once that has named its own, which it does in a CertificateRequest and nowhere
 * else (RFC 8446 §4.3.2, RFC 5246 §7.4.4). A TLS 1.2 server may ask later, by renegotiating: look again when the answer is there.
 */
export function noteRequest(tls: TLSSocket, seen: ServerSide): void {
  // Null once the connection is gone, though its type does not say so.
  const shared = tls.getSharedSigalgs() as string[] | null;
  if (shared) seen.asksForCertificate = shared.length > 0;
}

/** Node completes the presented chain from our bundle and does not tell which is which. */
function chainFrom(leaf: DetailedPeerCertificate): Buffer[] {
  const chain = [leaf.raw];
  for (let each = leaf; ; each = each.issuerCertificate) {
    const next = each.issuerCertificate?.raw;
    if (!next || next.equals(each.raw)) return chain;
    chain.push(next);
  }
}

/** OpenSSL's verdict on the chain, then Node's on the name (RFC 6125; the common name counts where there is no SAN at all): a code of theirs. */
export function judgeServer(tls: TLSSocket, host: string, { leaf }: ServerSide): string | undefined {
  if (!leaf) return 'NO_CERTIFICATE';
  if (tls.authorizationError) return String(tls.authorizationError);
  return checkServerIdentity(host, leaf) && 'ERR_TLS_CERT_ALTNAME_INVALID';
}
