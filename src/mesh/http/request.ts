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

/** What came back: decoded, bounded, and without our token. */
export interface Answer {
  readonly status: number;
  readonly body: Untrusted;
  /** What is wrong with the body, as a phrase after “HTTP 200”. Absent if nothing is. */
  readonly fault?: string;
  /** The host of `Location`, in a redirect. */
  readonly leadsTo?: Untrusted;
  /** From `Retry-After`. */
  readonly retryAfterSeconds?: number;
}

export const headerLimitBytes = 16 * 1024;

/** Sends one request over its own connection and resolves with the head of the answer. No redirect is followed and nothing is sent twice. */
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
      // It may break before anything reads it. With a listener attached, it remembers the error.
      answer = response.on('error', () => {});
      settle.resolve(response);
    };
    asking.once('response', answered);
    // An unsolicited 101 is an answer like any other, but its connection no longer belongs to HTTP.
    asking.once('upgrade', answered);
    asking.on('error', (error) => {
      // The parser's error in the body says more than the lost connection that follows from it.
      answer?.destroy(error);
      settle.reject(error);
    });
    asking.end();
    return undefined;
  });
}
