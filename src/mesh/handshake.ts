import { getServers } from 'node:dns';
import type { SecureContext } from 'node:tls';
import type { MeshEndpoint, ResolvedEnvironment, Variables } from '../config/index.ts';
import type { DeployedCredential } from '../credential/index.ts';
import { condensed, urlHost } from '../text/index.ts';
import { secondMs } from '../time/index.ts';
import { type Certificate, MalformedCertificateError, parseCertificate, toPem } from '../x509/index.ts';
import { Phases } from './deadline.ts';
import { failureOfAnswer } from './diagnosis/answer.ts';
import { type Failure, withPort } from './diagnosis/circumstances.ts';
import { clientFacts } from './diagnosis/client.ts';
import { failureOf } from './diagnosis/failure.ts';
import { ofServerCertificate } from './diagnosis/server-certificate.ts';
import { strictFault } from './diagnosis/strict-verification.ts';
import type { Answer, MeshRequest } from './http/request.ts';
import { bare, portOf } from './network/authority.ts';
import { type HttpProxy, proxyFor } from './network/proxy.ts';
import { Sockets } from './network/sockets.ts';
import { contextFor, contextTrusting, requestFor, rootsHere, systemRoots } from './prepare.ts';
import { probe, type Seen, ServerNotVerifiedError } from './probe.ts';
import type { HandshakeResult } from './types.ts';

export interface HandshakeOptions {
  readonly now: () => Date;
  /** For sources, and for HTTPS_PROXY and NO_PROXY. */
  readonly env: Variables;
  readonly signal?: AbortSignal;
}

/**
 * One handshake with MESH over mutual TLS, as `mesh.probe` says. It succeeds only with MESH's own answer; every other outcome has its reason.
 * Nothing is tried twice, and no socket or timer is left when the promise settles.
 * @throws the signal's reason, when it aborts; otherwise only for a bug.
 * @example
 * const { outcome, reason, detail } = await handshake(environment, credential, { now: () => new Date(), env: process.env });
 */
export async function handshake(
  { mesh }: Pick<ResolvedEnvironment, 'mesh'>,
  credential: DeployedCredential | undefined,
  options: HandshakeOptions,
): Promise<HandshakeResult> {
  const client = credential && clientFacts(credential);
  return shakeHands(
    mesh,
    {
      context: () => contextFor(mesh, credential),
      request: () => requestFor(mesh, options.env, options.now),
      trusted: credential?.bundle ?? [],
      roots: () => rootsHere(mesh, credential),
      ...(client && { client }),
    },
    options,
  );
}

export interface Server {
  readonly host: string;
  readonly port: number;
  /** Besides the system's CAs. */
  readonly trusted: readonly Certificate[];
}

/**
 * What a server presents, and whether it is to be trusted: TLS alone, without a client certificate. Nothing is sent above it, so it need not be MESH.
 * The name is looked up, the connection made and the proxy used as in a handshake.
 */
export async function presentedChain(
  { host, port, trusted }: Server,
  options: HandshakeOptions,
): Promise<HandshakeResult> {
  const mesh: MeshEndpoint = {
    url: `https://${urlHost(host)}:${port}`,
    mailboxId: '',
    verifyServer: true,
    probe: 'ping',
    timeouts: { connectMs: 5 * secondMs, tlsMs: 5 * secondMs, requestMs: 0 },
  };
  return shakeHands(mesh, { context: () => contextTrusting(trusted), trusted, roots: systemRoots }, options);
}

interface Means {
  readonly context: () => SecureContext;
  /** If there is none, TLS is all. */
  readonly request?: () => Promise<MeshRequest>;
  readonly trusted: readonly Certificate[];
  /** The machine's own, in PEM, if they count. */
  readonly roots: () => readonly string[];
  readonly client?: ReturnType<typeof clientFacts>;
}

async function shakeHands(
  mesh: MeshEndpoint,
  { client, context, request, roots, trusted }: Means,
  { now, env, signal }: HandshakeOptions,
): Promise<HandshakeResult> {
  const startedAt = now();
  const { connectMs, tlsMs, requestMs } = mesh.timeouts;
  const phases = new Phases(connectMs + tlsMs + requestMs, signal);
  const seen: Seen = { attempts: [], server: { certificates: [] }, serverVerified: false, httpStatus: 0 };
  const sockets = new Sockets();
  let proxy: HttpProxy | undefined;
  let answer: Answer | undefined;
  let failure: Failure | undefined;
  try {
    const plan = { mesh, context: context(), now };
    const meshRequest = await request?.();
    proxy = proxyFor(new URL(mesh.url), mesh.proxy, env);
    answer = await probe({ ...plan, proxy, ...(meshRequest && { meshRequest }) }, phases, seen, sockets);
    const asked = { probe: mesh.probe, mailboxId: mesh.mailboxId, now: startedAt, ...(client && { client }) };
    failure = answer && failureOfAnswer(asked, answer);
  } catch (error) {
    const url = new URL(mesh.url);
    const circumstances = {
      phase: phases.current,
      host: bare(url.hostname),
      port: Number(portOf(url)),
      nameServers: getServers(),
      attempts: seen.attempts,
      negotiated: seen.server.leaf !== undefined,
      httpStatus: seen.httpStatus,
      now: startedAt,
      ...(mesh.tlsMax === 'TLSv1.2' && { tlsMax: mesh.tlsMax }),
      ...(proxy && { proxy }),
      ...(seen.peer && { peer: seen.peer }),
      ...(client && { client }),
      ...(seen.server.asksForCertificate !== undefined && { asksForCertificate: seen.server.asksForCertificate }),
    };
    failure =
      error instanceof ServerNotVerifiedError
        ? ofServerCertificate({
            ...circumstances,
            code: error.verdict,
            isForAnotherName: error.isForAnotherName,
            certificates: certificatesOf(seen, trusted),
            ...(seen.server.excess === undefined ? {} : { excess: seen.server.excess }),
            trusted,
            isRootHere: isAmong(roots),
          })
        : failureOf(error, circumstances);
  } finally {
    await sockets.close();
  }
  const { protocol, cipher, asksForCertificate } = seen.server;
  const serverCertificates = certificatesOf(seen, trusted);
  return {
    probe: mesh.probe,
    startedAt,
    outcome: failure ? 'failure' : 'success',
    ...(failure ? described(failure) : noteOf(seen, serverCertificates, bare(new URL(mesh.url).hostname))),
    httpStatus: seen.httpStatus,
    phases: phases.seconds,
    ...(protocol && cipher ? { tls: { protocol, cipher } } : {}),
    serverCertificates,
    serverVerified: seen.serverVerified,
    ...(asksForCertificate === undefined ? {} : { clientCertificateRequested: asksForCertificate }),
    ...(seen.clockSkewSeconds === undefined ? {} : { clockSkewSeconds: seen.clockSkewSeconds }),
    ...(failure?.reason === 'rate_limited' && answer?.retryAfterSeconds !== undefined
      ? { retryAfterSeconds: answer.retryAfterSeconds }
      : {}),
  };
}

function described({ reason, detail, remedy }: Failure): Pick<HandshakeResult, 'reason' | 'detail' | 'remedy'> {
  return {
    reason,
    detail: condensed(detail, detailCharacters),
    ...(remedy === undefined ? {} : { remedy: condensed(remedy, detailCharacters) }),
  };
}

/** What people should know about a success: where NHS England's own client would not get through. */
function noteOf(
  { attempts, peer, server, serverVerified }: Seen,
  path: readonly Certificate[],
  host: string,
): Pick<HandshakeResult, 'detail'> {
  const strict = serverVerified ? strictFault(path) : undefined;
  const silent = attempts.find(({ family, error }) => peer?.family === 4 && family === 6 && error === undefined);
  const notes = [
    ...(silent && peer
      ? [
          `${withPort(silent.address, silent.port)} (IPv6) ${silent.accepted ? 'accepted the connection and stayed silent' : 'did not accept the connection at once'}; ${withPort(peer.address, peer.port)} (IPv4) answered`,
        ]
      : []),
    ...(serverVerified && server.leaf?.subjectaltname === undefined && !host.endsWith('.ncrs.nhs.uk')
      ? [
          'the server’s certificate has no subject alternative name, which NHS England’s own client accepts only from HSCN addresses',
        ]
      : []),
    ...(strict ? [`${strict}, which NHS England’s own client does not accept under Python 3.13 and later`] : []),
  ];
  return notes.length > 0 ? { detail: condensed(notes.join('; '), detailCharacters) } : {};
}

/**
 * As presented, completed from what we trust. A trust anchor at the end is left out, whether or not the server sent it: the trust in it is ours.
 */
function certificatesOf({ server, serverVerified }: Seen, trusted: readonly Certificate[]): Certificate[] {
  const certificates = server.certificates.flatMap(parsed);
  const last = certificates.at(-1);
  if (!last?.selfIssued || certificates.length === 1) return certificates;
  const ours = trusted.some(({ fingerprintSha256 }) => fingerprintSha256 === last.fingerprintSha256);
  return serverVerified || ours ? certificates.slice(0, -1) : certificates;
}

function isAmong(roots: () => readonly string[]): (certificate: Certificate) => boolean {
  return ({ der }) => {
    const pem = toPem(der).trim();
    return roots().some((each) => each.trim() === pem);
  };
}

/** OpenSSL accepts some malformed certificates. We do not report on what we cannot read. */
function parsed(der: Buffer): Certificate[] {
  try {
    return [parseCertificate(der)];
  } catch (error) {
    if (error instanceof MalformedCertificateError) return [];
    throw error;
  }
}

const detailCharacters = 400;
