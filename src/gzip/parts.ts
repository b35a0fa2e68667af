/**
 * Gzip put together from parts that were compressed before. Each part ends on a byte and refers to nothing before it (RFC 1951 §3.2.4, an empty
 * stored block), so that parts can follow each other in any order within one member (RFC 1952 §2.3), which every client reads; several
 * members would not be read to their end by all.
 */
import { constants, crc32, deflateRawSync, inflateRawSync } from 'node:zlib';

export interface GzipPart {
  readonly deflated: Uint8Array;
  /** Of the text, in bytes. */
  readonly length: number;
  readonly crc: number;
  /** What the checksum of everything before has to be multiplied by. */
  readonly shift: number;
}

export const gzipHead = Buffer.from([0x1f, 0x8b, 0x08, 0, 0, 0, 0, 0, 0, 0xff]);

/** An empty last block. */
const lastBlock = Buffer.from([0x03, 0x00]);

/**
 * @param level - 1 (fast) to 9 (small). Default: zlib's own, 6.
 * @example
 * const parts = ['first\n', 'second\n'].map((text) => gzipPart(text));
 * const whole = Buffer.concat([gzipHead, ...parts.map(({ deflated }) => deflated), gzipTail(parts)]);
 */
export function gzipPart(text: string | Uint8Array, level: number = constants.Z_DEFAULT_COMPRESSION): GzipPart {
  const bytes = typeof text === 'string' ? Buffer.from(text, 'utf8') : text;
  return {
    // A copy, because zlib hands out a few bytes of a chunk of 16 KiB or more, all of which would stay in memory with them.
    deflated: new Uint8Array(deflateRawSync(bytes, { level, finishFlush: constants.Z_FULL_FLUSH })),
    length: bytes.length,
    crc: crc32(bytes),
    shift: shiftOver(bytes.length),
  };
}

/** What it was before it was compressed. */
export function textOf({ deflated }: GzipPart): string {
  return inflateRawSync(deflated, { finishFlush: constants.Z_SYNC_FLUSH }).toString('utf8');
}

/** What follows after all parts: the last block, the checksum and the length of the text modulo 2^32. */
export function gzipTail(parts: Iterable<GzipPart>): Buffer {
  let [crc, length] = [0, 0];
  for (const part of parts) {
    crc = (multiply(part.shift, crc) ^ part.crc) >>> 0;
    length = (length + part.length) % 2 ** 32;
  }
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc, 0);
  trailer.writeUInt32LE(length, 4);
  return Buffer.concat([lastBlock, trailer]);
}

// CRC-32 is a remainder of polynomials over GF(2), whose coefficients stand with the highest power in the lowest bit.
const polynomial = 0xedb88320;
const one = 0x80000000;
const xToThe8 = 0x00800000;

function multiply(left: number, right: number): number {
  let [product, shifted] = [0, right];
  for (let bit = one; bit !== 0; bit >>>= 1) {
    if (left & bit) product ^= shifted;
    shifted = shifted & 1 ? (shifted >>> 1) ^ polynomial : shifted >>> 1;
  }
  return product >>> 0;
}

/** x to the power of 8 × `bytes`: what `bytes` more do to a checksum. */
function shiftOver(bytes: number): number {
  let [result, power] = [one, xToThe8];
  for (let left = bytes; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result = multiply(result, power);
    power = multiply(power, power);
  }
  return result;
}
