/**
 * Responses are compressed with gzip for clients that accept it (RFC 9110 §12.5.3), in this thread: Node's pool may be stuck behind a disk that hangs.
 * Nothing in them is secret, so BREACH has nothing to guess.
 */
import { gzipSync } from 'node:zlib';
import type { Response } from 'express';
import { type GzipPart, gzipHead, gzipPart, gzipTail } from '../../gzip/index.ts';

/** Most of the gain for little time. */
const level = 3;
/** Bytes. What is shorter fits into one packet anyway. */
const least = 1024;

/** Has to be asked for every response that could be compressed, because caches need to know. Not for one that is compressed already. */
export function takesGzip(response: Response): boolean {
  if (response.hasHeader('Content-Encoding')) return false;
  response.vary('Accept-Encoding');
  return response.req.acceptsEncodings('gzip') !== false;
}

/** A whole text of moderate length. Status and headers must be set already. */
export function sendText(response: Response, text: string): void {
  if (!takesGzip(response) || Buffer.byteLength(text) < least) response.send(text);
  else response.set('Content-Encoding', 'gzip').send(gzipSync(text, { level }));
}

/** What is written in pieces. */
export async function* zipped(pieces: AsyncIterable<string | Uint8Array>): AsyncGenerator<Uint8Array> {
  const parts: GzipPart[] = [];
  yield gzipHead;
  for await (const piece of pieces) {
    const part = gzipPart(piece, level);
    parts.push({ ...part, deflated: nothing });
    yield part.deflated;
  }
  yield gzipTail(parts);
}

const nothing = new Uint8Array();

/** What never changes: once, and as small as it gets. */
export const compressWell = (body: Buffer): Buffer => gzipSync(body, { level: 9 });
