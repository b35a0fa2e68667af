import type { IncomingMessage } from 'node:http';
import { brotliDecompressSync, constants, gunzipSync, inflateSync } from 'node:zlib';
import { untilAborted } from '../deadline.ts';

export interface Body {
  readonly text: string;
  /** What is wrong with it, as a phrase after “HTTP 200”. Absent if nothing is. */
  readonly fault?: string;
  /** What cut it short, if it was not the limit. */
  readonly cutBy?: unknown;
}

/** MESH's own answer to a handshake is empty or one line, so no more than this is read. */
export const bodyLimitBytes = 4096;
const endless = 'with a body that does not end';

/** The body up to the limit. Never rejects, because the status alone may say enough. */
export async function readBody(response: IncomingMessage, signal: AbortSignal): Promise<Body> {
  const chunks: Buffer[] = [];
  let size = 0;
  const bytes = () => Buffer.concat(chunks).subarray(0, bodyLimitBytes);
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
    const body = decoded(bytes(), response.headers['content-encoding']);
    return complete ? body : { ...body, fault: endless };
  } catch (cutBy) {
    return { text: bytes().toString('utf8'), cutBy };
  }
}

/** RFC 9110 §8.4.1. We ask for gzip, as NHS England's own client does. Servers sometimes send the others anyway. */
function decoded(bytes: Buffer, encoding = ''): Body {
  const decode = decoders[encoding.trim().toLowerCase()];
  if (bytes.length === 0) return { text: '' };
  if (!decode) {
    const name = codings.test(encoding) ? ` (${encoding})` : '';
    return { text: '', fault: `with a body in an encoding that we did not ask for${name}` };
  }
  try {
    return { text: decode(bytes).toString('utf8') };
  } catch (error) {
    const large = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    return { text: '', fault: large ? endless : `with a body that claims to be ${encoding} and is not` };
  }
}

/** One or two. Anything longer may be an echo of what we sent. */
const codings = /^\s*[a-z-]{1,20}(\s*,\s*[a-z-]{1,20})?\s*$/i;

// A body that was cut at our limit is decoded as far as it goes. One that unpacks to more than the limit is not.
const within = (finishFlush: number) => ({ maxOutputLength: bodyLimitBytes, finishFlush });
const [zlib, brotli] = [constants.Z_SYNC_FLUSH, constants.BROTLI_OPERATION_FLUSH].map(within);
const decoders: Readonly<Record<string, ((bytes: Buffer) => Buffer) | undefined>> = {
  '': (bytes) => bytes,
  identity: (bytes) => bytes,
  gzip: (bytes) => gunzipSync(bytes, zlib),
  'x-gzip': (bytes) => gunzipSync(bytes, zlib),
  deflate: (bytes) => inflateSync(bytes, zlib),
  br: (bytes) => brotliDecompressSync(bytes, brotli),
};
