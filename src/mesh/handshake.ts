import type { ResolvedEnvironment, Variables } from '../config/index.ts';
import type { DeployedCredential } from '../credential/index.ts';
import { condensed } from '../text/index.ts';
import { type Certificate, MalformedCertificateError, parseCertificate } from '../x509/index.ts';
import { failureOfAnswer } from './answer.ts';
import { Phases } from './deadline.ts';
import { type Failure, failureOf } from './failure.ts';
import { contextFor, requestFor } from './prepare.ts';
import { probe, type Seen } from './probe.ts';
import { proxyFor } from './proxy.ts';
import { Sockets } from './sockets.ts';
import type { HandshakeResult } from './types.ts';

export interface HandshakeOptions {
  readonly now: () => Date;
  /** For sources, and for HTTPS_PROXY and NO_PROXY. */
  readonly env: Variables;
  readonly signal?: AbortSignal;
}

/**
 * One handshake with MESH over mutual TLS, as `mesh.probe` says. It succeeds only with MESH's own answer; every other end has its reason.
 * Nothing is tried twice, and nothing of it is left when the promise settles.
 * @throws the signal's reason, when it aborts; otherwise only for a bug.
 * @example
 * const { outcome, reason, detail } = await handshake(environment, credential, { now: () => new Date(), env: process.env });
 */
export async function handshake(
  environment: Pick<ResolvedEnvironment, 'mesh'>,
  credential: DeployedCredential | undefined,
  { now, env, signal }: HandshakeOptions,
): Promise<HandshakeResult> {
  const { mesh } = environment;
  const startedAt = now();
  const { connectMs, tlsMs, requestMs } = mesh.timeouts;
  const phases = new Phases(connectMs + tlsMs + requestMs, signal);
  const seen: Seen = { server: { certificates: [] }, serverVerified: false, httpStatus: 0 };
  const sockets = new Sockets();
  let viaProxy = false;
  let failure: Failure | undefined;
  try {
    const context = contextFor(mesh, credential);
    const meshRequest = await requestFor(mesh, env, now);
    const proxy = proxyFor(new URL(mesh.url), mesh.proxy, env);
    viaProxy = proxy !== undefined;
    const answer = await probe({ mesh, proxy, context, meshRequest, now }, phases, seen, sockets);
    failure = failureOfAnswer(mesh.probe, mesh.mailboxId, answer);
  } catch (error) {
    failure = failureOf(error, {
      phase: phases.current,
      viaProxy,
      presentsCertificate: credential !== undefined,
      negotiated: seen.server.certificates.length > 0,
    });
  } finally {
    await sockets.close();
  }
  const { protocol, cipher, certificates } = seen.server;
  return {
    probe: mesh.probe,
    startedAt,
    outcome: failure ? 'failure' : 'success',
    ...(failure ? { reason: failure.reason, detail: condensed(failure.detail, detailCharacters) } : {}),
    httpStatus: seen.httpStatus,
    phases: phases.seconds,
    ...(protocol && cipher ? { tls: { protocol, cipher } } : {}),
    serverCertificates: certificates.flatMap(parsed),
    serverVerified: seen.serverVerified,
    ...(seen.clockSkewSeconds === undefined ? {} : { clockSkewSeconds: seen.clockSkewSeconds }),
  };
}

/** OpenSSL accepts more than a certificate may be; what we cannot read we do not report on. */
function parsed(der: Buffer): Certificate[] {
  try {
    return [parseCertificate(der)];
  } catch (error) {
    if (error instanceof MalformedCertificateError) return [];
    throw error;
  }
}

const detailCharacters = 400;
