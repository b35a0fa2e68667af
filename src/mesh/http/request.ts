import { type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import type { Secret } from '../../config/index.ts';
import type { Untrusted } from '../../text/index.ts';
import { untilAborted } from '../deadline.ts';
import { bare, portOf } from '../network/authority.ts';

export interface MeshRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly authorization?: Secret;
}

/** What came back, decoded, bounded and without our token. */
export interface Answer {
  readonly status: number;
  readonly body: Untrusted;
  /** What is wrong with the body, to stand after "HTTP 200"; absent: nothing. */
  readonly fault?: string;
  /** Of `Retry-After`. */
  readonly retryAfterSeconds?: number;
}

export const headerLimitBytes = 16 * 1024;

/** Sends one request over a connection of its own and resolves with the head of the answer. No redirect is followed, nothing is sent twice. */
export function sendRequest(
  socket: Socket,
  origin: URL,
  meshRequest: MeshRequest,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const { method, path, headers, authorization } = meshRequest;
  return untilAborted(signal, (settle) => {
    const asking = request({
      method,
      path,
      headers: { ...headers, ...(authorization ? { Authorization: authorization.reveal() } : {}) },
      host: bare(origin.hostname),
      port: Number(portOf(origin)),
      defaultPort: 443,
      createConnection: () => socket,
      maxHeaderSize: headerLimitBytes,
    });
    let answer: IncomingMessage | undefined;
    const answered = (response: IncomingMessage) => {
      // It may break before anybody reads it; with a listener it remembers by what.
      answer = response.on('error', () => {});
      settle.resolve(response);
    };
    asking.once('response', answered);
    // A 101 that nobody asked for is an answer like any other, and its connection is not HTTP's any more.
    asking.once('upgrade', answered);
    asking.on('error', (error) => {
      // What breaks the parser in the body says more than the loss of the connection that follows from it.
      answer?.destroy(error);
      settle.reject(error);
    });
    asking.end();
    return undefined;
  });
}
