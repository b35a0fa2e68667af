/** A strict reader of DER (ITU-T X.690 §10): definite, minimal lengths, one-octet tags, no trailing bytes. Returns views, never copies. */
import { MonitorError } from '../errors/index.ts';
import { limits } from '../limits/index.ts';
import { counted, plural } from '../text/index.ts';

export interface DerValue {
  /** The identifier octet: class, constructed bit and number. */
  readonly tag: number;
  readonly body: Uint8Array;
  /** Identifier, length and body. */
  readonly raw: Uint8Array;
}

/** The bytes are not DER, or not the DER that was expected. `message` ends with the place. */
export class DerError extends MonitorError {
  override readonly code = 'ERR_DER';
  /** Whether a limit was exceeded. If so, the bytes can be correct, but are not processed. */
  readonly overLimit: boolean;

  constructor(message: string, { overLimit = false } = {}) {
    super(message);
    this.overLimit = overLimit;
  }
}

/** `what` continues “it has …”: `it has more than 64 extensions`. */
export const overLimit = (what: string): DerError => new DerError(what, { overLimit: true });

export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** A constructed context-specific tag: explicit, or implicit for a SEQUENCE. */
export const context = (number: number): number => 0xa0 | number;
/** A context-specific tag in place of a primitive one. */
export const contextPrimitive = (number: number): number => 0x80 | number;

/** The single value that fills `bytes`. @throws {DerError} for anything else, including trailing bytes. */
export function readDer(bytes: Uint8Array, what: string): DerValue {
  const value = readFirst(bytes, what);
  const left = bytes.length - value.raw.length;
  if (left > 0) throw new DerError(`${plural(left, 'byte')} too many after ${what}`);
  return value;
}

/** The first value in `bytes`, whatever follows it. */
export function readFirst(bytes: Uint8Array, what: string): DerValue {
  const [tag, first] = bytes;
  if (tag === undefined || first === undefined) throw new DerError(`${what} is cut short`);
  if ((tag & 0x1f) === 0x1f) throw new DerError(`${what} has a tag of more than one octet`);
  let start = 2;
  let length = first;
  if (first >= 0x80) {
    const octets = first & 0x7f;
    if (octets === 0) throw new DerError(`${what} has an indefinite length, which DER forbids`);
    if (octets > 4) throw new DerError(`${what} has a length of ${octets} octets`);
    start += octets;
    length = 0;
    for (const octet of bytes.subarray(2, start)) length = length * 256 + octet;
    if (bytes.length < start) throw new DerError(`${what} is cut short`);
    if (length < 0x80 || length < 256 ** (octets - 1)) throw new DerError(`${what} has a length that is not minimal`);
  }
  const end = start + length;
  if (end > bytes.length) throw new DerError(`${what} is cut short: ${end} bytes announced, ${bytes.length} found`);
  return { tag, body: bytes.subarray(start, end), raw: bytes.subarray(0, end) };
}

/** The values inside a constructed one. @throws {DerError} also if there are more than `limits.listEntries` */
export function children(value: DerValue, what: string): DerValue[] {
  const values: DerValue[] = [];
  for (let rest = value.body; rest.length > 0; ) {
    const child = readFirst(rest, what);
    if (values.length === limits.listEntries)
      throw overLimit(`${what} has more than ${counted(limits.listEntries)} entries, the limit`);
    values.push(child);
    rest = rest.subarray(child.raw.length);
  }
  return values;
}

/** For values that are shown or compared: the cost of both grows with the length. @throws {DerError} */
export function assertValueBytes({ body }: DerValue, what: string): void {
  if (body.length <= limits.valueBytes) return;
  throw overLimit(`${what} has ${counted(body.length)} bytes, more than the limit of ${counted(limits.valueBytes)}`);
}

/** The value itself. @throws {DerError} if it is missing or has another tag; `what` names it in the message. */
export function expectTag(value: DerValue | undefined, tag: number, what: string): DerValue {
  if (!value) throw new DerError(`${what} is missing`);
  if (value.tag !== tag) throw new DerError(`${what} has tag 0x${hex(value.tag)} instead of 0x${hex(tag)}`);
  return value;
}

/** Takes values one by one, in the order of a SEQUENCE. */
export class Fields {
  readonly #values: readonly DerValue[];
  readonly #what: string;
  #next = 0;

  constructor(value: DerValue, what: string) {
    this.#values = children(value, what);
    this.#what = what;
  }

  take(tag: number, what: string): DerValue {
    return expectTag(this.#values[this.#next++], tag, what);
  }

  any(what: string): DerValue {
    const value = this.#values[this.#next++];
    if (!value) throw new DerError(`${what} is missing`);
    return value;
  }

  optional(tag: number): DerValue | undefined {
    return this.#values[this.#next]?.tag === tag ? this.#values[this.#next++] : undefined;
  }

  /** Takes a NULL if there is one. X.690 §8.8.2: it is empty. */
  optionalNull(): void {
    if ((this.optional(tags.null)?.body.length ?? 0) > 0) throw new DerError(`${this.#what} has a NULL with content`);
  }

  /** @throws {DerError} if anything is left. */
  end(): void {
    if (this.#next < this.#values.length) throw new DerError(`${this.#what} contains more than it should`);
  }
}

/** An object identifier in dotted form, `2.5.29.15`. @throws {DerError} if the value is not one. */
export function oid(value: DerValue, what: string): string {
  const { body } = expectTag(value, tags.oid, what);
  if (body.length === 0 || body.length > 128 || (body.at(-1) ?? 0) >= 0x80) {
    throw new DerError(`${what} is not an object identifier`);
  }
  const arcs: (number | bigint)[] = [];
  for (let start = 0, at = 0; at < body.length; at += 1) {
    if ((body[at] ?? 0) >= 0x80) continue;
    // X.690 §8.19.2: as few octets as possible; otherwise one identifier could be written in many ways.
    if (body[start] === 0x80) throw new DerError(`${what} is not an object identifier`);
    arcs.push(subidentifier(body.subarray(start, at + 1)));
    start = at + 1;
  }
  // X.690 §8.19.4: the first subidentifier encodes two arcs.
  const [first = 0, ...rest] = arcs;
  if (first < 80) return [Math.floor(Number(first) / 40), Number(first) % 40, ...rest].join('.');
  return [2, BigInt(first) - 80n, ...rest].join('.');
}

/** UUIDs need 128 bits; usual arcs are read a dozen times for each certificate, and numbers are quicker. */
function subidentifier(octets: Uint8Array): number | bigint {
  if (octets.length <= 7) return octets.reduce((arc, octet) => arc * 128 + (octet & 0x7f), 0);
  return octets.reduce((arc, octet) => (arc << 7n) | BigInt(octet & 0x7f), 0n);
}

/** X.690 §11.1 requires 0xFF for TRUE; OpenSSL accepts every octet except 0x00, and so do we. */
export function boolean(value: DerValue, what: string): boolean {
  const { body } = expectTag(value, tags.boolean, what);
  if (body.length !== 1) throw new DerError(`${what} is not a BOOLEAN`);
  return body[0] !== 0;
}

/** A non-negative INTEGER, capped at the largest safe integer. */
export function smallInteger(value: DerValue, what: string): number {
  const { body } = value;
  const [first, second] = body;
  // X.690 §8.3.2: no padding.
  if (first === undefined || first >= 0x80 || (first === 0 && second !== undefined && second < 0x80))
    throw new DerError(`${what} is not a non-negative INTEGER`);
  return body.reduce((sum, octet) => Math.min(sum * 256 + octet, Number.MAX_SAFE_INTEGER), 0);
}

/** The octets of a BIT STRING, and the number of padding bits in the last one. */
export function bitString(value: DerValue, what: string): { unused: number; bytes: Uint8Array } {
  const { body } = expectTag(value, tags.bitString, what);
  const [unused] = body;
  if (unused === undefined || unused > 7 || (unused > 0 && body.length === 1)) {
    throw new DerError(`${what} is not a BIT STRING`);
  }
  return { unused, bytes: body.subarray(1) };
}

export const hex = (bytes: Uint8Array | number): string =>
  typeof bytes === 'number'
    ? bytes.toString(16).padStart(2, '0')
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');
