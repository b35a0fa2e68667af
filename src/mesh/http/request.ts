import { type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import type { Secret } from '../../config/index.ts';
import { untilAborted } from '../deadline.ts';
import { bare, portOf } from '../network/proxy.ts';

export interface MeshRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly authorization?: Secret;
}

export interface Body {
  readonly text: string;
  readonly complete: boolean;
  /** What cut it short, when that was not the bound. */
  readonly cutBy?: unknown;
}

/** MESH's own answer to a handshake is empty or one line; more than this is read from nobody. */
export const bodyLimitBytes = 4096;
const headerLimitBytes = 16 * 1024;

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

/** The body up to the bound; never rejects, for the status alone may say enough. */
export async function readBody(response: IncomingMessage, signal: AbortSignal): Promise<Body> {
  const chunks: Buffer[] = [];
  let size = 0;
  const text = () => Buffer.concat(chunks).subarray(0, bodyLimitBytes).toString('utf8');
  try {
    const complete = await untilAborted<boolean>(signal, (settle) => {
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        size += chunk.length;
        if (size > bodyLimitBytes) settle.resolve(false);
      });
      response.once('end', () => settle.resolve(true));
      response.on('error', settle.reject);
      if (response.errored) settle.reject(response.errored);
      return () => response.removeAllListeners('data');
    });
    return { text: text(), complete };
  } catch (cutBy) {
    return { text: text(), complete: false, cutBy };
  }
}
