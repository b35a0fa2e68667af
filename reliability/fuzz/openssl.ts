/**
 * OpenSSL's own verdict on the files as they are, without any of our reading: it loads them, and judges them in a TLS handshake in memory,
 * as a MESH client and a MESH server would.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { duplexPair } from 'node:stream';
import { connect, createSecureContext, createServer, type SecureContext } from 'node:tls';
import type { Made } from '../../test/support/pki.ts';

export interface DeployedBytes {
  readonly certificate?: Buffer;
  readonly privateKey?: Buffer;
  readonly caBundle?: Buffer;
  readonly keystore?: Buffer;
  readonly passphrase?: string;
}

/** @returns undefined when it accepts, else its reason. */
export async function opensslRefuses(deployed: DeployedBytes, server: Made): Promise<string | undefined> {
  let client: SecureContext;
  try {
    client = contextOf(deployed);
  } catch (error) {
    return `it cannot load the credential: ${(error as Error).message}`;
  }
  const { caBundle } = deployed;
  return caBundle && handshake(client, caBundle, server);
}

function contextOf({ certificate, privateKey, keystore, passphrase = '' }: DeployedBytes): SecureContext {
  if (keystore) return createSecureContext({ pfx: keystore, passphrase });
  return createSecureContext({
    ...(certificate ? { cert: asPem(certificate, (der) => new X509Certificate(der).toString()) } : {}),
    ...(privateKey ? { key: asPem(privateKey, (der) => keyPem(der, passphrase)) } : {}),
    passphrase,
  });
}

/** A TLS library takes PEM; OpenSSL itself reads DER as well. */
const asPem = (bytes: Buffer, convert: (der: Buffer) => string) => (bytes[0] === 0x30 ? convert(bytes) : bytes);

function keyPem(der: Buffer, passphrase: string): string {
  const [last, ...others] = (['sec1', 'pkcs1', 'pkcs8'] as const).map(
    (type) => () =>
      createPrivateKey({ key: der, format: 'der', type, passphrase })
        .export({ type: 'pkcs8', format: 'pem' })
        .toString(),
  );
  for (const read of others)
    try {
      return read();
    } catch {
      // It may be of the next type.
    }
  return last!();
}

async function handshake(client: SecureContext, bundle: Buffer, { pem, keyPem }: Made): Promise<string | undefined> {
  const [near, far] = duplexPair();
  try {
    const server = createServer({
      cert: pem,
      key: keyPem,
      ca: asPem(bundle, (der) => new X509Certificate(der).toString()),
      requestCert: true,
      rejectUnauthorized: false,
      ciphers: 'DEFAULT@SECLEVEL=2',
    });
    const socket = connect({ socket: near, secureContext: client, rejectUnauthorized: false });
    return await new Promise<string | undefined>((resolve) => {
      server.once('secureConnection', (connection) =>
        resolve(connection.authorized ? undefined : String(connection.authorizationError)),
      );
      server.once('tlsClientError', (error) => resolve(error.message));
      socket.on('error', (error) => resolve(error.message));
      server.emit('connection', far);
    });
  } catch (error) {
    return `it cannot load the bundle: ${(error as Error).message}`;
  } finally {
    near.destroy();
    far.destroy();
  }
}
