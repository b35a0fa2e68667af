/** One probe, phase by phase. What it sees is kept even if it fails later. */
import type { LookupAddress } from 'node:dns';
import type { SecureContext, TLSSocket } from 'node:tls';
import type { MeshEndpoint } from '../config/index.ts';
import { MonitorError } from '../errors/index.ts';
import { Untrusted } from '../text/index.ts';
import type { Phases } from './deadline.ts';
import { readBody } from './http/body.ts';
import { retryAfterSeconds, skewSeconds } from './http/dates.ts';
import { type Answer, type MeshRequest, sendRequest } from './http/request.ts';
import { bare, otherHost, portOf } from './network/authority.ts';
import { type Attempt, type Connection, connectToFirst, type Peer } from './network/connect.ts';
import type { HttpProxy } from './network/proxy.ts';
import { resolve } from './network/resolve.ts';
import type { Sockets } from './network/sockets.ts';
import { openTunnel } from './network/tunnel.ts';
import { firstToSpeak, type SecondChance } from './tls/first-to-speak.ts';
import { presentedBy } from './tls/presented.ts';
import { isForAnotherName, judgeServer, noteRequest, type ServerSide, secure } from './tls/secure.ts';
import { excessOf, overLimit } from './tls/server-limits.ts';

export interface Plan {
  readonly mesh: MeshEndpoint;
  readonly proxy: HttpProxy | undefined;
  readonly context: SecureContext;
  /** If there is none, TLS is all. */
  readonly meshRequest?: MeshRequest;
  readonly now: () => Date;
}

export interface Seen {
  readonly attempts: Attempt[];
  peer?: Peer;
  server: ServerSide;
  serverVerified: boolean;
  httpStatus: number;
  clockSkewSeconds?: number;
}

/** The server's certificate is not accepted. `verdict` is a code of OpenSSL's or Node's. */
export class ServerNotVerifiedError extends MonitorError {
  override readonly code = 'ERR_SERVER_NOT_VERIFIED';
  readonly verdict: string;

  readonly isForAnotherName: boolean;

  constructor(verdict: string, isForAnotherName: boolean) {
    super(`the server’s certificate is not accepted: ${verdict}`);
    this.verdict = verdict;
    this.isForAnotherName = isForAnotherName;
  }
}

/**
 * @throws {ServerNotVerifiedError} and what {@link failureOf} classifies. Every socket that it opens is in `sockets`, for the caller to close.
 */
export async function probe(plan: Plan, phases: Phases, seen: Seen, sockets: Sockets): Promise<Answer | undefined> {
  const { mesh, meshRequest, now } = plan;
  const url = new URL(mesh.url);
  const tls = await reachAndSecure(plan, url, phases, seen, sockets);
  const verdict = judgeServer(tls, bare(url.hostname), seen.server);
  seen.serverVerified = verdict === undefined;
  if (verdict && verdict !== overLimit) seen.server.certificates = withAllPresented(tls, seen.server.certificates);
  // Before anything secret is sent.
  if (verdict && (mesh.verifyServer || verdict === overLimit))
    throw new ServerNotVerifiedError(verdict, isForAnotherName(bare(url.hostname), seen.server));
  if (!meshRequest) return undefined;
  return phases.run('request', mesh.timeouts.requestMs, async (signal) => {
    const response = await sendRequest(tls, url, meshRequest, signal);
    const { date, location, 'retry-after': retryAfter } = response.headers;
    const seconds = retryAfterSeconds(retryAfter, now(), date);
    seen.httpStatus = response.statusCode ?? 0;
    seen.clockSkewSeconds = skewSeconds(now(), date);
    noteRequest(tls, seen.server);
    const { text, fault, cutBy } = await readBody(response, signal);
    if (cutBy !== undefined && seen.httpStatus === 200) throw cutBy;
    const leadsTo = seen.httpStatus >= 300 && seen.httpStatus <= 399 ? otherHost(location, url) : undefined;
    return {
      status: seen.httpStatus,
      body: new Untrusted(withoutToken(text, meshRequest)),
      ...(fault === undefined ? {} : { fault }),
      ...(leadsTo ? { leadsTo: new Untrusted(withoutToken(leadsTo.raw(), meshRequest)) } : {}),
      ...(seconds === undefined ? {} : { retryAfterSeconds: seconds }),
    };
  });
}

/** The share of the time for TLS that an IPv6 address gets before IPv4 is tried alongside it. */
const patience = 0.4;
const mostPatienceMs = 2000;

async function reachAndSecure(plan: Plan, url: URL, phases: Phases, seen: Seen, sockets: Sockets): Promise<TLSSocket> {
  const { mesh, proxy, context } = plan;
  const { connection, fallback } = await reach(plan, url, phases, seen, sockets);
  const limitMs = mesh.timeouts.tlsMs;
  const secured = await phases.run('tls', limitMs, (signal) => {
    const second: SecondChance = {
      afterMs: Math.min(limitMs * patience, mostPatienceMs),
      connect: () => connectToFirst(fallback, connection.peer.port, signal, sockets, seen.attempts),
    };
    return firstToSpeak(
      connection,
      (socket, server) => secure(socket, bare(url.hostname), context, server, signal, sockets),
      fallback.length > 0 && !proxy ? second : undefined,
      ({ peer }, server) => {
        seen.peer = peer;
        seen.server = server;
      },
    );
  });
  return secured.tls;
}

interface Reached {
  readonly connection: Connection;
  /** IPv4 addresses, if the connection is to an IPv6 one. */
  readonly fallback: readonly LookupAddress[];
}

/** A connection to the server, through the proxy if there is one. Name resolution and connecting share one limit. */
async function reach({ mesh, proxy }: Plan, url: URL, phases: Phases, seen: Seen, sockets: Sockets): Promise<Reached> {
  const next = proxy ?? { host: bare(url.hostname), port: Number(portOf(url)) };
  const limitMs = mesh.timeouts.connectMs;
  const addresses = await phases.run('dns', limitMs, (signal) => resolve(next.host, signal));
  const connection = await phases.run('connect', limitMs - (phases.seconds.dns ?? 0) * 1000, async (signal) => {
    const standing = await connectToFirst(addresses, next.port, signal, sockets, seen.attempts);
    seen.peer = standing.peer;
    if (proxy) await openTunnel(standing.socket, url, proxy, signal);
    return standing;
  });
  const fallback = connection.peer.family === 6 ? addresses.filter(({ family }) => family === 4) : [];
  return { connection, fallback };
}

/** What the server really sent, followed by what OpenSSL added from our trusted certificates. */
function withAllPresented(tls: TLSSocket, completed: readonly Buffer[]): readonly Buffer[] {
  const key = completed.map((der) => der.toString('base64')).join();
  const presented = presentedBy(tls, key);
  if (excessOf(presented) !== undefined) return completed;
  return [...presented, ...completed.filter((der) => !presented.some((each) => each.equals(der)))];
}

/** Some servers quote the request that they refuse. */
function withoutToken(text: string, { authorization }: MeshRequest): string {
  if (text === '') return text;
  const hash = authorization?.reveal().split(':').at(-1);
  return hash === undefined ? text : text.replaceAll(new RegExp(hash, 'gi'), '[secret]');
}
