/**
 * BER to DER, to the extent that keystores need it: RFC 7292 §3 allows BER, and Bouncy Castle writes indefinite lengths and strings in
 * pieces. DER is returned unchanged.
 */
import { type Allowance, allowance, limits } from '../../limits/index.ts';
import { counted } from '../../text/index.ts';
import { DerError, overLimit } from '../../x509/index.ts';

const octetString = 0x04;
const constructed = 0x20;
const deepest = 64;

/** The single value that fills `bytes`, in DER; the same memory if it is DER already. @throws {DerError} */
export function toDer(bytes: Uint8Array, what: string): Buffer {
  if (isDer(bytes)) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const { der, length } = convert(bytes, { what, values: allowance(limits.berValues) }, 0);
  if (length !== bytes.length) throw new DerError(`there are extra octets after ${what}`);
  return der;
}

/** Whether it is one value that is DER already. False as well for what is damaged, or has values of more than 64 kB. */
function isDer(bytes: Uint8Array): boolean {
  const ends: number[] = [];
  let at = 0;
  for (let values = 1; values <= limits.berValues && ends.length <= deepest; values += 1) {
    const [tag, first, second, third] = [bytes[at] ?? 0, bytes[at + 1] ?? 0x80, bytes[at + 2] ?? 0, bytes[at + 3] ?? 0];
    const octets = first < 0x80 ? 0 : first & 0x7f;
    const size = octets === 0 ? first : octets === 1 ? second : second * 256 + third;
    // No indefinite length, and no more octets than it takes.
    if (first === 0x80 || octets > 2 || (octets > 0 && size < 128 * octets)) return false;
    const start = at + 2 + octets;
    if ((tag & 0x1f) === 0x1f || tag === (octetString | constructed)) return false;
    if (start + size > (ends.at(-1) ?? bytes.length)) return false;
    ends.push(start + size);
    at = (tag & constructed) === 0 ? start + size : start;
    while (ends.at(-1) === at) ends.pop();
    if (ends.length === 0) return at === bytes.length;
  }
  return false;
}

interface Reading {
  readonly what: string;
  /** How many values may still be read. */
  readonly values: Allowance;
}

/** @returns the first value in `bytes` as DER, and how many octets it took in BER */
function convert(bytes: Uint8Array, reading: Reading, depth: number): { der: Buffer; length: number } {
  const { what, values } = reading;
  if (!values.spend(1)) throw overLimit(`${what} has more than ${counted(limits.berValues)} values, the limit`);
  if (depth > deepest) throw new DerError(`${what} is nested too deeply`);
  const { tag, start, size } = header(bytes, what);
  if (size === undefined) return untilTheEnd(bytes, tag, start, reading, depth);
  const end = start + size;
  if (end > bytes.length) throw new DerError(`${what} is cut short`);
  const body = bytes.subarray(start, end);
  if ((tag & constructed) === 0) return { der: encode(tag, [body]), length: end };
  const parts: Buffer[] = [];
  for (let at = 0; at < body.length; ) {
    const part = convert(body.subarray(at), reading, depth + 1);
    parts.push(part.der);
    at += part.length;
  }
  return { der: join(tag, parts), length: end };
}

/** X.690 §8.1.3.6: an indefinite length ends with two zero octets. */
function untilTheEnd(bytes: Uint8Array, tag: number, start: number, reading: Reading, depth: number) {
  const { what } = reading;
  if ((tag & constructed) === 0) throw new DerError(`${what} has an indefinite length where X.690 does not allow one`);
  const parts: Buffer[] = [];
  let at = start;
  while (bytes[at] !== 0 || bytes[at + 1] !== 0) {
    const part = convert(bytes.subarray(at), reading, depth + 1);
    parts.push(part.der);
    at += part.length;
  }
  return { der: join(tag, parts), length: at + 2 };
}

function header(bytes: Uint8Array, what: string): { tag: number; start: number; size?: number } {
  const [tag, first] = bytes;
  if (tag === undefined || first === undefined) throw new DerError(`${what} is cut short`);
  if ((tag & 0x1f) === 0x1f) throw new DerError(`${what} has a tag of more than one octet`);
  if (first === 0x80) return { tag, start: 2 };
  if (first < 0x80) return { tag, start: 2, size: first };
  const octets = first & 0x7f;
  if (octets > 4 || bytes.length < 2 + octets) throw new DerError(`${what} has an impossible length`);
  const size = bytes.subarray(2, 2 + octets).reduce((sum, octet) => sum * 256 + octet, 0);
  return { tag, start: 2 + octets, size };
}

/** X.690 §8.7.3: an OCTET STRING in pieces is the concatenated content of the pieces. */
function join(tag: number, parts: readonly Buffer[]): Buffer {
  return tag === (octetString | constructed) ? encode(octetString, parts.map(contentOf)) : encode(tag, parts);
}

function contentOf(der: Buffer): Buffer {
  if (der[0] !== octetString) throw new DerError('a string in pieces contains something else');
  const { start } = header(der, 'a string in pieces');
  return der.subarray(start);
}

function encode(tag: number, parts: readonly Uint8Array[]): Buffer {
  const size = parts.reduce((sum, part) => sum + part.length, 0);
  const octets: number[] = [];
  for (let rest = size; size >= 0x80 && rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  const length = size < 0x80 ? [size] : [0x80 | octets.length, ...octets];
  return Buffer.concat([Buffer.from([tag, ...length]), ...parts]);
}
