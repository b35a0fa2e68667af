/** The servers of rehearsals. Each one trusts one bundle, which thousands of environments may share, and knows nothing of any client. */
import { constants } from 'node:crypto';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import { type Certificate, toPem } from '../x509/index.ts';
import { createIdentity, type Identity } from './identity.ts';

/** Made once per process, and never leaves it. */
let identity: Identity | undefined;

/** By bundle, those that nobody uses at the moment; the bundle that was used last comes last. */
const idle = new Map<string, Server[]>();
/** An estate has a handful; this only bounds what is kept for one in which every environment has a bundle of its own. */
const mostBundles = 16;

/** A server that nobody else uses until it is given back. @throws {Error} from OpenSSL, if the bundle cannot be loaded. */
export function borrowServer(bundle: readonly Certificate[]): { server: Server; giveBack: (used: TLSSocket) => void } {
  const name = bundle.map(({ fingerprintSha256 }) => fingerprintSha256).join(' ');
  const free = idle.get(name)?.pop();
  const server = free ?? serverFor(bundle);
  return {
    server,
    // What a connection says at its end must not be heard by the next one.
    giveBack: (used) => (used.closed ? keep(name, server) : used.once('close', () => keep(name, server))),
  };
}

function keep(name: string, server: Server): void {
  server.removeAllListeners('secureConnection');
  server.removeAllListeners('tlsClientError');
  const servers = idle.get(name) ?? [];
  idle.delete(name);
  idle.set(name, [...servers, server]);
  if (idle.size > mostBundles) idle.delete(idle.keys().next().value ?? '');
}

function serverFor(bundle: readonly Certificate[]): Server {
  identity ??= createIdentity();
  return createServer({
    ...identity,
    ca: bundle.map(({ der }) => toPem(der)),
    requestCert: true,
    // Accept the connection whatever OpenSSL says, and read the verdict from it.
    rejectUnauthorized: false,
    // The level is the default of OpenSSL 3.5, set explicitly so that the machine's own configuration cannot lower it.
    ciphers: `${cheapest}:DEFAULT@SECLEVEL=2`,
    minVersion: 'TLSv1.2',
    ecdhCurve: groups,
    // Nobody comes again. Those that TLS 1.3 sends all the same are then not encrypted copies of everything that is known of the client.
    secureOptions: constants.SSL_OP_NO_TICKET,
  });
}

/** The cheapest first: nothing is kept secret here. The others are for an OpenSSL that permits only what FIPS 140 permits, and for keys on them. */
const groups = 'X25519:P-256:P-384:P-521';
const cheapest = 'TLS_AES_128_GCM_SHA256';

/**
 * What the client offers: little, because every list is read again for each context. The last cipher is for TLS 1.2 with the server's kind of key.
 * Neither says anything about a client's certificate.
 */
export const rehearsalOffer = { ecdhCurve: groups, ciphers: `${cheapest}:ECDHE-ECDSA-AES128-GCM-SHA256` };
