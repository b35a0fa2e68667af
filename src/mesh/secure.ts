import { isIP, type Socket } from 'node:net';
import {
  checkServerIdentity,
  connect,
  type DetailedPeerCertificate,
  type PeerCertificate,
  type SecureContext,
  type TLSSocket,
} from 'node:tls';
import { MonitorError } from '../errors/index.ts';
import { untilAborted } from './deadline.ts';
import type { Sockets } from './sockets.ts';

/** What the server showed of itself, kept also when the handshake fails after it. */
export interface ServerSide {
  protocol?: string;
  cipher?: string;
  leaf?: PeerCertificate;
  /** In DER, the server's own first. */
  certificates: readonly Buffer[];
}

/** Why the server's certificate does not hold: a code of OpenSSL's or Node's. */
export interface ServerVerdict {
  readonly code: string;
  readonly message: string;
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
      checkServerIdentity: () => undefined,
      // RFC 6066 §3: server_name carries no literal addresses.
      ...(isIP(host) ? {} : { servername: host }),
      ALPNProtocols: ['http/1.1'],
    };
    const tls = sockets.add(connect(options));
    // Keys exist from when the server's certificate has arrived, and a refusal of ours comes after that and takes everything with
    // it: this is the moment to look. The line itself, which is secret, is not looked at.
    tls.on('keylog', () => observe(tls, seen));
    tls.once('secureConnect', () => {
      observe(tls, seen);
      settle.resolve(tls);
    });
    tls.on('error', settle.reject);
    tls.once('close', () => settle.reject(new ConnectionClosedError('the connection was closed')));
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
  // Not getPeerX509Certificate(), which empties the session's chain as it reads it, and leaks it (Node 24).
  const leaf = tls.getPeerCertificate(true);
  if (!leaf?.raw) return;
  seen.leaf = leaf;
  seen.certificates = chainFrom(leaf);
}

/**
 * Node completes the presented chain from our bundle and does not tell which is which. The anchor at its end is left out: trust in it is
 * ours, whether or not the server sent it along.
 */
function chainFrom(leaf: DetailedPeerCertificate): Buffer[] {
  const chain = [leaf.raw];
  const selfSigned = ({ raw, issuerCertificate }: DetailedPeerCertificate) =>
    issuerCertificate?.raw.equals(raw) ?? true;
  for (let each = leaf.issuerCertificate; each && !selfSigned(each); each = each.issuerCertificate)
    chain.push(each.raw);
  return chain;
}

/** OpenSSL's verdict on the chain, then Node's on the name (RFC 6125; the common name counts where there is no SAN at all). */
export function judgeServer(tls: TLSSocket, host: string, { leaf }: ServerSide): ServerVerdict | undefined {
  if (!leaf) return { code: 'NO_CERTIFICATE', message: 'the server presented no certificate' };
  const { authorizationError } = tls;
  if (authorizationError) {
    const code = String(authorizationError);
    return {
      code,
      message: `${leaf.subject?.CN ?? 'the server’s certificate'}: ${code.toLowerCase().replaceAll('_', ' ')}`,
    };
  }
  const mismatch = checkServerIdentity(host, leaf);
  return mismatch && { code: 'ERR_TLS_CERT_ALTNAME_INVALID', message: mismatch.message };
}
