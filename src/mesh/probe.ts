/** One probe on its way through the phases; what it sees is kept, also when it fails later. */
import type { Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import type { MeshEndpoint } from '../config/index.ts';
import { Untrusted } from '../text/index.ts';
import type { Answer } from './answer.ts';
import { connectToFirst, resolve } from './connect.ts';
import type { Phases } from './deadline.ts';
import { failureOfServer, HandshakeError } from './failure.ts';
import { type MeshRequest, readBody, sendRequest } from './http-request.ts';
import { bare, type HttpProxy, openTunnel, portOf } from './proxy.ts';
import { judgeServer, type ServerSide, secure } from './secure.ts';
import type { Sockets } from './sockets.ts';

export interface Plan {
  readonly mesh: MeshEndpoint;
  readonly proxy: HttpProxy | undefined;
  readonly context: SecureContext;
  readonly meshRequest: MeshRequest;
  readonly now: () => Date;
}

export interface Seen {
  readonly server: ServerSide;
  serverVerified: boolean;
  httpStatus: number;
  clockSkewSeconds?: number;
}

/** @throws what {@link failureOf} understands. Every socket it opens is in `sockets`, for the caller to close. */
export async function probe(plan: Plan, phases: Phases, seen: Seen, sockets: Sockets): Promise<Answer> {
  const { mesh, meshRequest, now } = plan;
  const url = new URL(mesh.url);
  const host = bare(url.hostname);
  const raw = await reach(plan, url, phases, sockets);
  const tls = await phases.run('tls', mesh.timeouts.tlsMs, (signal) =>
    secure(raw, host, plan.context, seen.server, signal, sockets),
  );
  const verdict = judgeServer(tls, host, seen.server);
  seen.serverVerified = verdict === undefined;
  // Before anything secret is sent.
  if (verdict && mesh.verifyServer) throw new HandshakeError(failureOfServer(verdict));
  return phases.run('request', mesh.timeouts.requestMs, async (signal) => {
    const response = await sendRequest(tls, url, meshRequest, signal);
    seen.httpStatus = response.statusCode ?? 0;
    seen.clockSkewSeconds = skewSeconds(now(), response.headers.date);
    const { text, complete, cutBy } = await readBody(response, signal);
    if (cutBy !== undefined && seen.httpStatus === 200) throw cutBy;
    return { status: seen.httpStatus, body: new Untrusted(withoutToken(text, meshRequest)), complete };
  });
}

/** A connection to the server, through the proxy where there is one. Name resolution and connecting share one limit. */
async function reach({ mesh, proxy }: Plan, url: URL, phases: Phases, sockets: Sockets): Promise<Socket> {
  const next = proxy ?? { host: bare(url.hostname), port: Number(portOf(url)) };
  const limitMs = mesh.timeouts.connectMs;
  const addresses = await phases.run('dns', limitMs, (signal) => resolve(next.host, signal));
  return phases.run('connect', limitMs - (phases.seconds.dns ?? 0) * 1000, async (signal) => {
    const socket = await connectToFirst(addresses, next.port, signal, sockets);
    if (proxy) await openTunnel(socket, url, proxy, signal);
    return socket;
  });
}

/** RFC 9110 §5.6.7, the one form that a server may send. `Date.parse` alone would take `1` for a year. */
const imfFixdate = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** Ours minus theirs. Theirs has whole seconds. */
function skewSeconds(ours: Date, date = ''): number | undefined {
  const theirs = imfFixdate.test(date) ? Date.parse(date) : Number.NaN;
  return Number.isNaN(theirs) ? undefined : (ours.getTime() - theirs) / 1000;
}

/** Some servers quote the request that they refuse. */
function withoutToken(text: string, { authorization }: MeshRequest): string {
  const hash = authorization?.reveal().split(':').at(-1);
  return hash === undefined ? text : text.replaceAll(new RegExp(hash, 'gi'), '[secret]');
}
