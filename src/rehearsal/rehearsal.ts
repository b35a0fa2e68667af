/**
 * A TLS handshake in memory: the deployed certificate and key as its client, a server that trusts the bundle and requests a client
 * certificate. The result is OpenSSL's own verdict on the three together, without a network and in a few milliseconds.
 */
import { duplexPair } from 'node:stream';
import { connect, type SecureContext, type TLSSocket } from 'node:tls';
import type { DeployedCredential } from '../credential/index.ts';
import { loopShortage, shortageOf, watchLoop } from '../shortage/index.ts';
import type { Certificate } from '../x509/index.ts';
import { reachableFrom } from './reachable.ts';
import { borrowServer, rehearsalOffer } from './server.ts';
import type { Rehearsal } from './types.ts';

/** Nothing here waits for a network; the limit only stops a bug from hanging. */
const timeoutMs = 10_000;

/**
 * @returns undefined when certificate, key or bundle is missing, or when OpenSSL did not reach a verdict in time.
 * @throws {ResourceShortageError} when this process ran out of memory or was blocked meanwhile.
 * OpenSSL uses the system's clock, which `judgedAt` records: no other time can be passed in.
 * @example
 * const rehearsal = await rehearse(credential);
 * if (rehearsal && !rehearsal.accepted) console.log(rehearsal.code);
 */
export async function rehearse(credential: DeployedCredential): Promise<Rehearsal | undefined> {
  const { certificate, privateKey, bundle } = credential;
  if (!certificate || !privateKey || bundle.length === 0) return undefined;
  const judgedAt = new Date();
  const refused = (error: unknown): Rehearsal => {
    const shortage = shortageOf(error, 'the rehearsal of a handshake');
    if (shortage) throw shortage;
    return { accepted: false, ...described(error), judgedAt };
  };
  let client: SecureContext;
  try {
    // The client certificate alone: other certificates in its file must not make up for what the bundle lacks.
    // It trusts nobody, and does not have to: nobody judges the server.
    client = privateKey.secureContext({ chain: [certificate], trusted: [], ...rehearsalOffer });
  } catch (error) {
    return refused(error);
  }
  try {
    const verdict = await handshake(client, askable(certificate, bundle));
    return verdict && { ...verdict, judgedAt };
  } catch (error) {
    return refused(error);
  }
}

/** RFC 8446 §4.2.4: a server names its CAs in at most 65,535 bytes. As text they are a little shorter than as DER. */
const mostNameCharacters = 32_000;

/** What OpenSSL can be given: of a bundle with more names than fit, those that can matter. */
function askable(client: Certificate, bundle: readonly Certificate[]): readonly Certificate[] {
  const characters = bundle.reduce((sum, { subject }) => sum + subject.text.length, 0);
  return characters <= mostNameCharacters ? bundle : reachableFrom(client, bundle);
}

/** @throws {Error} from OpenSSL, when the handshake breaks off or the bundle cannot be loaded. */
async function handshake(
  client: SecureContext,
  bundle: readonly Certificate[],
): Promise<Omit<Rehearsal, 'judgedAt'> | undefined> {
  const [near, far] = duplexPair();
  const { server, giveBack } = borrowServer(bundle);
  const socket = connect({ socket: near, secureContext: client, rejectUnauthorized: false });
  const loop = watchLoop();
  const startedAt = performance.now();
  try {
    return await new Promise((resolve, reject) => {
      const deadline = setTimeout(() => {
        const times = { allowedMs: timeoutMs, elapsedMs: performance.now() - startedAt, stalledMs: loop.stalledMs() };
        const shortage = loopShortage('the rehearsal of a handshake', times);
        if (shortage) reject(shortage);
        else resolve(undefined);
      }, timeoutMs);
      const settle = (act: () => void) => {
        clearTimeout(deadline);
        act();
      };
      // The server's event, not the client's: with TLS 1.3 the client has finished before the server has seen its certificate (RFC 8446 §4.4).
      server.once('secureConnection', (connection) => {
        giveBack(connection);
        settle(() => resolve(verdictOf(connection)));
        connection.destroy();
      });
      server.once('tlsClientError', (error, connection) => {
        giveBack(connection);
        settle(() => reject(error));
      });
      // The server never learns what stops the client (a key that cannot sign).
      socket.on('error', (error) => settle(() => reject(error)));
      server.emit('connection', far);
    });
  } finally {
    loop.stop();
    socket.destroy();
    near.destroy();
    far.destroy();
  }
}

function verdictOf(connection: TLSSocket): Omit<Rehearsal, 'judgedAt'> {
  if (connection.authorized) return { accepted: true };
  // RFC 8446 §4.4.2.4: a client without a suitable certificate sends none, and the handshake goes on.
  if (connection.getPeerX509Certificate() === undefined)
    return { accepted: false, code: 'NO_CERTIFICATE_SENT', message: 'TLS has no use for a key of this kind' };
  return { accepted: false, code: String(connection.authorizationError ?? 'UNSPECIFIED') };
}

function described(error: unknown): { code?: string; message?: string } {
  if (!(error instanceof Error)) return {};
  const { code, reason } = error as Error & { code?: string; reason?: string };
  return { code: code ?? error.name, ...(reason === undefined ? {} : { message: reason }) };
}
