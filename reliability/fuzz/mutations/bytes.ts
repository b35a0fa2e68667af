/** Changes to octets, as data: the same change to the same octets gives the same result, and fast-check can shrink it. */
import fc from 'fast-check';

/** `from` and `to` are places, as a part of the length. */
export type ByteChange =
  | { readonly kind: 'flip'; readonly from: number; readonly bit: number }
  | { readonly kind: 'set'; readonly from: number; readonly octet: number }
  | { readonly kind: 'cut'; readonly from: number }
  | { readonly kind: 'repeat'; readonly from: number; readonly to: number; readonly times: number }
  | { readonly kind: 'remove'; readonly from: number; readonly to: number }
  | { readonly kind: 'insert'; readonly from: number; readonly octets: Uint8Array };

export const place = fc.integer({ min: 0, max: 9_999 }).map((each) => each / 10_000);
const octets = fc.uint8Array({ minLength: 1, maxLength: 12 });

export const byteChange: fc.Arbitrary<ByteChange> = fc.oneof(
  fc.record({ kind: fc.constant('flip' as const), from: place, bit: fc.nat(7) }),
  fc.record({ kind: fc.constant('set' as const), from: place, octet: fc.nat(255) }),
  fc.record({ kind: fc.constant('cut' as const), from: place }),
  fc.record({ kind: fc.constant('repeat' as const), from: place, to: place, times: fc.integer({ min: 2, max: 40 }) }),
  fc.record({ kind: fc.constant('remove' as const), from: place, to: place }),
  fc.record({ kind: fc.constant('insert' as const), from: place, octets }),
);

/** No input that a mutation makes is larger than what may be read from a file. */
const mostBytes = 1024 * 1024;

export function changeBytes(bytes: Buffer, change: ByteChange): Buffer {
  const from = Math.floor(change.from * bytes.length);
  const [before, rest] = [bytes.subarray(0, from), bytes.subarray(from)];
  switch (change.kind) {
    case 'flip':
      return withOctet(bytes, from, (bytes[from] ?? 0) ^ (1 << change.bit));
    case 'set':
      return withOctet(bytes, from, change.octet);
    case 'cut':
      return before;
    case 'repeat': {
      const piece = pieceOf(bytes, change);
      const times = Math.min(change.times, Math.floor((mostBytes - bytes.length) / Math.max(1, piece.length)));
      return Buffer.concat([before, ...Array<Buffer>(Math.max(1, times)).fill(piece), rest]);
    }
    case 'remove':
      return Buffer.concat([bytes.subarray(0, startOf(bytes, change)), bytes.subarray(endOf(bytes, change))]);
    case 'insert':
      return Buffer.concat([before, change.octets, rest]);
  }
}

function withOctet(bytes: Buffer, at: number, octet: number): Buffer {
  const changed = Buffer.from(bytes);
  if (at < changed.length) changed[at] = octet;
  return changed;
}

type Piece = { readonly from: number; readonly to: number };
const startOf = ({ length }: Buffer, { from, to }: Piece) => Math.floor(Math.min(from, to) * length);
const endOf = ({ length }: Buffer, { from, to }: Piece) => Math.floor(Math.max(from, to) * length);
const pieceOf = (bytes: Buffer, piece: Piece) => bytes.subarray(startOf(bytes, piece), endOf(bytes, piece));
