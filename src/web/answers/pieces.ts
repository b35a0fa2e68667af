/** Responses that grow with the estate, written piece by piece and only as fast as the client reads. */
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import { sendText, takesGzip, zipped } from './compression.ts';
import { turnsOf } from './turns.ts';

type Piece = string | Uint8Array;
type Pieces<P extends Piece = Piece> = Iterable<P> | AsyncIterable<P>;

/** One piece for every hundred elements: about 50 to 300 KiB. */
export function* inBatches<Element>(
  elements: readonly Element[],
  write: (batch: readonly Element[], first: boolean) => string,
  most = 100,
): Generator<string> {
  for (let from = 0; from < elements.length; from += most) yield write(elements.slice(from, from + most), from === 0);
}

/** The elements of a JSON array or the members of a JSON object, with commas between them. */
export function* jsonList<Element>(
  elements: readonly Element[],
  write: (element: Element) => string,
): Generator<string> {
  yield* inBatches(elements, (batch, first) => `${first ? '' : ','}${batch.map(write).join(',')}`);
}

/** Status and headers must be set already. Compressed for those who accept it. A client that goes away is not an error. */
export async function sendPieces(request: IncomingMessage, response: Response, pieces: Pieces): Promise<void> {
  const zips = takesGzip(response);
  if (zips) response.set('Content-Encoding', 'gzip');
  if (request.method === 'HEAD') return void response.end();
  const written = inTurns(request, pieces);
  try {
    await pipeline(Readable.from(zips ? zipped(written) : written), response);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  }
}

/** Characters. A text of up to this length is kept after its digest is known, rather than written twice. */
const longestKept = 512 * 1024;
/** Characters. A text of up to this length is compressed in one turn of the event loop. */
const longestAtOnce = 64 * 1024;

/**
 * With an ETag for the whole text, and 304 for a client that already has it. A long text is written twice, once for its digest, so that it is
 * never in memory as a whole. `make` must produce the same text both times.
 */
export async function sendTagged(
  request: IncomingMessage,
  response: Response,
  make: () => Iterable<string>,
): Promise<void> {
  const digest = createHash('sha256');
  let kept: string[] | undefined = [];
  let length = 0;
  for await (const piece of inTurns(request, make())) {
    if (response.destroyed) return;
    digest.update(piece);
    length += piece.length;
    if (length > longestKept) kept = undefined;
    kept?.push(piece);
  }
  // Weak, because it is the same whether or not the response is compressed (RFC 9110 §8.8.3.3).
  const etag = `W/"${digest.digest('base64url').slice(0, 22)}"`;
  response.set({ 'Cache-Control': 'private, no-cache', ETag: etag });
  if (has(request.headers['if-none-match'], etag)) return void response.vary('Accept-Encoding').status(304).end();
  if (kept && length <= longestAtOnce) sendText(response, kept.join(''));
  else await sendPieces(request, response, kept ?? make());
}

async function* inTurns<P extends Piece>(request: IncomingMessage, pieces: Pieces<P>): AsyncGenerator<P> {
  const turn = turnsOf(request);
  await turn();
  for await (const piece of pieces) {
    yield piece;
    await turn();
  }
}

/**
 * RFC 9110 §13.1.2, with the weak comparison. Not express’s own: that obeys the request’s `Cache-Control: no-cache`, which is meant
 * for caches, and which `fetch` sends with every If-None-Match.
 */
function has(ifNoneMatch: string | undefined, etag: string): boolean {
  const known = ifNoneMatch?.split(',').map((each) => each.trim().replace(/^W\//, '')) ?? [];
  return known.includes('*') || known.includes(etag.slice('W/'.length));
}
