/** Responses are compressed with gzip for clients that accept it (RFC 9110 §12.5.3). Nothing in them is secret, so BREACH has nothing to guess. */
import { promisify } from 'node:util';
import { createGzip, gzip } from 'node:zlib';
import type { Response } from 'express';

/** In a thread of the pool of Node.js, which other work waits for too: most of the gain for little time. */
const level = 3;
const compress = promisify(gzip);
/** Bytes. What is shorter fits into one packet anyway. */
const least = 1024;

/** Has to be asked for every response that could be compressed, because caches need to know. Not for one that is compressed already. */
export function takesGzip(response: Response): boolean {
  if (response.hasHeader('Content-Encoding')) return false;
  response.vary('Accept-Encoding');
  return response.req.acceptsEncodings('gzip') !== false;
}

/** A whole text of moderate length. Status and headers must be set already. */
export async function sendText(response: Response, text: string): Promise<void> {
  if (!takesGzip(response) || Buffer.byteLength(text) < least) return void response.send(text);
  const body = await compress(text, { level });
  response.set('Content-Encoding', 'gzip').send(body);
}

/** For a response that is written in pieces. */
export function gzipFor(response: Response) {
  response.set('Content-Encoding', 'gzip');
  return createGzip({ level });
}

/** What never changes: once, and as small as it gets. */
export const compressWell = (body: Buffer): Promise<Buffer> => compress(body, { level: 9 });
